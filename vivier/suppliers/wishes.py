"""Orders by the wishes of a query: « plutôt une EA », « bio si possible », « nettoyage et vitrerie » excludes nobody; who meets more of them
comes first, and its card tells which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.filters import valid_on
from vivier.search.find import Reason
from vivier.search.operators import AnyOf, Operator, Part, Same, Terms, Tier, conjunction
from vivier.search.query import filters
from vivier.suppliers.query import SupplierQuery
from vivier.validity import holds_on


def has_wishes(query: SupplierQuery) -> bool:
    return wishes_of(query) > 0


def wishes_of(query: SupplierQuery) -> int:
    """How many wishes a query has. Kinds are alternatives, and so are labels; each trade is a wish of its own."""
    return bool(query.wish_kind) + bool(query.wish_label) + len(query.wish_trade)


def wish_part(query: SupplierQuery, lexicon: Lexicon, day: str, points: int) -> Part:
    """The part of the score for the wishes that a supplier meets on ``day`` (ISO): its share of ``points``."""
    wishes = list(_wishes(query, lexicon, day))
    tiers = (
        Tier(_any(conjunction(*chosen) for chosen in combinations(wishes, count)), points * count // len(wishes))
        for count in range(len(wishes), 0, -1)
    )
    return Part("wish", tuple(tiers))


def _any(wheres: Iterator[Operator]) -> Operator:
    found = tuple(wheres)
    return found[0] if len(found) == 1 else AnyOf(found)


def _wishes(query: SupplierQuery, lexicon: Lexicon, day: str) -> Iterator[Operator]:
    """The condition of each wish."""
    declared = filters(SupplierQuery)
    for name in ("wish_kind", "wish_label"):
        if values := getattr(query, name):
            yield declared[name].operator(values, lexicon, day)
    for trade in query.wish_trade:
        yield Same("offers", (Terms("trade", (trade,)), *valid_on(day)))


def wish_reasons(record: SupplierView, query: SupplierQuery, lexicon: Lexicon, as_of: date) -> Iterator[Reason]:
    """The wishes that a supplier meets, in French."""
    for wanted, part, member in (
        (query.wish_kind, "agreements", "kind"),
        (query.wish_label, "labels", "code"),
        (query.wish_trade, "offers", "trade"),
    ):
        if wanted:
            facts: Any = record.get(part, ())
            valid = {fact["value"].get(member) for fact in facts if holds_on(fact["value"], as_of)}
            yield from (Reason("wish", f"souhait : {_name(code, member, lexicon)}") for code in wanted if code in valid)


def _name(code: str, member: str, lexicon: Lexicon) -> str:
    """The French name of a label or of a trade; the code of a kind is its name."""
    return LABELS[code].name if member == "code" else lexicon.trade_names[code] if member == "trade" else code

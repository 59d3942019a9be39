"""What is believed of a supplier of the index, from its record (:mod:`vivier.belief`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from vivier.belief import Belief, Known, belief
from vivier.belief.steps import degree
from vivier.french import percent
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.suppliers.refused import refused_trades
from vivier.validity import holds_on
from vivier.vocabulary import EVIDENCES

_STRONGEST_LAST = tuple(reversed(EVIDENCES))


def known_of_record(record: SupplierView, lexicon: Lexicon, as_of: date) -> Known:
    """What the belief reads of a record on a day."""
    offers = [fact["value"] for fact in record.get("offers", ())]
    told = [(offer["trade"], offer.get("evidence")) for offer in offers if "trade" in offer and holds_on(offer, as_of)]
    return Known(
        kinds=tuple(dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ()))),
        naf=record["naf"]["value"] if "naf" in record else None,
        names=(record["name"]["value"], *([record["brand"]["value"]] if "brand" in record else [])),
        rungs=dict(sorted(told, key=lambda each: _STRONGEST_LAST.index(each[1]) if each[1] in _STRONGEST_LAST else -1)),
        refused=refused_trades((fact["value"].get("trade") for fact in record.get("not_offered", ())), lexicon.trades),
    )


def likeliest(record: SupplierView, trades: Iterable[str], lexicon: Lexicon, as_of: date) -> tuple[str, Belief]:
    """The trade of these that a supplier most probably does, and what is believed of it. ``trades`` has one at least."""
    known = known_of_record(record, lexicon, as_of)
    found = ((code, belief(known, code, lexicon.trades)) for code in trades)
    return max(found, key=lambda each: each[1].probability)


def in_words(found: Belief) -> str:
    """« probable (52 %) »."""
    return f"{degree(found.probability)} ({percent(round(found.probability, 2))})"

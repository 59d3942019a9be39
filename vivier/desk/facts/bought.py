"""What a ledger buys of the families of products that bear a duty: the net amount of each, what no family tells counted apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.deadline import check
from vivier.desk.method.ledger import Entry
from vivier.law.products import ProductDuty, names_purchase, product_duties
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need

MOST_FAMILIES: Final = 500
"""Families whose meaning is read, the heaviest first: some 4 ms each."""
_Meaning = tuple[tuple[str, ...], tuple[str, ...]]
NO_MEANING: Final[_Meaning] = ((), ())
_CODE: Final = re.compile(r"\d{3,8}")


@dataclass(frozen=True)
class Bought:
    """What is bought under the duties on products, in euros, net: by duty, a purchase under two duties counts under both; ``unread``: of lines
    whose family names no trade and no CPV, which may bear a duty."""

    amounts: tuple[tuple[ProductDuty, float], ...]
    unread: float


def bought(entries: Iterable[Entry], as_of: date, lexicon: Lexicon) -> Bought:
    """The net amounts of the lines of a ledger under each duty: by the goods that the object of a line names, else by the CPV that its family begins
    with, else by the trade that its family names. An object that buys a service on goods bears no duty on them."""
    amounts: dict[tuple[str, str], float] = {}
    for entry in entries:
        key = (entry.object if names_purchase(entry.object) else "", entry.family)
        amounts[key] = amounts.get(key, 0.0) + (entry.amount or 0.0)
    weights: dict[str, float] = {}
    for (_, family), amount in amounts.items():
        weights[family] = weights.get(family, 0.0) + abs(amount)
    heaviest = sorted(weights, key=lambda family: -weights[family])[:MOST_FAMILIES]
    meanings = {family: _meaning(family, lexicon) for family in heaviest}
    found: dict[str, tuple[ProductDuty, float]] = {}
    unread = 0.0
    for (object, family), amount in amounts.items():
        codes, trades = meanings.get(family, NO_MEANING)
        if not codes and not trades and not object:
            unread += amount
        for duty in product_duties(() if object else codes, trades, as_of, object or family):
            found[duty.code] = (duty, found.get(duty.code, (duty, 0.0))[1] + amount)
    ordered = sorted(found.values(), key=lambda pair: -pair[1])
    return Bought(tuple((duty, round(amount, 2)) for duty, amount in ordered), round(unread, 2))


def _meaning(family: str, lexicon: Lexicon) -> _Meaning:
    """The CPV code, else the trades, that a family tells."""
    check()
    code = _CODE.match(family.strip())
    if code is not None:
        return (code.group(),), ()
    need = resolve_need(family, lexicon)
    written = tuple(cpv.code for cpv in need.cpv if cpv.spans)
    return written, () if written else tuple(match.id for match in need.sectors)

"""What a ledger buys of the families of products that bear a duty: the net amount of each, what no family tells counted apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.desk.method.ledger import Row
from vivier.law.products import ProductDuty, product_duties
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need

_CODE: Final = re.compile(r"\d{3,8}")


@dataclass(frozen=True)
class Bought:
    """What is bought under the duties on products, in euros, net: by duty, a purchase under two duties counts under both; ``unread``: of lines
    whose family names no trade and no CPV, which may bear a duty."""

    amounts: tuple[tuple[ProductDuty, float], ...]
    unread: float


def bought(families: Iterable[Row], as_of: date, lexicon: Lexicon) -> Bought:
    """The amounts of the families of a ledger, by the CPV that they begin with, else by the trade that they name."""
    found: dict[str, tuple[ProductDuty, float]] = {}
    unread = 0.0
    for row in families:
        codes, trades = _meaning(row.key or "", lexicon)
        if not codes and not trades:
            unread += row.total
        for duty in product_duties(codes, trades, as_of, row.key or ""):
            found[duty.code] = (duty, found.get(duty.code, (duty, 0.0))[1] + row.total)
    ordered = sorted(found.values(), key=lambda pair: -pair[1])
    return Bought(tuple((duty, round(amount, 2)) for duty, amount in ordered), round(unread, 2))


def _meaning(family: str, lexicon: Lexicon) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The CPV code, else the trades, that a family tells."""
    code = _CODE.match(family.strip())
    if code is not None:
        return (code.group(),), ()
    need = resolve_need(family, lexicon)
    written = tuple(cpv.code for cpv in need.cpv if cpv.spans)
    return written, () if written else tuple(match.id for match in need.sectors)

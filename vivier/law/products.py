"""Duties on what is bought (``product_duties.csv``): families of products of AGEC article 58, canteens, tyres, vehicles, paper, energy.

A share that nobody read is unknown: the row says so, and gives no figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.french import percent
from vivier.law.rows import Rows, day, rows_of, words

ReadStatus = Literal["seen", "second-hand", "unverified", "not_read"]
STATUS_WORDS: Final[Mapping[ReadStatus, str]] = {
    "seen": "lu",
    "second-hand": "lu chez un tiers",
    "unverified": "de mémoire, à vérifier",
    "not_read": "part non lue",
}
_COARSEST: Final = 3
"""Digits of the coarsest CPV that a duty may bite on: a division says too little of what is bought."""


@dataclass(frozen=True)
class ProductDuty:
    """A duty on a family of products. ``shares``: by first year, the least shares (0–1) of re-use and of recycled matter in the yearly
    spending; empty when not read. ``cpv``: beginnings of codes; ``trades``: those that mean the family when no code is written;
    ``reuse_first``: re-used goods of the family are on the market (a judgement of ours)."""

    code: str
    law: str
    family: str
    article: str
    since: date | None
    shares: Mapping[int, tuple[float, float]]
    threshold: str
    dispense: str
    cpv: tuple[str, ...]
    trades: tuple[str, ...]
    reuse_first: bool
    status: ReadStatus
    source: str

    def shares_on(self, launched: date) -> tuple[float, float] | None:
        """The shares of re-use and of recycled matter on a day; ``None`` is not read, or not yet due."""
        years = [year for year in self.shares if year <= launched.year]
        return self.shares[max(years)] if years else None

    def due_on(self, launched: date) -> bool:
        """Whether the duty holds on a day; a duty whose first day is not read is taken to hold."""
        return self.since is None or self.since <= launched

    def text(self, launched: date) -> str:
        """The duty on a day, in French."""
        shares = self.shares_on(launched)
        least = self.threshold
        if shares is not None:
            least = f"{percent(shares[0])} en réemploi et {percent(shares[1])} en matières recyclées, par an"
        return f"{self.family} : {least}."


def _shares(text: str) -> Mapping[int, tuple[float, float]]:
    read = (part.replace(":", "/").split("/") for part in text.split())
    return {int(year): (float(reuse) / 100, float(recycled) / 100) for year, reuse, recycled in read}


_READ: Final = {
    "since": day,
    "shares": _shares,
    "cpv": words,
    "trades": words,
    "reuse_first": "yes".__eq__,
}
PRODUCT_DUTIES: Final[Mapping[str, ProductDuty]] = Rows(
    lambda: {duty.code: duty for duty in rows_of(ProductDuty, "product_duties", _READ)}
)
"""Duties on products by code."""


def product_duties(cpvs: Iterable[str], trades: Collection[str], launched: date) -> tuple[ProductDuty, ...]:
    """The duties that bite on a purchase on a day: by its CPV codes, else, when it has none, by its trades."""
    written = [cpv.rstrip("0") for cpv in cpvs]
    return tuple(
        duty
        for duty in PRODUCT_DUTIES.values()
        if duty.due_on(launched)
        and (any(_bites(duty, cpv) for cpv in written) if written else bool(set(trades).intersection(duty.trades)))
    )


def _bites(duty: ProductDuty, cpv: str) -> bool:
    """Whether a code, without its last zeros, is in a family, or holds a part of it."""
    return any(cpv.startswith(start) or (len(cpv) >= _COARSEST and start.startswith(cpv)) for start in duty.cpv)

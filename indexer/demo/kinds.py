"""Draws the kinds that a supplier has, with agreements and sizes, in the proportions of the official lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from indexer.demo.dice import Deck, Dice, Weighted
from vivier.model import Agreement, Capacity

State = Literal["valid", "expired", "future", "unknown"]

KIND_CARDS = {
    "ACI": 56,
    "EI": 44,
    "ESAT": 44,
    "EA": 27,
    "ESS": 20,
    "AI": 19,
    "ETTI": 16,
    "GEIQ": 8,
    "SEP": 7,
    "EATT": 4,
    "EITI": 3,
    "EAMP": 2,
}
SECOND_KINDS: dict[str, tuple[str, ...]] = {
    "ACI": ("EI", "EI", "AI", "ESS"),
    "EI": ("ACI", "ETTI", "ESS"),
    "AI": ("ETTI", "ACI", "ESS"),
    "ETTI": ("AI", "EI"),
    "EA": ("EATT", "EAMP", "ESS"),
    "EATT": ("EA",),
    "EAMP": ("EA",),
    "EITI": ("EI",),
    "GEIQ": ("ESS",),
    "ESAT": ("EA",),
}
SECOND_KIND_SHARE = 0.1

USUAL: Weighted[State] = Weighted({"valid": 70, "expired": 10, "future": 4, "unknown": 16})
LISTED: Weighted[State] = Weighted({"valid": 22, "expired": 3, "unknown": 75})
STATES = {kind: LISTED if kind in ("ESAT", "SEP", "ESS") else USUAL for kind in KIND_CARDS}
TERM_DAYS = 3 * 365
LAST_DAY_SHARE = 0.01
"""Share of valid agreements and labels that end on the very day of reference: a last day is still valid."""

NAF: dict[str, tuple[str, ...]] = {
    "ESAT": ("8810C",),
    "EA": ("8121Z", "8130Z", "8211Z", "8292Z", "1812Z"),
    "EATT": ("7820Z",),
    "EI": ("8121Z", "3811Z", "4334Z", "8130Z", "4941B"),
    "ACI": ("9499Z", "8899B", "8130Z", "3832Z"),
    "AI": ("7830Z", "8810A", "9499Z"),
    "ETTI": ("7820Z",),
    "EITI": ("8299Z",),
    "GEIQ": ("7830Z",),
    "EAMP": ("8292Z", "8220Z"),
    "SEP": ("8423Z",),
    "ESS": ("8899B", "8559A", "9499Z", "7022Z", "6201Z"),
}


def dates(dice: Dice, state: State, today: date, term_days: int = TERM_DAYS) -> tuple[date | None, date | None]:
    """First and last day, both inclusive, of something in ``state`` on ``today``; a bound may be unpublished."""
    if state == "unknown":
        return None, None
    day = today.toordinal()
    if state == "future":
        start = day + dice.between(5, 200)
    elif state == "expired":
        start = day - term_days - dice.between(1, 700)
    else:
        start = day - term_days if dice.chance(LAST_DAY_SHARE) else day - dice.between(1, term_days)
    return (
        None if dice.chance(0.08) and state != "future" else date.fromordinal(start),
        date.fromordinal(start + term_days) if state != "valid" or dice.chance(0.92) else None,
    )


class Kinds:
    """Draws kinds, agreements and sizes."""

    def __init__(self, dice: Dice, today: date) -> None:
        self._dice = dice
        self._today = today
        self._deck = Deck(dice, KIND_CARDS)

    def draw(self) -> tuple[str, ...]:
        """One kind, sometimes two."""
        first = self._deck.deal()
        partners = SECOND_KINDS.get(first, ())
        if partners and self._dice.chance(0.02 if first == "ESAT" else SECOND_KIND_SHARE):
            return first, self._dice.pick(partners)
        return (first,)

    def agreements(self, kinds: tuple[str, ...], departement: str, number: int) -> tuple[Agreement, ...]:
        """One agreement a kind, dates known or not."""
        return tuple(self._agreement(kind, departement, number) for kind in kinds)

    def _agreement(self, kind: str, departement: str, number: int) -> Agreement:
        start, end = dates(self._dice, self._dice.weighted(STATES[kind]), self._today)
        numbered = self._dice.chance(0.4)
        return Agreement(
            kind=kind,
            valid_from=start,
            valid_until=end,
            number=f"FICTIF-{kind}-{departement}-{number:06d}" if numbered else None,
        )

    def naf(self, kind: str) -> str | None:
        """An activity code of the kind, two times in three."""
        return self._dice.pick(NAF[kind]) if self._dice.chance(0.66) else None

    def capacities(self, kinds: tuple[str, ...]) -> tuple[Capacity, ...]:
        """Sizes, each with its unit; often none is known."""
        return tuple(self._capacities(kinds))

    def _capacities(self, kinds: tuple[str, ...]) -> Iterator[Capacity]:
        dice, year = self._dice, self._today.year - 1
        if "ESAT" in kinds and dice.chance(0.85):
            yield Capacity(value=dice.between(2, 30) * 5, unit="places", status="autorisée")
        staff = dice.between(4, 40) + (dice.between(0, 260) if dice.chance(0.15) else 0)
        if dice.chance(0.4):
            yield Capacity(value=staff, unit="persons", year=year - dice.between(0, 2))
        if dice.chance(0.2):
            yield Capacity(value=round(staff * 0.82, 1), unit="etp", year=year)
        if kinds[0] in ("ACI", "EI", "AI", "ETTI", "EITI") and dice.chance(0.55):
            yield Capacity(value=round(staff * 0.6, 2), unit="etp_insertion", status="conventionné", year=year)
        if dice.chance(0.35):
            turnover = staff * dice.between(18, 70) * 1000
            yield Capacity(value=turnover, unit="eur_year", year=year)
            if dice.chance(0.2):
                yield Capacity(value=round(turnover * 0.94, -3), unit="eur_year", year=year - 1)

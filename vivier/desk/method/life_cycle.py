"""Compares offers on their life-cycle cost: acquisition, use, maintenance, end of life, externalities (R2152-9, R2152-10).

Sums are decimal and exact: amounts are rounded to the cent once, at the end. A cost that is not told is unknown and never zero: its
offer has no total and no rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final, Literal, get_args

METHOD_VERSION: Final = "life-cycle-1"
Part = Literal["acquisition", "use", "maintenance", "end_of_life", "externalities"]
PARTS: Final[Mapping[Part, str]] = {
    "acquisition": "acquisition",
    "use": "utilisation",
    "maintenance": "maintenance",
    "end_of_life": "fin de vie",
    "externalities": "externalités (carbone)",
}
BORNE: Final[tuple[Part, ...]] = get_args(Part)[:-1]
"""The parts that a buyer or a user pays."""
CENT: Final = Decimal("0.01")
_EXACT: Final = Context(prec=60)


@dataclass(frozen=True)
class Offer:
    """The costs of one offer, euros HT; ``None`` is not told. ``acquisition``: once, at the start; ``use`` and ``maintenance``: a year;
    ``end_of_life``: once, at the end, negative when a resale pays; ``carbon``: tonnes of CO₂ equivalent a year."""

    name: str
    acquisition: Decimal | None = None
    use: Decimal | None = None
    maintenance: Decimal | None = None
    end_of_life: Decimal | None = None
    carbon: Decimal | None = None


@dataclass(frozen=True)
class Comparison:
    """How offers are compared. ``years``: the same whole number for all; ``rate``: yearly discount rate, 0 for none; ``carbon_price``:
    euros a tonne, ``None`` when externalities are not counted; ``parts``: those that count."""

    years: int
    rate: Decimal = Decimal(0)
    carbon_price: Decimal | None = None
    parts: tuple[Part, ...] = BORNE


@dataclass(frozen=True)
class Costed:
    """An offer costed, euros HT of the day of purchase, to the cent. ``costs``: by part, ``None``: unknown; ``missing``: parts that lack a
    figure; ``total`` and ``rank`` are ``None`` when one is missing; ``above``: euros above the cheapest complete offer."""

    offer: Offer
    costs: Mapping[Part, Decimal | None]
    missing: tuple[Part, ...]
    total: Decimal | None
    rank: int | None
    above: Decimal | None


def costed(offers: Sequence[Offer], comparison: Comparison) -> tuple[Costed, ...]:
    """The offers with their cost, in the order given. Equal totals share a rank. Never raises for an unknown cost."""
    with localcontext(_EXACT):
        every = [_costs(offer, comparison) for offer in offers]
        totals = [None if None in costs.values() else _cents(_sum(costs)) for costs in every]
        known = sorted(total for total in totals if total is not None)
        return tuple(
            Costed(
                offer,
                {part: None if cost is None else _cents(cost) for part, cost in costs.items()},
                tuple(part for part, cost in costs.items() if cost is None),
                total,
                None if total is None else known.index(total) + 1,
                None if total is None else total - known[0],
            )
            for offer, costs, total in zip(offers, every, totals, strict=True)
        )


def annuity(years: int, rate: Decimal) -> Decimal:
    """What one euro paid at the end of each year is worth at the start: ``Σ 1 ÷ (1 + rate)^t``, the number of years without a rate."""
    with localcontext(_EXACT):
        return sum((1 / (1 + rate) ** year for year in range(1, years + 1)), Decimal(0))


def _costs(offer: Offer, comparison: Comparison) -> dict[Part, Decimal | None]:
    """The discounted cost of each part that counts."""
    yearly, last = annuity(comparison.years, comparison.rate), 1 / (1 + comparison.rate) ** comparison.years
    price = comparison.carbon_price
    carbon = None if offer.carbon is None or price is None else offer.carbon * price
    factors: dict[Part, tuple[Decimal | None, Decimal]] = {
        "acquisition": (offer.acquisition, Decimal(1)),
        "use": (offer.use, yearly),
        "maintenance": (offer.maintenance, yearly),
        "end_of_life": (offer.end_of_life, last),
        "externalities": (carbon, yearly),
    }
    found = {part: factors[part] for part in PARTS if part in comparison.parts}
    return {part: None if amount is None else amount * factor for part, (amount, factor) in found.items()}


def _sum(costs: Mapping[Part, Decimal | None]) -> Decimal:
    return sum((cost for cost in costs.values() if cost is not None), Decimal(0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)

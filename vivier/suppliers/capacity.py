"""Can this supplier bear the lot? Three states; unknown is neither able nor unable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vivier.french import euros_ht, percent
from vivier.model.views import SupplierView
from vivier.search.scoring import CAPACITY_SHARE, annual_amount
from vivier.suppliers.query import SupplierQuery

State = Literal["fits", "too_large", "unknown"]


@dataclass(frozen=True)
class Capacity:
    """A year of the lot against the ``volume`` that the structure declares it can take, else against a year of turnover, in euros without VAT.
    ``share``: the part of the turnover, ``None`` when the turnover is not known, or not what decides."""

    state: State
    annual_amount: float
    turnover: float | None
    share: float | None
    threshold: float = CAPACITY_SHARE
    volume: float | None = None

    @property
    def text(self) -> str:
        """In French."""
        if self.volume is not None:
            about = f"{euros_ht(self.annual_amount)} par an, sur {euros_ht(self.volume)} que la structure déclare pouvoir prendre"
            return f"le lot demande {about}" + ("" if self.state == "fits" else " : trop grand")
        if self.share is None:
            return "capacité inconnue : chiffre d'affaires non publié"
        weight = f"{percent(self.share)} du chiffre d'affaires annuel (seuil {percent(self.threshold)})"
        return f"le lot pèserait {weight}" + ("" if self.state == "fits" else " : trop grand")


def capacity_of(record: SupplierView, query: SupplierQuery) -> Capacity | None:
    """The capacity of a supplier (as stored) for the lot of a query; ``None`` when no amount is given."""
    if query.lot_amount is None:
        return None
    annual = annual_amount(query.lot_amount, query.lot_months)
    turnover, volume = newest(record, "eur_year"), newest(record, "volume_eur_year")
    if volume is not None:
        return Capacity("fits" if volume >= annual else "too_large", annual, turnover, None, volume=volume)
    if turnover is None:
        return Capacity("unknown", annual, None, None)
    able = turnover >= annual / CAPACITY_SHARE  # as the engines have it, to the last bit
    return Capacity("fits" if able else "too_large", annual, turnover, annual / turnover)


def newest(record: SupplierView, unit: str) -> float | None:
    """The newest size in a unit of euros a year; ``None`` when none is published. Zero or less is unknown, as when it is built."""
    sizes = (fact["value"] for fact in record.get("capacities", ()))
    found = [size for size in sizes if size["unit"] == unit and size["value"] > 0]
    newest = max(found, key=lambda value: value.get("year") or 0, default=None)
    return None if newest is None else float(newest["value"])

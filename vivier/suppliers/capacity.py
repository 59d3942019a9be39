"""Can this supplier bear the lot? Three states; unknown is neither able nor unable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vivier.french import percent
from vivier.model.views import SupplierView
from vivier.search.scoring import CAPACITY_SHARE, annual_amount
from vivier.suppliers.query import SupplierQuery

State = Literal["fits", "too_large", "unknown"]


@dataclass(frozen=True)
class Capacity:
    """A year of the lot against a year of turnover, in euros without VAT; ``share`` is their ratio, ``None`` when the
    turnover is not known, as ``state`` then says."""

    state: State
    annual_amount: float
    turnover: float | None
    share: float | None
    threshold: float = CAPACITY_SHARE

    @property
    def text(self) -> str:
        """In French."""
        if self.share is None:
            return "capacité inconnue : chiffre d'affaires non publié"
        weight = f"{percent(self.share)} du chiffre d'affaires annuel (seuil {percent(self.threshold)})"
        return f"le lot pèserait {weight}" + ("" if self.state == "fits" else " : trop grand")


def capacity_of(record: SupplierView, query: SupplierQuery) -> Capacity | None:
    """The capacity of a supplier (as stored) for the lot of a query; ``None`` when no amount is given."""
    if query.lot_amount is None:
        return None
    annual = annual_amount(query.lot_amount, query.lot_months)
    turnover = latest_turnover(record)
    if turnover is None:
        return Capacity("unknown", annual, None, None)
    able = turnover >= annual / CAPACITY_SHARE  # as the engines have it, to the last bit
    return Capacity("fits" if able else "too_large", annual, turnover, annual / turnover)


def latest_turnover(record: SupplierView) -> float | None:
    """The newest turnover in euros a year; ``None`` when none is published. Zero or less is unknown, as when it is built."""
    sizes = (fact["value"] for fact in record.get("capacities", ()))
    found = [size for size in sizes if size["unit"] == "eur_year" and size["value"] > 0]
    newest = max(found, key=lambda value: value.get("year") or 0, default=None)
    return None if newest is None else float(newest["value"])

"""Computes whether a supplier is large enough for a lot. The state is one of three: unknown is neither large enough nor too small."""

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
    """A year of the lot against a year of turnover, both in euros without VAT. ``share`` is their ratio, ``None`` when no turnover
    divides the lot: it is unknown (``state`` is ``unknown``), or it is zero, which is known and is enough for no lot."""

    state: State
    annual_amount: float
    turnover: float | None
    share: float | None
    threshold: float = CAPACITY_SHARE

    @property
    def text(self) -> str:
        """The capacity in French words."""
        if self.turnover is None:
            return "capacité inconnue : chiffre d'affaires non publié"
        if self.share is None:
            return "chiffre d'affaires publié nul" + ("" if self.state == "fits" else " : lot trop grand")
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
    able = turnover >= annual / CAPACITY_SHARE  # the same formula as in the engines, so that both agree to the last bit
    return Capacity("fits" if able else "too_large", annual, turnover, annual / turnover if turnover else None)


def latest_turnover(record: SupplierView) -> float | None:
    """The newest turnover of a supplier (as stored), in euros a year; ``None`` when no turnover is published."""
    found = [fact["value"] for fact in record.get("capacities", ()) if fact["value"]["unit"] == "eur_year"]
    newest = max(found, key=lambda value: value.get("year") or 0, default=None)
    return None if newest is None else float(newest["value"])

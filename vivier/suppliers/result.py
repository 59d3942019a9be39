"""One supplier found by a search, and what the search says of it: its coverage, its reasons, its capacity, its group, its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vivier.french import euros_ht, percent
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.find import Reason, Result
from vivier.search.port import Hit
from vivier.search.scoring import CAPACITY_SHARE, Component, annual_amount, components
from vivier.suppliers.group_words import group_reasons
from vivier.suppliers.groups import chosen_groups, group_of
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import Group, SupplierQuery
from vivier.suppliers.reasons import coverage_of, matching_offers, reasons_for, serving_offers
from vivier.territory.coverage import Coverage

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


@dataclass(frozen=True)
class SupplierResult(Result[SupplierView]):
    """One supplier found. ``record`` is the supplier as indexed (see :class:`vivier.model.Supplier`), every fact with its
    provenance; ``coverage`` is that of the territory of the query best covered, ``None`` without a territory; ``components``
    add up to ``score`` and are empty in any order but relevance; ``group``: the group of the answer that the supplier belongs to."""

    coverage: Coverage | None = None
    components: tuple[Component, ...] = ()
    capacity: Capacity | None = None
    group: Group = "exact"


def result_of(hit: Hit[SupplierView], plan: SupplierPlan, lexicon: Lexicon) -> SupplierResult:
    """Completes a hit with its coverage, its reasons, its capacity, its group and the parts of its score."""
    group = group_of(hit.parts["group"]) if "group" in hit.parts else chosen_groups(plan.query)[0]
    offers = matching_offers(hit.record, plan, lexicon)
    serving = serving_offers(hit.record, plan, lexicon, group, offers)
    coverage = coverage_of(hit.record, serving, plan)
    distance = hit.distance_km
    if coverage is not None and plan.query.near is None:
        distance = coverage.distance_km
    rounded = None if distance is None else round(distance, 2)
    capacity = capacity_of(hit.record, plan.query)
    reasons = reasons_for(hit.record, offers, coverage, rounded, plan, lexicon)
    if capacity is not None:
        reasons += (Reason(f"capacity_{capacity.state}", capacity.text),)
    if group != "exact":
        reasons = (*group_reasons(group, hit.record, plan, lexicon), *reasons)
    parts = _components(hit, plan) if group == "exact" else ()
    return SupplierResult(hit.id, hit.record, rounded, reasons, hit.score, coverage, parts, capacity, group)


def _components(hit: Hit[SupplierView], plan: SupplierPlan) -> tuple[Component, ...]:
    """The parts of the score. The points that no other part gave are those of the words."""
    if plan.query.sort != "relevance":
        return ()
    points = dict(hit.parts)
    if "words" in plan.weights:
        points["words"] = hit.score - sum(hit.parts.values())
    return components(points, plan.weights)

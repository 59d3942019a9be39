"""Computes the insertion hours of a clause: ``H = amount × labour share ÷ hourly cost × effort × newly assigned share``
(docs/methods.md (e))."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.french import integer, percent, typed
from vivier.identity import words_of
from vivier.law.parameters import LabourCost, LabourShare, chosen, labour_cost_of, labour_share_of, labour_shares, value

METHOD_VERSION: Final = "hours-2"
PARAMETERS: Final = words_of(
    "hourly_cost effort legal_hours placeable reserved_staff useful_hours labour_margin unusual_effort"
)
EFFORTS: Final = (0.05, 0.10, 0.20)
"""The efforts at which hours are shown beside each other: usage goes from 5 to 20 %."""
FORMULA: Final = (
    "heures = montant HT × part de main-d'œuvre ÷ coût horaire × effort × part du personnel nouvellement affecté"
)


@dataclass(frozen=True)
class HoursAsked:
    """The lot, as far as it is known. ``amount``: euros HT over the clause's period, renewals included, ``None`` for a framework
    without a minimum; ``months``: that period; ``taken_over``: share of the staff transferred with the contract; ``local_fte``:
    insertion full-time equivalents of the structures around, when known; ``trades``: those of a lot of several, instead of ``trade``."""

    amount: float | None
    months: int
    labour_share: float | None = None
    trade: str | None = None
    hourly_cost: float | None = None
    effort: float | None = None
    taken_over: float = 0.0
    people: int = 1
    local_fte: float | None = None
    placeable: float | None = None
    trades: tuple[str, ...] = ()

    @property
    def every_trade(self) -> tuple[str, ...]:
        """The trades of the lot, as far as they are known."""
        return self.trades or ((self.trade,) if self.trade is not None else ())


@dataclass(frozen=True)
class Estimate:
    """One estimate. ``total``: hours of work; ``insertion``: insertion hours; ``fte_years``: full-time equivalents times years;
    ``fte``: their average; ``months_for_people``: months of work for each of the requested people; ``local_share``: share of the
    hours of local structures, ``None`` when these are unknown. The others are what it was computed from: euros, shares, euros an hour, months,
    full-time equivalents and how much of them can be placed."""

    total: float
    insertion: float
    fte_years: float
    fte: float
    months_for_people: float
    local_share: float | None
    amount: float
    labour_share: float
    hourly_cost: float
    months: int
    local_fte: float | None
    placeable: float | None


@dataclass(frozen=True)
class Hours:
    """Low, central and high estimates, ``None`` when no amount is sure; hours per 100,000 € ordered; and the parameters used.
    ``newly_assigned``: share of the staff that is not taken over; ``cost``: where the hourly cost comes from, ``None`` when it was given."""

    low: Estimate | None
    central: Estimate | None
    high: Estimate | None
    per_100k: float
    labour_share: float
    labour: LabourShare | None
    effort: float
    hourly_cost: float
    cost: LabourCost | None
    newly_assigned: float
    warnings: tuple[str, ...]

    def at(self, effort: float) -> tuple[float, float, float] | None:
        """The low, central and high insertion hours at another effort; ``None`` when no amount is sure."""
        estimates = [found for found in (self.low, self.central, self.high) if found is not None]
        hours = [found.insertion * effort / self.effort for found in estimates]
        return (hours[0], hours[1], hours[2]) if hours else None


def most_of(hours: Hours | None) -> float | None:
    """The most insertion hours of an estimate; ``None`` when no amount is sure."""
    return None if hours is None or hours.high is None else hours.high.insertion


def labour_of(trades: Sequence[str]) -> float | None:
    """The known labour share of a lot of one trade. ``None`` for several trades, whose parts are unknown."""
    known = labour_shares().get(trades[0]) if len(trades) == 1 else None
    return None if known is None else known.share


def held_hours(total: int) -> float:
    """The hours of the people concerned when a structure holds a lot of ``total`` hours of work: the least share of its staff that the law wants (R2113-7)."""
    return total * value("reserved_staff")


def insertion_hours(query: HoursAsked) -> Hours:
    """The hours of a lot. Raises ``InvalidRequest`` with every value to correct, by field."""
    known = labour_share_of(*query.every_trade)
    labour = query.labour_share if query.labour_share is not None else None if known is None else known.share
    errors = list(_errors(query, labour))
    refuse_any(errors)
    assert labour is not None
    usual = labour_cost_of(*query.every_trade) if query.hourly_cost is None else None
    cost = chosen("hourly_cost", query.hourly_cost, "hourly_cost") if usual is None else usual.cost
    effort, newly_assigned = chosen("effort", query.effort, "effort"), 1 - query.taken_over
    least, most = _range(labour, known if query.labour_share is None else None)
    dear, cheap = (cost, cost) if usual is None else (usual.high, usual.low)
    estimates = [
        None if query.amount is None else _estimate(query, share, hourly, effort, newly_assigned)
        for share, hourly in ((least, dear), (labour, cost), (most, cheap))
    ]
    low, central, high = estimates
    return Hours(
        low,
        central,
        high,
        per_100k=100_000 * labour / cost * effort * newly_assigned,
        labour_share=labour,
        labour=known if query.labour_share is None else None,
        effort=effort,
        hourly_cost=cost,
        cost=usual,
        newly_assigned=newly_assigned,
        warnings=tuple(_warnings(query, labour, effort, newly_assigned, central, known)),
    )


def _range(share: float, known: LabourShare | None) -> tuple[float, float]:
    """The least and greatest share of labour: those told with it, else ``labour_margin`` around it."""
    if known is not None and known.low is not None and known.high is not None:
        return known.low, known.high
    margin = value("labour_margin")
    return max(share - margin, 0.01), min(share + margin, 1.0)


def _estimate(query: HoursAsked, share: float, cost: float, effort: float, newly_assigned: float) -> Estimate:
    assert query.amount is not None
    legal, years = value("legal_hours"), query.months / 12
    total = query.amount * share / cost
    insertion = total * effort * newly_assigned
    local, placeable = None, None
    if query.local_fte:
        placeable = chosen("placeable", query.placeable, "placeable")
        local = insertion / (query.local_fte * legal * years * placeable)
    return Estimate(
        *(
            total,
            insertion,
            insertion / legal,
            insertion / legal / years,
            insertion / (query.people * legal / 12),
            local,
        ),
        *(query.amount, share, cost, query.months, query.local_fte, placeable),
    )


def _errors(query: HoursAsked, labour: float | None) -> Iterator[FieldError]:
    checks: tuple[tuple[str, float | None, float, float, str], ...] = (
        ("amount", query.amount, 0.0, 1e12, "un montant HT en euros, positif ou nul"),
        ("months", float(query.months), 1.0, 180.0, "entre 1 et 180 mois"),
        ("taken_over", query.taken_over, 0.0, 1.0, "une part entre 0 et 1"),
        ("people", float(query.people), 1.0, 10_000.0, "au moins une personne"),
        ("local_fte", query.local_fte, 0.0, 1e6, "un nombre d'ETP positif ou nul"),
    )
    for field, given, least, most, wanted in checks:
        if given is not None and not (math.isfinite(given) and least <= given <= most):
            yield FieldError(field, "out_of_range", f"« {field} » doit être {wanted} (reçu : {typed(given)}).")
    if labour is None:
        message = "« labour_share » : donnez la part de main-d'œuvre, ou le métier qui la fait supposer (entre 0 et 1)."
        yield FieldError("labour_share", "missing", message)
    elif not (math.isfinite(labour) and 0 < labour <= 1):
        yield FieldError(
            "labour_share", "out_of_range", f"« labour_share » doit être entre 0 et 1 (reçu : {typed(labour)})."
        )
    for field, code in (("hourly_cost", "hourly_cost"), ("effort", "effort"), ("placeable", "placeable")):
        try:
            chosen(code, getattr(query, field), field)
        except InvalidRequest as error:
            yield from error.errors


def _warnings(
    query: HoursAsked,
    labour: float,
    effort: float,
    newly_assigned: float,
    central: Estimate | None,
    known: LabourShare | None,
) -> Iterator[str]:
    if known is not None and query.labour_share is None and known.low is not None and known.high is not None:
        yield (
            f"Part de main-d'œuvre supposée : {percent(known.share)}, de {percent(known.low)} à {percent(known.high)} ({known.source}). "
            "Donnez la vôtre."
        )
    elif known is not None and query.labour_share is None and known.status != "seen":
        other = f" ou {percent(known.alternative)}" if known.alternative is not None else ""
        yield f"Part de main-d'œuvre à confirmer : {percent(known.share)}{other} ; {known.source[0].lower()}{known.source[1:]}."
    if central is None:
        yield "Accord-cadre sans montant sûr : heures par 100 000 € commandés, pas de total."
    elif newly_assigned == 0:
        yield "Tout le personnel est repris : la clause ne porte sur aucune embauche nouvelle."
    elif central.insertion < value("useful_hours"):
        yield f"Moins de {integer(value('useful_hours'))} heures : peu utile à un parcours d'insertion (seuil à confirmer)."
    if central is not None and central.local_share is not None and central.local_share > 1:
        yield "Dépasse ce que les structures locales connues peuvent placer."
    if labour * effort > value("unusual_effort"):
        yield "Effort inhabituel : plus du quart du prix irait à l'insertion."

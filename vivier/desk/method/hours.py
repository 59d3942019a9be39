"""Insertion hours of a clause: ``H = amount × labour share ÷ hourly cost × effort × newly assigned share``
(docs/methods.md (e))."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vivier.errors import FieldError, InvalidRequest
from vivier.french import integer, percent, typed
from vivier.law.parameters import LabourShare, chosen, labour_shares, parameters, value

METHOD_VERSION: Final = "hours-1"
PARAMETERS: Final = (
    "hourly_cost",
    "effort",
    "legal_hours",
    "placeable",
    "useful_hours",
    "labour_margin",
    "unusual_effort",
)
FORMULA: Final = (
    "heures = montant HT × part de main-d'œuvre ÷ coût horaire × effort × part du personnel nouvellement affecté"
)


@dataclass(frozen=True)
class HoursAsked:
    """What is known of the lot. ``amount`` euros HT over the clause's period, renewals included, ``None`` for a framework
    without a minimum; ``months`` of that period; ``taken_over`` share of the staff transferred with the contract;
    ``local_fte`` insertion full-time equivalents of the structures around, when known."""

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


@dataclass(frozen=True)
class Estimate:
    """One estimate: ``total`` hours of work, ``insertion`` hours, full-time equivalents in years and on average, months for
    the people asked, share of the local structures' hours (``None`` when they are unknown)."""

    total: float
    insertion: float
    fte_years: float
    fte: float
    months_for_people: float
    local_share: float | None


@dataclass(frozen=True)
class Hours:
    """Low, central and high estimates, or hours per 100,000 € ordered when no amount is sure; what they rest on, in clear."""

    low: Estimate | None
    central: Estimate | None
    high: Estimate | None
    per_100k: float
    labour_share: float
    labour: LabourShare | None
    effort: float
    hourly_cost: float
    kept: float
    warnings: tuple[str, ...]


def labour_of(trades: Sequence[str]) -> float | None:
    """The labour share known for a lot of one trade; ``None`` for several, whose parts are not known."""
    known = labour_shares().get(trades[0]) if len(trades) == 1 else None
    return None if known is None else known.share


def insertion_hours(asked: HoursAsked) -> Hours:
    """The hours of a lot. Raises ``InvalidRequest`` with every value to correct, by field."""
    known = labour_shares().get(asked.trade or "")
    labour = asked.labour_share if asked.labour_share is not None else None if known is None else known.share
    errors = list(_errors(asked, labour))
    if errors:
        raise InvalidRequest(tuple(errors))
    assert labour is not None
    cost = chosen("hourly_cost", asked.hourly_cost, "hourly_cost")
    effort, kept = chosen("effort", asked.effort, "effort"), 1 - asked.taken_over
    margin = value("labour_margin")
    lows, highs = (
        (max(labour - margin, 0.01), _bound("hourly_cost", 1)),
        (min(labour + margin, 1.0), _bound("hourly_cost", 0)),
    )
    estimates = [
        None if asked.amount is None else _estimate(asked, share, hourly, effort, kept)
        for share, hourly in ((lows[0], max(lows[1], cost)), (labour, cost), (highs[0], min(highs[1], cost)))
    ]
    low, central, high = estimates
    return Hours(
        low,
        central,
        high,
        per_100k=100_000 * labour / cost * effort * kept,
        labour_share=labour,
        labour=known if asked.labour_share is None else None,
        effort=effort,
        hourly_cost=cost,
        kept=kept,
        warnings=tuple(_warnings(asked, labour, effort, kept, central, known)),
    )


def _estimate(asked: HoursAsked, share: float, cost: float, effort: float, kept: float) -> Estimate:
    assert asked.amount is not None
    legal, years = value("legal_hours"), asked.months / 12
    total = asked.amount * share / cost
    insertion = total * effort * kept
    local = None
    if asked.local_fte:
        placeable = chosen("placeable", asked.placeable, "placeable")
        local = insertion / (asked.local_fte * legal * years * placeable)
    return Estimate(
        total, insertion, insertion / legal, insertion / legal / years, insertion / (asked.people * legal / 12), local
    )


def _bound(code: str, end: int) -> float:
    parameter = parameters()[code]
    found = parameter.high if end else parameter.low
    return parameter.value if found is None else found


def _errors(asked: HoursAsked, labour: float | None) -> Iterator[FieldError]:
    checks: tuple[tuple[str, float | None, float, float, str], ...] = (
        ("amount", asked.amount, 0.0, 1e12, "un montant HT en euros, positif ou nul"),
        ("months", float(asked.months), 1.0, 180.0, "entre 1 et 180 mois"),
        ("taken_over", asked.taken_over, 0.0, 1.0, "une part entre 0 et 1"),
        ("people", float(asked.people), 1.0, 10_000.0, "au moins une personne"),
        ("local_fte", asked.local_fte, 0.0, 1e6, "un nombre d'ETP positif ou nul"),
    )
    for field, given, least, most, wanted in checks:
        if given is not None and not (math.isfinite(given) and least <= given <= most):
            yield FieldError(field, "out_of_range", f"« {field} » doit être {wanted} (reçu : {typed(given)}).")
    if labour is None:
        message = "« labour_share » : aucune part de main-d'œuvre n'est connue pour ce métier, donnez la vôtre (entre 0 et 1)."
        yield FieldError("labour_share", "missing", message)
    elif not (math.isfinite(labour) and 0 < labour <= 1):
        yield FieldError(
            "labour_share", "out_of_range", f"« labour_share » doit être entre 0 et 1 (reçu : {typed(labour)})."
        )
    for field, code in (("hourly_cost", "hourly_cost"), ("effort", "effort"), ("placeable", "placeable")):
        try:
            chosen(code, getattr(asked, field), field)
        except InvalidRequest as error:
            yield from error.errors


def _warnings(
    asked: HoursAsked, labour: float, effort: float, kept: float, central: Estimate | None, known: LabourShare | None
) -> Iterator[str]:
    if known is not None and asked.labour_share is None and known.status != "seen":
        other = f" ou {percent(known.alternative)}" if known.alternative is not None else ""
        yield f"Part de main-d'œuvre à confirmer : {percent(known.share)}{other} ; {known.source[0].lower()}{known.source[1:]}."
    if central is None:
        yield "Accord-cadre sans montant sûr : heures par 100 000 € commandés, pas de total."
    elif kept == 0:
        yield "Tout le personnel est repris : la clause ne porte sur aucune embauche nouvelle."
    elif central.insertion < value("useful_hours"):
        yield f"Moins de {integer(value('useful_hours'))} heures : peu utile à un parcours d'insertion (seuil à confirmer)."
    if central is not None and central.local_share is not None and central.local_share > 1:
        yield "Dépasse ce que les structures locales connues peuvent placer."
    if labour * effort > value("unusual_effort"):
        yield "Effort inhabituel : plus du quart du prix irait à l'insertion."

"""Checks whether an article may be used for a lot: its dates, and for the ESS the listed services and three years at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.law.articles import article_on
from vivier.law.parameters import value
from vivier.law.rules import Answer, BuyerClass, Consultation, Kind, applies, reserving_rule
from vivier.law.social import listed

Applies = Literal["yes", "to_confirm", "no"]
APPLIES: Final[dict[Applies, str]] = {"yes": "applicable", "to_confirm": "à confirmer", "no": "sans objet"}
ESS: Final = "L2113-15"
_STATES: Final[dict[Answer, Applies]] = {"yes": "yes", "to_verify": "to_confirm", "no": "no"}


@dataclass(frozen=True)
class Applicability:
    """Whether an article may be used, and French sentences that say why not, or what to confirm."""

    state: Applies
    reasons: tuple[str, ...] = ()


def applicability(
    article: str, cpvs: Iterable[str], months: int | None, buyer: BuyerClass, as_of: date
) -> Applicability:
    """Whether ``article`` may be used for a lot of these CPV and this duration in months, on ``as_of``."""
    law = article_on(article, as_of)
    if not law.holds_on(as_of):
        return Applicability("no", (f"L'article {article} n'est pas en vigueur à cette date.",))
    kind: Kind = "concession" if law.scope == "concession" else "marche"
    plan = Consultation(as_of, kind, buyer=buyer, cpv=tuple(cpvs), months=months)
    state = _STATES[applies(reserving_rule(article), plan)]
    return Applicability(state, tuple(_ess(plan)) if article == ESS else ())


def _ess(plan: Consultation) -> Iterator[str]:
    """What is against a reservation to the ESS; without anything against it, what is left to confirm."""
    longest, cpvs, months = int(value("ess_months", plan.launched)), plan.cpv, plan.months
    states = {cpv: listed(cpv) for cpv in cpvs}
    outside = [cpv for cpv, state in states.items() if state == "no"]
    against = [f"CPV {cpv} : hors de la liste des services sociaux et spécifiques." for cpv in outside]
    if months is not None and months > longest:
        against.append(f"Durée de {months} mois : {longest} mois au plus (L2113-16).")
    if plan.buyer == "entity":
        against.append("Réservé aux pouvoirs adjudicateurs.")
    yield from against
    if against:
        return
    for cpv, state in states.items():
        if state != "yes":
            yield f"CPV {cpv} : appartenance aux services réservables à confirmer."
    if not cpvs:
        yield "Sans code CPV, on ne sait pas si le lot porte exclusivement sur ces services."
    if months is None:
        yield f"Durée inconnue : {longest} mois au plus (L2113-16)."

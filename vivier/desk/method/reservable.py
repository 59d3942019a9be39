"""Checks whether an article may be used for a lot: its dates, and for the ESS the listed services and three years at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from mappings import read_table
from vivier.desk.method.duties import BuyerClass
from vivier.law.articles import article_on
from vivier.law.parameters import value
from vivier.trades.cpv import padded, significant

Applies = Literal["yes", "to_confirm", "no"]
APPLIES: Final[dict[Applies, str]] = {"yes": "applicable", "to_confirm": "à confirmer", "no": "sans objet"}
ESS: Final = "L2113-15"


@dataclass(frozen=True)
class Applicability:
    """Whether an article may be used, and French sentences that say why not, or what to confirm."""

    state: Applies
    reasons: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def social_cpvs() -> Mapping[str, bool]:
    """The 115 codes of social and specific services; true for those that article 77 of the directive seems to list."""
    return {row["code"]: row["reservable_a_verifier"] == "oui" for row in read_table("cpv_social")}


@lru_cache(maxsize=1)
def _social_ranges() -> tuple[tuple[str, str], ...]:
    """The first and last code of each range of social and specific services (annex XIV of directive 2014/24/EU)."""
    return tuple((row["first"], row["last"]) for row in read_table("cpv_social_ranges"))


def listed(cpv: str) -> Applies:
    """Whether a CPV is among the services of L2113-15: ``yes`` when it is listed, ``to_confirm`` when a broader code is listed or when it
    is another social or specific service, else ``no``."""
    stem = significant(cpv)
    code = padded(stem)
    if social_cpvs().get(code):
        return "yes"
    above = (padded(stem[:length]) for length in range(len(stem), 1, -1))
    if any(broader in social_cpvs() for broader in above):
        return "to_confirm"
    return "to_confirm" if any(first <= code <= last for first, last in _social_ranges()) else "no"


def applicability(
    article: str, cpvs: Iterable[str], months: int | None, buyer: BuyerClass, as_of: date
) -> Applicability:
    """Whether ``article`` may be used for a lot of these CPV and this duration in months, on ``as_of``."""
    law = article_on(article, as_of)
    if not law.holds_on(as_of):
        return Applicability("no", (f"L'article {article} n'est pas en vigueur à cette date.",))
    return _ess(tuple(cpvs), months, buyer) if article == ESS else Applicability("yes")


def _ess(cpvs: tuple[str, ...], months: int | None, buyer: BuyerClass) -> Applicability:
    longest = int(value("ess_months"))
    states = {cpv: listed(cpv) for cpv in cpvs}
    outside = [cpv for cpv, state in states.items() if state == "no"]
    against = [f"CPV {cpv} : hors de la liste des services sociaux et spécifiques." for cpv in outside]
    if months is not None and months > longest:
        against.append(f"Durée de {months} mois : {longest} mois au plus (L2113-16).")
    if buyer == "entity":
        against.append("Réservé aux pouvoirs adjudicateurs.")
    if against:
        return Applicability("no", tuple(against))
    doubts = [
        f"CPV {cpv} : appartenance aux services réservables à confirmer." for cpv, s in states.items() if s != "yes"
    ]
    if not cpvs:
        doubts.append("Sans code CPV, on ne sait pas si le lot porte exclusivement sur ces services.")
    if months is None:
        doubts.append(f"Durée inconnue : {longest} mois au plus (L2113-16).")
    return Applicability("to_confirm" if doubts else "yes", tuple(doubts))

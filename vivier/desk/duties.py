"""What a consultation must hold since 22 August 2026: environmental condition and criterion, social condition above the EU
thresholds (loi Climat et résilience, article 35). Facts to complete, never legal advice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.law.articles import ARTICLES, LawArticle
from vivier.law.parameters import value

METHOD_VERSION: Final = "duties-1"
PARAMETERS: Final = ("eu_central", "eu_other", "eu_entity", "eu_works")
IN_FORCE: Final = date(2026, 8, 22)
"""Sources give 20, 21 or 22 August: the two days before are told « à confirmer »."""
DOUBTED: Final = (date(2026, 8, 20), date(2026, 8, 21))

DutyState = Literal["ok", "missing", "to_justify", "not_applicable", "unknown"]
STATE_WORDS: Final[dict[str, str]] = {
    "ok": "prévu",
    "missing": "à prévoir",
    "to_justify": "à motiver",
    "not_applicable": "sans objet",
    "unknown": "à préciser",
}
BuyerClass = Literal["central", "other", "entity"]
EXCEPTIONS: Final[dict[str, str]] = {
    "immediate": "le besoin peut être satisfait par une solution immédiatement disponible",
    "unlinked": "la condition ne serait pas assez liée à l'objet du marché",
    "competition": "la condition restreindrait la concurrence ou rendrait l'exécution difficile",
    "short_works": "travaux de moins de trois mois",
}
"""Cases commonly given for leaving the social condition out: their exact wording is to be confirmed."""


@dataclass(frozen=True)
class Consultation:
    """What is planned. ``None`` is not known yet."""

    launched: date
    kind: Literal["marche", "concession"] = "marche"
    category: Literal["travaux", "fournitures", "services"] = "services"
    amount: float | None = None
    buyer: BuyerClass = "other"
    social_condition: bool | None = None
    environmental_condition: bool | None = None
    environmental_criterion: bool | None = None
    reserved: bool = False
    exception: str | None = None


@dataclass(frozen=True)
class Duty:
    """One duty: the article, its state, a French sentence, and a draft of facts to complete when one is called for."""

    duty: str
    article: LawArticle
    state: DutyState
    text: str
    draft: str | None = None


def duties(asked: Consultation) -> list[Duty]:
    """The three duties, in the order of the procedure. Raising the amount never removes one."""
    environment, social, criterion = (
        ("L3114-2", "L3114-2-1", "L3124-5") if asked.kind == "concession" else ("L2112-2", "L2112-2-1", "L2152-7")
    )
    return [
        _planned("environmental_condition", ARTICLES[environment], asked, asked.environmental_condition),
        _planned("environmental_criterion", ARTICLES[criterion], asked, asked.environmental_criterion),
        _social(ARTICLES[social], asked),
    ]


def eu_threshold(asked: Consultation) -> float:
    """The EU threshold of the consultation, euros HT (2026-2027)."""
    if asked.kind == "concession" or asked.category == "travaux":
        return value("eu_works")
    return value(f"eu_{asked.buyer}")


def _planned(name: str, article: LawArticle, asked: Consultation, planned: bool | None) -> Duty:
    if asked.launched < IN_FORCE:
        return Duty(name, article, "not_applicable", _before(asked.launched))
    words = "condition d'exécution environnementale" if name.endswith("condition") else "critère environnemental"
    if planned is None:
        return Duty(
            name,
            article,
            "unknown",
            f"Obligatoire : dire si un {words} est prévu."
            if "critère" in words
            else f"Obligatoire : dire si une {words} est prévue.",
        )
    if planned:
        return Duty(name, article, "ok", f"{words.capitalize()} : prévu.")
    return Duty(name, article, "missing", f"{words.capitalize()} : obligatoire depuis le 22/08/2026, à prévoir.")


def _social(article: LawArticle, asked: Consultation) -> Duty:
    name, threshold = "social_condition", eu_threshold(asked)
    limit = f"{threshold:,.0f} € HT".replace(",", " ")
    if asked.launched < IN_FORCE:
        return Duty(name, article, "not_applicable", _before(asked.launched))
    if asked.amount is None:
        return Duty(name, article, "unknown", f"Montant inconnu : obligatoire à partir de {limit}.")
    if asked.amount < threshold:
        return Duty(name, article, "not_applicable", f"Sous le seuil européen ({limit}) : facultative.")
    if asked.social_condition:
        return Duty(name, article, "ok", "Condition d'exécution sociale : prévue.")
    if asked.reserved:
        return Duty(name, article, "ok", "Marché réservé : tenu pour suffisant, à confirmer.")
    if asked.exception is not None:
        return Duty(name, article, "to_justify", "Exception à motiver.", _draft(asked, limit))
    if asked.social_condition is None:
        return Duty(name, article, "unknown", f"Obligatoire à partir de {limit} : dire si elle est prévue.")
    return Duty(name, article, "missing", f"Obligatoire à partir de {limit} : à prévoir, ou à écarter en le motivant.")


def _before(day: date) -> str:
    doubt = " (date d'entrée en vigueur à confirmer)" if day in DOUBTED else ""
    return f"Consultation lancée avant le 22/08/2026{doubt}."


def _draft(asked: Consultation, limit: str) -> str:
    reason = EXCEPTIONS.get(asked.exception or "", asked.exception or "")
    return "\n".join(_lines(asked, limit, reason))


def _lines(asked: Consultation, limit: str, reason: str) -> Iterator[str]:
    amount = f"{asked.amount:,.0f} € HT".replace(",", " ") if asked.amount is not None else "[montant]"
    yield f"Besoin estimé à {amount}, au-dessus du seuil européen de {limit}."
    yield f"Motif retenu pour ne pas prévoir de condition d'exécution sociale : {reason}."
    yield "Faits à compléter : [étude du marché faite, date] ; [structures consultées] ; [ce qui empêche la condition]."
    yield "Projet à relire par un juriste : les termes de l'article sont à confirmer."

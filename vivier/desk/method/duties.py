"""The duties of a consultation since 22 August 2026: environmental condition and criterion, social condition above the EU
thresholds (loi Climat et résilience, article 35). Gives facts to complete, never legal advice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.french import euros_ht
from vivier.law.articles import ARTICLES, LawArticle
from vivier.law.parameters import value

METHOD_VERSION: Final = "duties-2"
PARAMETERS: Final = ("eu_central", "eu_other", "eu_entity", "eu_works")
IN_FORCE: Final = date(2026, 8, 22)
"""Days on which the entry into force is « à confirmer »: sources give 20, 21 or 22 August."""
DOUBTED: Final = (date(2026, 8, 20), date(2026, 8, 21))

DutyState = Literal["ok", "missing", "to_justify", "to_verify", "not_applicable", "unknown"]
STATE_WORDS: Final[dict[str, str]] = {
    "ok": "prévu",
    "missing": "à prévoir",
    "to_justify": "à motiver",
    "to_verify": "à vérifier",
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
"""Usual grounds for leaving the social condition out. Their exact wording is to be confirmed."""


@dataclass(frozen=True)
class NeedValue:
    """The value that is compared with a threshold: the estimated value of the whole need, euros HT, every lot and renewal
    included. ``least`` and ``most`` bound it (``None``: unknown); ``text``: what ``least`` adds up, in French."""

    least: float | None = None
    most: float | None = None
    text: str = "montant inconnu"


UNKNOWN_VALUE: Final = NeedValue()


@dataclass(frozen=True)
class Consultation:
    """The consultation as planned. ``None`` is not known yet."""

    launched: date
    kind: Literal["marche", "concession"] = "marche"
    category: Literal["travaux", "fournitures", "services"] = "services"
    value: NeedValue = UNKNOWN_VALUE
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


def duties(consultation: Consultation) -> list[Duty]:
    """The three duties, in the order of the procedure. A larger need never removes a duty."""
    environment, social, criterion = (
        ("L3114-2", "L3114-2-1", "L3124-5")
        if consultation.kind == "concession"
        else ("L2112-2", "L2112-2-1", "L2152-7")
    )
    return [
        _planned("environmental_condition", ARTICLES[environment], consultation, consultation.environmental_condition),
        _planned("environmental_criterion", ARTICLES[criterion], consultation, consultation.environmental_criterion),
        _social(ARTICLES[social], consultation),
    ]


def eu_threshold(consultation: Consultation) -> float:
    """The EU threshold of the consultation, euros HT (2026-2027)."""
    if consultation.kind == "concession" or consultation.category == "travaux":
        return value("eu_works")
    return value(f"eu_{consultation.buyer}")


def _planned(name: str, article: LawArticle, consultation: Consultation, planned: bool | None) -> Duty:
    if consultation.launched < IN_FORCE:
        return Duty(name, article, "not_applicable", _before(consultation.launched))
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


def _social(article: LawArticle, consultation: Consultation) -> Duty:
    name, threshold, need = "social_condition", eu_threshold(consultation), consultation.value
    limit, compared = f"{euros_ht(threshold)}", f"Comparé : {need.text}."
    if consultation.launched < IN_FORCE:
        return Duty(name, article, "not_applicable", _before(consultation.launched))
    if need.most is not None and need.most < threshold:
        return Duty(name, article, "not_applicable", f"Sous le seuil européen ({limit}) : facultative. {compared}")
    if consultation.social_condition:
        return Duty(name, article, "ok", "Condition d'exécution sociale : prévue.")
    if consultation.reserved:
        return Duty(name, article, "ok", "Marché réservé : tenu pour suffisant, à confirmer.")
    if need.least is None and need.most is None:
        return Duty(name, article, "unknown", f"Montant inconnu : obligatoire à partir de {limit}.")
    if need.least is None or need.least < threshold:
        text = f"Obligatoire à partir de {limit} : à vérifier sur la valeur de l'ensemble des lots{_works(consultation)}. {compared}"
        return Duty(name, article, "to_verify", text)
    return _due(name, article, consultation, limit)


def _due(name: str, article: LawArticle, consultation: Consultation, limit: str) -> Duty:
    """The social duty of a need above the threshold, when no social condition is planned or when this is unknown."""
    due, compared = f"Obligatoire à partir de {limit} :", f"Comparé : {consultation.value.text}."
    if consultation.exception is not None:
        return Duty(name, article, "to_justify", f"Exception à motiver. {compared}", _draft(consultation, limit))
    if consultation.social_condition is None:
        return Duty(name, article, "unknown", f"{due} dire si elle est prévue. {compared}")
    return Duty(name, article, "missing", f"{due} à prévoir, ou à écarter en le motivant. {compared}")


def _works(consultation: Consultation) -> str:
    """Words for works: their need is that of the whole operation, which several consultations may share."""
    return " de l'opération" if consultation.category == "travaux" else ""


def _before(day: date) -> str:
    doubt = " (date d'entrée en vigueur à confirmer)" if day in DOUBTED else ""
    return f"Consultation lancée avant le 22/08/2026{doubt}."


def _draft(consultation: Consultation, limit: str) -> str:
    reason = EXCEPTIONS.get(consultation.exception or "", consultation.exception or "")
    return "\n".join(_lines(consultation, limit, reason))


def _lines(consultation: Consultation, limit: str, reason: str) -> Iterator[str]:
    yield f"Valeur estimée du besoin, à partir du seuil européen de {limit} : {consultation.value.text}."
    yield f"Motif retenu pour ne pas prévoir de condition d'exécution sociale : {reason}."
    yield "Faits à compléter : [étude du marché faite, date] ; [structures consultées] ; [ce qui empêche la condition]."
    yield "Projet à relire par un juriste : les termes de l'article sont à confirmer."

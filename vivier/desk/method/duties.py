"""What a consultation must hold since 22 August 2026: environmental condition and criterion, social condition above the EU
thresholds (loi Climat et résilience, article 35). Facts to complete, never legal advice."""

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
"""Sources give 20, 21 or 22 August: the two days before are told « à confirmer »."""
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
"""Cases commonly given for leaving the social condition out: their exact wording is to be confirmed."""


@dataclass(frozen=True)
class NeedValue:
    """What a threshold is compared with: the estimated value of the whole need, euros HT, every lot and renewal included.
    ``least`` and ``most`` bound it (``None``: not known); ``text``: what ``least`` adds up, in French."""

    least: float | None = None
    most: float | None = None
    text: str = "montant inconnu"


UNKNOWN_VALUE: Final = NeedValue()


@dataclass(frozen=True)
class Consultation:
    """What is planned. ``None`` is not known yet."""

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


def duties(asked: Consultation) -> list[Duty]:
    """The three duties, in the order of the procedure. A larger need never removes one."""
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
    name, threshold, need = "social_condition", eu_threshold(asked), asked.value
    limit, compared = f"{euros_ht(threshold)}", f"Comparé : {need.text}."
    if asked.launched < IN_FORCE:
        return Duty(name, article, "not_applicable", _before(asked.launched))
    if need.most is not None and need.most < threshold:
        return Duty(name, article, "not_applicable", f"Sous le seuil européen ({limit}) : facultative. {compared}")
    if asked.social_condition:
        return Duty(name, article, "ok", "Condition d'exécution sociale : prévue.")
    if asked.reserved:
        return Duty(name, article, "ok", "Marché réservé : tenu pour suffisant, à confirmer.")
    if need.least is None and need.most is None:
        return Duty(name, article, "unknown", f"Montant inconnu : obligatoire à partir de {limit}.")
    if need.least is None or need.least < threshold:
        text = f"Obligatoire à partir de {limit} : à vérifier sur la valeur de l'ensemble des lots{_works(asked)}. {compared}"
        return Duty(name, article, "to_verify", text)
    return _due(name, article, asked, limit)


def _due(name: str, article: LawArticle, asked: Consultation, limit: str) -> Duty:
    """The social condition of a need above the threshold that plans none, or does not say."""
    due, compared = f"Obligatoire à partir de {limit} :", f"Comparé : {asked.value.text}."
    if asked.exception is not None:
        return Duty(name, article, "to_justify", f"Exception à motiver. {compared}", _draft(asked, limit))
    if asked.social_condition is None:
        return Duty(name, article, "unknown", f"{due} dire si elle est prévue. {compared}")
    return Duty(name, article, "missing", f"{due} à prévoir, ou à écarter en le motivant. {compared}")


def _works(asked: Consultation) -> str:
    """The need of works is a whole operation, which several consultations may share."""
    return " de l'opération" if asked.category == "travaux" else ""


def _before(day: date) -> str:
    doubt = " (date d'entrée en vigueur à confirmer)" if day in DOUBTED else ""
    return f"Consultation lancée avant le 22/08/2026{doubt}."


def _draft(asked: Consultation, limit: str) -> str:
    reason = EXCEPTIONS.get(asked.exception or "", asked.exception or "")
    return "\n".join(_lines(asked, limit, reason))


def _lines(asked: Consultation, limit: str, reason: str) -> Iterator[str]:
    yield f"Valeur estimée du besoin, à partir du seuil européen de {limit} : {asked.value.text}."
    yield f"Motif retenu pour ne pas prévoir de condition d'exécution sociale : {reason}."
    yield "Faits à compléter : [étude du marché faite, date] ; [structures consultées] ; [ce qui empêche la condition]."
    yield "Projet à relire par un juriste : les termes de l'article sont à confirmer."

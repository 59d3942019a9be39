"""The duties of a consultation: the scheme of responsible purchases of its buyer (SPASER, L2111-3), and since 22 August 2026 the
environmental condition and criterion and the social condition above the EU thresholds (loi Climat et résilience, article 35). Each
cites the wording of its article on the day of launch. Gives facts to complete, never legal advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.errors import FieldError
from vivier.french import day as french_day
from vivier.french import euros_ht
from vivier.law.articles import LawArticle, article_on
from vivier.law.parameters import value

METHOD_VERSION: Final = "duties-4"
PARAMETERS: Final = ("eu_central", "eu_other", "eu_entity", "eu_works", "spaser_amount")
IN_FORCE: Final = date(2026, 8, 22)
RENEWABLES_FROM: Final = date(2024, 7, 1)
"""First day of the environmental condition for contracts that build or run plants of renewable energy (marche-public.info)."""
_RENEWABLES: Final = ("0933", "311213", "31712331", "45251120", "45251141", "45251160", "45261215")
"""Beginnings of the CPV of such plants: solar, wind, water, geothermal."""
_RENEWABLE_TRADE: Final = "solaire"
EVERY_BUYER: Final = date(2023, 10, 25)
"""First day on which the State and hospitals owe a SPASER too (loi 2023-973 du 23 octobre 2023)."""
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
    "short_works": "travaux de courte durée, que l'article fixe",
}
"""The four grounds for leaving the social condition out. Their exact wording is to be confirmed."""


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
    """The consultation as planned. ``None`` is not known yet. ``renewable``: it builds or runs a plant of renewable energy."""

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
    renewable: bool = False


@dataclass(frozen=True)
class Duty:
    """One duty: the article, its state, a French sentence, and a draft of facts to complete when one is called for."""

    duty: str
    article: LawArticle
    state: DutyState
    text: str
    draft: str | None = None


def duties(consultation: Consultation) -> list[Duty]:
    """The four duties: that of the buyer, then those of the procedure in its order. A larger need never removes a duty."""
    environment, social, criterion = (
        ("L3114-2", "L3114-2-1", "L3124-5")
        if consultation.kind == "concession"
        else ("L2112-2", "L2112-2-1", "L2152-7")
    )
    day = consultation.launched
    condition = article_on(environment, day).used_as("environmental")
    return [
        _spaser(article_on("L2111-3", day), consultation),
        _planned("environmental_condition", condition, consultation, consultation.environmental_condition),
        _planned(
            "environmental_criterion", article_on(criterion, day), consultation, consultation.environmental_criterion
        ),
        _social(article_on(social, day), consultation),
    ]


def social_due(consultation: Consultation) -> bool:
    """Whether a social condition is due (L2112-2-1, L3114-2-1), and neither planned, set aside by a motive nor replaced by a reservation.
    A need whose least value is unknown or under the EU threshold is not known to owe it."""
    least = consultation.value.least
    settled = consultation.social_condition or consultation.reserved or consultation.exception is not None
    late = consultation.launched >= IN_FORCE
    return late and not settled and least is not None and least >= eu_threshold(consultation)


def exception_errors(exception: str | None, category: str) -> tuple[FieldError, ...]:
    """The error of a ground that does not fit a contract: works of a short duration, for a contract that is not for works."""
    if exception != "short_works" or category == "travaux":
        return ()
    message = f"« {EXCEPTIONS['short_works']} » ne vaut que pour des travaux : ce lot est un marché de {category}."
    return (FieldError("exception", "impossible_combination", message),)


def renewable(trades: Iterable[str], cpvs: Iterable[str]) -> bool:
    """Whether a lot of these trades and CPV seems to build or run a plant of renewable energy."""
    return _RENEWABLE_TRADE in trades or any(cpv.startswith(_RENEWABLES) for cpv in cpvs)


def _spaser(article: LawArticle, consultation: Consultation) -> Duty:
    """The scheme that a large buyer owes. What it buys in a year is not known here, so the duty is always to verify."""
    amount, day = euros_ht(value("spaser_amount", consultation.launched)), consultation.launched
    if consultation.buyer == "central" and day < EVERY_BUYER:
        return Duty(
            "spaser", article, "not_applicable", f"L'État n'en devait pas encore : depuis le {french_day(EVERY_BUYER)}."
        )
    who = "L'État et ses établissements en doivent un depuis le 25/10/2023" if consultation.buyer == "central" else "Dû"
    text = f"{who} au-dessus de {amount} d'achats par an : s'y reporter s'il existe, sinon vérifier ce montant."
    return Duty("spaser", article, "to_verify", text)


def eu_threshold(consultation: Consultation) -> float:
    """The EU threshold of the consultation, euros HT (2026-2027)."""
    if consultation.kind == "concession" or consultation.category == "travaux":
        return value("eu_works")
    return value(f"eu_{consultation.buyer}")


def _planned(name: str, article: LawArticle, consultation: Consultation, planned: bool | None) -> Duty:
    early = consultation.launched < IN_FORCE
    if early and not (consultation.renewable and consultation.launched >= RENEWABLES_FROM):
        return Duty(
            name, article, "not_applicable", _before(consultation.launched) + _unless_renewable(consultation.launched)
        )
    if early and name == "environmental_criterion":
        return Duty(name, article, "to_verify", _CRITERION_EARLY)
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
        return Duty(name, article, "ok", f"{words.capitalize()} : {'prévu' if 'critère' in words else 'prévue'}.")
    since = RENEWABLES_FROM if early else IN_FORCE
    return Duty(
        name, article, "missing", f"{words.capitalize()} : obligatoire depuis le {french_day(since)}, à prévoir."
    )


_CRITERION_EARLY: Final = (
    "Installation d'énergie renouvelable : nos sources disent la condition d'exécution obligatoire dès le 01/07/2024, sans parler du "
    "critère. À vérifier."
)


def _unless_renewable(day: date) -> str:
    """What a consultation launched between both dates must still look at."""
    if day < RENEWABLES_FROM:
        return ""
    return " La condition environnementale est déjà due depuis le 01/07/2024 pour implanter ou exploiter une installation d'énergie renouvelable."


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
    return f"Facultatif : consultation lancée avant le 22/08/2026{doubt}."


def _draft(consultation: Consultation, limit: str) -> str:
    reason = EXCEPTIONS.get(consultation.exception or "", consultation.exception or "")
    return "\n".join(_lines(consultation, limit, reason))


def _lines(consultation: Consultation, limit: str, reason: str) -> Iterator[str]:
    yield f"Valeur estimée du besoin, à partir du seuil européen de {limit} : {consultation.value.text}."
    yield f"Motif retenu pour ne pas prévoir de condition d'exécution sociale : {reason}."
    yield "Faits à compléter : [étude du marché faite, date] ; [structures consultées] ; [ce qui empêche la condition]."
    yield "Projet à relire par un juriste : les termes de l'article sont à confirmer."

"""The duties of a consultation in words: the scheme of its buyer (SPASER, L2111-3), the specifications, the environmental condition and
criterion and the social condition above the EU thresholds (loi Climat et résilience, article 35). Whether each holds is derived from the
rules of the law (:mod:`vivier.law.rules`). Gives facts to complete, never legal advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from vivier.errors import FieldError
from vivier.french import day as french_day
from vivier.french import euros_ht
from vivier.law.articles import LawArticle, article_on
from vivier.law.parameters import value
from vivier.law.rules import (
    EXCEPTIONS,
    Category,
    Consultation,
    Kind,
    common_threshold,
    grounds,
    has_social_threshold,
    in_force,
    out_of_date,
    row_of,
    rules,
    threshold,
)
from vivier.law.social import RENEWABLES

METHOD_VERSION: Final = "duties-6"
PARAMETERS: Final = (
    "eu_central",
    "eu_other",
    "eu_entity",
    "eu_social",
    "eu_social_entity",
    "eu_works",
    "spaser_amount",
)
_RENEWABLE_TRADE: Final = "solaire"
DutyState = Literal["ok", "missing", "to_justify", "to_verify", "not_applicable", "unknown"]
STATE_WORDS: Final[dict[str, str]] = {
    "ok": "prévu",
    "missing": "à prévoir",
    "to_justify": "à motiver",
    "to_verify": "à vérifier",
    "not_applicable": "sans objet",
    "unknown": "à préciser",
}


@dataclass(frozen=True)
class Duty:
    """One duty: the article, its state, a French sentence, and a draft of facts to complete when one is called for."""

    duty: str
    article: LawArticle
    state: DutyState
    text: str
    draft: str | None = None


def duties(consultation: Consultation) -> list[Duty]:
    """The five duties: that of the buyer, then those of the procedure in its order. A larger need never removes a duty."""
    return [
        _spaser(consultation),
        _specifications(consultation),
        _planned("environmental_condition", consultation, consultation.environmental_condition),
        _planned("environmental_criterion", consultation, consultation.environmental_criterion),
        _social(consultation),
    ]


def exception_errors(
    exception: str | None, category: Category, kind: Kind, months: int | None
) -> tuple[FieldError, ...]:
    """The error of a ground that a contract does not admit: works that last six ``months`` or more, or a ground that concessions have not."""
    if exception is None or exception in grounds(category, kind, months):
        return ()
    reason = f"ce lot est un marché de {category}"
    if kind == "concession":
        reason = "une concession n'a que deux motifs (L3114-2-1)"
    elif category == "travaux":
        reason = f"ce lot dure {months} mois"
    message = f"« {EXCEPTIONS[exception]} » ne vaut pas ici : {reason}."
    return (FieldError("exception", "impossible_combination", message),)


def renewable(trades: Iterable[str], cpvs: Iterable[str]) -> bool:
    """Whether a lot of these trades and CPV seems to build or run a plant of renewable energy."""
    return _RENEWABLE_TRADE in trades or any(cpv.startswith(RENEWABLES) for cpv in cpvs)


def _spaser(consultation: Consultation) -> Duty:
    """The scheme that a large buyer owes. What it buys in a year is not known here, so the duty is never settled."""
    answer, rule = row_of("spaser", consultation)
    article, day = article_on(rule.article, consultation.launched), consultation.launched
    if answer == "no":
        every_buyer = rules()["spaser"][-1].valid_from
        text = f"L'État n'en devait pas encore : depuis le {french_day(every_buyer)}."
        return Duty("spaser", article, "not_applicable", text)
    amount = euros_ht(value("spaser_amount", day))
    who = "L'État et ses établissements en doivent un depuis le 25/10/2023" if consultation.buyer == "central" else "Dû"
    text = f"{who} au-dessus de {amount} d'achats par an : s'y reporter s'il existe, sinon vérifier ce montant."
    return Duty("spaser", article, "to_verify", text)


def _specifications(consultation: Consultation) -> Duty:
    answer, rule = row_of("specifications", consultation)
    article = article_on(rule.article, consultation.launched)
    if answer == "no":
        return Duty("specifications", article, "not_applicable", _before())
    text = "Les spécifications techniques doivent tenir compte du développement durable : à relire dans le cahier des charges."
    return Duty("specifications", article, "to_verify", text)


def _planned(name: str, consultation: Consultation, planned: bool | None) -> Duty:
    answer, rule = row_of(name, consultation)
    article = article_on(rule.article, consultation.launched).used_as("environmental")
    if answer == "no":
        text = _before() + _unless_renewable(name, consultation)
        return Duty(name, article, "not_applicable", text)
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
    since = french_day(rule.valid_from)
    return Duty(name, article, "missing", f"{words.capitalize()} : obligatoire depuis le {since}, à prévoir.")


def _unless_renewable(name: str, consultation: Consultation) -> str:
    """What a consultation launched between both dates must still look at."""
    if not any(rule.cpv == "renewable" and rule.valid_from <= consultation.launched for rule in rules()[name]):
        return ""
    return " Déjà dû depuis le 01/07/2024 pour implanter ou exploiter une installation d'énergie renouvelable."


def _social(consultation: Consultation) -> Duty:
    name, need = "social_condition", consultation.value
    answer, rule = row_of(name, consultation)
    article, limit = article_on(rule.article, consultation.launched), euros_ht(threshold("eu", consultation))
    if has_social_threshold(consultation):
        limit = f"{limit}, seuil des services sociaux et spécifiques"
    compared = f"Comparé : {need.text}."
    if consultation.launched < rule.valid_from:
        return Duty(name, article, "not_applicable", _before())
    if answer == "no":
        return Duty(name, article, "not_applicable", f"Sous le seuil européen ({limit}) : facultative. {compared}")
    if consultation.social_condition:
        return Duty(name, article, "ok", "Condition d'exécution sociale : prévue.")
    if consultation.reserved:
        return Duty(name, article, "ok", "Marché réservé : tenu pour suffisant, à confirmer.")
    if need.least is None and need.most is None:
        return Duty(name, article, "unknown", f"Montant inconnu : obligatoire à partir de {limit}.")
    if answer == "to_verify":
        return Duty(name, article, "to_verify", f"{_to_verify(consultation, limit)} {compared}")
    return _due(name, article, consultation, limit)


def _to_verify(consultation: Consultation, limit: str) -> str:
    """Why the social duty of a need is not settled: its thresholds have expired, its EU threshold has two readings, or its value is unsure."""
    if out_of_date(consultation):
        return "Seuils européens non publiés à cette date : à renouveler, ils changent tous les deux ans."
    least, common = consultation.value.least, common_threshold(consultation)
    if has_social_threshold(consultation) and least is not None and least >= common:
        other = euros_ht(threshold("eu", consultation))
        return f"Deux lectures : due dès {euros_ht(common)} (annexe 2 du code), ou dès {other} (directive). Une condition sociale satisfait les deux."
    return f"Obligatoire à partir de {limit} : à vérifier sur la valeur de l'ensemble des lots{_works(consultation)}."


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


def _before() -> str:
    return f"Facultatif : consultation lancée avant le {french_day(in_force())}."


def _draft(consultation: Consultation, limit: str) -> str:
    reason = EXCEPTIONS.get(consultation.exception or "", consultation.exception or "")
    return "\n".join(_lines(consultation, limit, reason))


def _lines(consultation: Consultation, limit: str, reason: str) -> Iterator[str]:
    yield f"Valeur estimée du besoin, à partir du seuil européen de {limit} : {consultation.value.text}."
    yield f"Motif retenu pour ne pas prévoir de condition d'exécution sociale : {reason}."
    yield "Faits à compléter : [étude du marché faite, date] ; [structures consultées] ; [ce qui empêche la condition]."
    yield "Projet à relire par un juriste, à conserver avec les documents de la procédure (L2184-1)."

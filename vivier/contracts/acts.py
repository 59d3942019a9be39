"""What to do about a lead and when, in the words of its card, of its letter and of its calendar (docs/contracts.md, « Leads »)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal

from vivier.contracts.months import LEAST_LEFT_MONTHS, add_months
from vivier.contracts.status import day_of
from vivier.french import age, kilometres, long_day, month_name, until
from vivier.procurement import LeadKind, before
from vivier.search.find import Reason

PREPARING: Final = timedelta(days=14)
"""What an answer to a call takes to write [ours]."""
MEETING: Final = timedelta(days=30)
"""What a meeting with a buyer takes before it publishes (sourcing, R2111-1) [ours]."""
Dated = Literal["answer", "end", "planned", "clause"]
_DATED: Final[Mapping[Dated, tuple[str, str]]] = {
    "answer": ("Répondre avant le", "Clos depuis le"),
    "end": ("Finit au plus tard le", "Fini au plus tard le"),
    "planned": ("Publication prévue le", "Publication était prévue le"),
    "clause": ("Clause jusqu’au", "Clause finie le"),
}
"""What is written of a day that matters, to come or past."""
_DUE: Final[Mapping[LeadKind, Dated]] = {
    "open_notice": "answer",
    "expiring_contract": "end",
    "planned_project": "planned",
    "clause_holder": "clause",
}
_UNDATED: Final[Mapping[LeadKind, str]] = {
    "open_notice": "Date limite inconnue",
    "expiring_contract": "Date de fin inconnue",
    "planned_project": "Date de publication inconnue",
    "clause_holder": "Fin de la clause inconnue",
}
_TO_DO: Final[Mapping[LeadKind, str]] = {
    "open_notice": "Réponse à préparer",
    "expiring_contract": "Acheteur à appeler",
    "planned_project": "Acheteur à appeler avant sa publication",
    "clause_holder": "Titulaire à appeler au plus tard",
}
_DOUBTED: Final = frozenset(("amount_suspect", "amount_symbolic", "amount_withheld"))


def act_day(kind: LeadKind, due: date | None, call: date | None) -> date | None:
    """The day to act on a lead whose date that matters is ``due``: to begin an answer, to call a buyer, or to offer hours to the holder of a clause
    at the latest. ``None`` when unknown."""
    if due is None:
        return None
    match kind:
        case "open_notice":
            return due - PREPARING
        case "planned_project":
            return due - MEETING
        case "clause_holder":
            return add_months(due, -LEAST_LEFT_MONTHS)
        case "expiring_contract":
            return call or due


def to_do(kind: LeadKind) -> str:
    """« Réponse à préparer »: what is to do on that day."""
    return _TO_DO[kind]


def dated(what: Dated, day: date, as_of: date, record: Mapping[str, Any]) -> str:
    """« Répondre avant le 3 mars 2027 », « Clos depuis le 3 mars 2024 »: a day that matters, in its tense on ``as_of``. The only place where tenses
    are chosen."""
    to_come, past = _DATED[what]
    return f"{to_come.replace('avant', before(record)) if day >= as_of else past} {long_day(day)}"


def left_text(end: date, as_of: date) -> str:
    """« Il reste 7 mois », « Fini depuis 2 ans »: how long a contract runs, at most."""
    if end < as_of:
        return f"Fini depuis {age((as_of - end).days)}"
    return (
        f"Il reste {until(end, as_of).removeprefix('dans ')}"
        if (end - as_of).days > 1
        else f"Finit {until(end, as_of)}"
    )


def when_text(kind: LeadKind, due: date | None, call: date | None, record: Mapping[str, Any], as_of: date) -> str:
    """« À appeler en mars 2027 », « Répondre avant le 3 mars 2027 »: the date that matters, by itself."""
    if call is not None:
        return "À appeler dès maintenant" if call <= as_of else f"À appeler en {month_name(call)}"
    if due is None:
        return _UNDATED[kind]
    return dated(_DUE[kind], due, as_of, record)


def act_text(kind: LeadKind, due: date | None, call: date | None, record: Mapping[str, Any], as_of: date) -> str:
    """« Réponse à préparer dès le 17 février 2027. Répondre avant le 3 mars 2027 »: what to do, then the date that matters."""
    when = when_text(kind, due, call, record, as_of)
    act = act_day(kind, due, call)
    if call is not None:
        return f"Acheteur {when[:1].lower()}{when[1:]}. {when_text(kind, due, None, record, as_of)}"
    if act is None:
        return when
    if kind == "clause_holder":  # its hours are placed from its first day on
        return f"Titulaire à appeler dès maintenant. {when}"
    return f"{_TO_DO[kind]} {'dès maintenant' if act <= as_of else f'dès le {long_day(act)}'}. {when}"


def where_text(reasons: Iterable[Reason], distance_km: float | None) -> str:
    """« Ille-et-Vilaine, à 12 km », « Savoie, acheteur à 3 km »; empty when both are unknown."""
    texts = {reason.code: reason.text for reason in reasons}
    place = texts.get("place", "").rpartition(" : ")[2]
    whose = "acheteur " if place and texts.get("distance", "").startswith("siège") else ""
    far = "" if distance_km is None else f"{whose}à {kilometres(max(1, round(distance_km)))}"
    return ", ".join(filter(None, (place, far)))


def amount_text(reasons: Iterable[Reason], record: Mapping[str, Any]) -> str:
    """« Montant précédent : 48 000 € HT sur 20 mois », « Montant non publié »."""
    text = next((reason.text for reason in reasons if reason.code == "amount"), None)
    if text is not None:
        return text[:1].upper() + text[1:]
    doubted = _DOUBTED & {*record.get("issues", ()), *record.get("quality", ())}
    return "Montant publié, mais douteux" if doubted else "Montant non publié"


def why_texts(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The reasons that are neither of the place, of the amount nor of the date: these are said by themselves."""
    apart = ("place", "distance", "amount", "ends", "open", "planned")
    return tuple(reason.text for reason in reasons if reason.code not in apart)


def lead_day(kind: LeadKind, record: Mapping[str, Any]) -> date | None:
    """The date that matters of a lead: deadline, planned publication, latest end."""
    return day_of(record.get(due_field(kind)))


def due_field(kind: LeadKind) -> str:
    """The field of that date."""
    return {"open_notice": "deadline", "planned_project": "planned"}.get(kind, "ends")

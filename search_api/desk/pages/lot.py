"""The face of a lot: what to do in ten words, its one number, whom to call. All the rest of the study is folded below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vivier.clausier.hours import held_hours
from vivier.desk.method.lever import RESERVED
from vivier.desk.tell.advice import UNLISTED
from vivier.french import chance, number, plural, whole
from vivier.law.parameters import value

_DO: Final[Mapping[str, str]] = {
    "direct": "Achetez directement à une structure",
    "reserve": "Réservez ce lot",
    "clause": "Posez une clause d'insertion",
    "condition": "Prévoyez une condition sociale, ou dites pourquoi pas",
    "criterion": "Ajoutez un critère social",
}
_NUMBERS: Final = ("zéro", "une", "deux", "trois", "quatre", "cinq")


@dataclass(frozen=True)
class Face:
    """``verdict``: what to do; ``yes`` of ``wanted``: structures that said yes, where that decides; ``number``: the one number, in words;
    ``to_check``: whether the advice rests on answers that nobody gave yet; ``carry``, ``calls``: whom to call for the hours of a clause, and for the lot
    itself, as listed; ``structure_hours``: hours of the people concerned when a structure holds the lot, where that is advised, as the programme counts them."""

    verdict: str
    yes: int | None
    wanted: int
    number: str
    to_check: bool
    carry: Sequence[Any]
    calls: Sequence[Any]
    structure_hours: int | None = None


def faced(lot: Mapping[str, Any]) -> dict[str, object]:
    """A lot with its face, for its page; one that could not be studied has none."""
    return {**lot, "face": face_of(lot) if lot["studied"] else None}


def face_of(lot: Mapping[str, Any]) -> Face:
    """The face of a lot that was studied."""
    advice, best, wanted = lot["advice"], _best(lot), int(value("wanted_offers"))
    lever = advice["lever"]
    by_answers = lever in ("reserve", "reserve_if", "none") and bool(lot["first_calls"])
    return Face(
        _verdict(lot, wanted),
        best["confirmed"] if by_answers and best is not None else None,
        wanted,
        _number(lot, best, by_answers),
        advice["confidence"] == "low",
        lot["clause"].get("first_calls", ()) if lever in ("clause", "condition", "criterion") else (),
        () if lever == "reserve" else lot["first_calls"],
        _structure_hours(lot),
    )


def _structure_hours(lot: Mapping[str, Any]) -> int | None:
    central = (lot["hours"] or {}).get("central")
    if central is None or lot["advice"]["lever"] not in RESERVED:
        return None
    return whole(held_hours(central["total_hours"]))


def _best(lot: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The article under which structures are counted."""
    counted = [row for row in lot["articles"] if "prospects" in row]
    named = (row for row in counted if row["article"]["code"] == lot.get("called_under"))
    return next(named, counted[0] if counted else None)


def _verdict(lot: Mapping[str, Any], wanted: int) -> str:
    lever = lot["advice"]["lever"]
    if lever == "reserve_if":
        count = _NUMBERS[wanted] if wanted < len(_NUMBERS) else number(wanted)
        return f"Réservable si {count} structures vous disent oui"
    if lever in _DO:
        return _DO[lever]
    if lot["advice"]["lever_fr"] == UNLISTED:
        return "Rien d'assuré : demandez à un facilitateur d'ici"
    if lot["first_calls"]:
        return "Rien d'assuré : appelez d'abord"
    return "Rien d'assuré : demandez à un facilitateur d'ici"


def _number(lot: Mapping[str, Any], best: Mapping[str, Any] | None, by_answers: bool) -> str:
    """The chance that enough structures can do the lot, where answers decide; else the hours of the clause."""
    if lot["advice"]["lever"] == "direct":
        return f"{plural(len(lot['first_calls']), 'structure')} à appeler d'abord"
    if by_answers and best is not None:
        likely = best["prospects"]["able"]["at_least_two"]
        return f"{chance(likely, supposed=lot['advice']['confidence'] == 'low')} de chances d'en trouver deux, si vous appelez"
    hours = lot["hours"] or {}
    if hours.get("central"):
        return f"{plural(round(hours['central']['insertion_hours']), 'heure')} d'insertion"
    return f"{number(hours['per_100k'])} heures pour 100 000 €" if hours.get("per_100k") else ""

"""The face of a lot: what to do in ten words, its one number, whom to call. All the rest of the study is folded below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from search_api.doors import Called
from search_api.pages.facts import shown_name, town
from search_api.pages.facts import value as fact_of
from search_api.pages.words import safe_url, short_kind
from vivier.clausier.hours import held_hours
from vivier.desk.method.lever import RESERVED
from vivier.desk.method.prospects import FIRST_CALLS
from vivier.desk.tell.advice import UNLISTED
from vivier.french import NO_BREAK, chance, number, plural, whole
from vivier.law.parameters import value
from vivier.model.views import SupplierView
from vivier.names import readable_name
from vivier.search.snapshot import Snapshot

_DO: Final[Mapping[str, str]] = {
    "direct": "Achetez directement à une structure",
    "reserve": "Réservez ce lot",
    "clause": "Posez une clause d'insertion",
    "condition": "Prévoyez une condition sociale, ou dites pourquoi pas",
    "criterion": "Ajoutez un critère social",
}
_OF_HOURS: Final = ("clause", "condition", "criterion")
_NUMBERS: Final = ("zéro", "une", "deux", "trois", "quatre", "cinq")


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A structure to call: what it is, how far, how to reach it. ``trade``: what is not known of its trade, or that it does a part of it alone; ``can``: what it answered, empty before; ``word``: what stands for one that opposed."""

    id: str = ""
    name: str = ""
    kinds: str = ""
    where: str = ""
    trade: str = ""
    phone: str | None = None
    mailbox: str | None = None
    site: str | None = None
    can: str = ""
    word: str = ""


@dataclass(frozen=True)
class Face:
    """``verdict``: what to do; ``yes`` of ``wanted``: structures that said yes, where that decides; ``number``: the one number, in words;
    ``to_check``: whether the advice rests on answers that nobody gave yet; ``carry``, ``calls``: whom to call for the hours of a clause, and for the lot
    itself, those that answered first; ``structure_hours``: hours of the people concerned when a structure holds the lot, where that is advised, as the
    programme counts them; ``round``: the page of the round where answers are noted, when there is one."""

    verdict: str
    yes: int | None
    wanted: int
    number: str
    to_check: bool
    carry: Sequence[CallRow]
    calls: Sequence[CallRow]
    structure_hours: int | None = None
    round: str | None = None


def faced(lot: Mapping[str, Any], snapshot: Snapshot, called: Called | None = None) -> dict[str, object]:
    """A lot with its face, for its page; one that could not be studied has none. ``called``: what was noted of its calls."""
    return {**lot, "face": face_of(lot, snapshot, called) if lot["studied"] else None}


def face_of(lot: Mapping[str, Any], snapshot: Snapshot, called: Called | None = None) -> Face:
    """The face of a lot that was studied."""
    advice, best, wanted = lot["advice"], _best(lot), int(value("wanted_offers"))
    lever = advice["lever"]
    decided_by_answers = lever in ("reserve", "reserve_if", "none")
    by_answers = decided_by_answers and bool(lot["first_calls"])
    noted = decided_by_answers and called is not None and bool(called.answers)
    return Face(
        _verdict(lot, wanted),
        best["confirmed"] if best is not None and (by_answers or noted) else None,
        wanted,
        _number(lot, best, by_answers),
        advice["confidence"] == "low",
        tuple(_rows(lot["clause"].get("first_calls", ()), snapshot)) if lever in _OF_HOURS else (),
        _to_call(lot, snapshot, called),
        _structure_hours(lot),
        None if called is None else called.page,
    )


def _to_call(lot: Mapping[str, Any], snapshot: Snapshot, called: Called | None) -> tuple[CallRow, ...]:
    """Who answered by telephone, each to be corrected, then who is to be called next: five rows, and two to call at least."""
    answers = () if called is None else tuple(each for each in called.answers if each.by == "facilitator")
    records = snapshot.suppliers.get([answer.structure for answer in answers])
    far = {each["id"]: each["distance_km"] for each in lot["contacts"]["structures"] if "id" in each}
    known = [
        _row(each.structure, "", far.get(each.structure), records.get(each.structure), each.can) for each in answers
    ]
    calls = () if lot["advice"]["lever"] == "reserve" else lot["first_calls"][: max(2, FIRST_CALLS - len(known))]
    return (*known, *_rows(calls, snapshot))


def _rows(calls: Sequence[Mapping[str, Any]], snapshot: Snapshot) -> Iterator[CallRow]:
    records = snapshot.suppliers.get([call["id"] for call in calls if "id" in call])
    for call in calls:
        if "opposed" in call:
            yield CallRow(word=call["word"])
        else:
            row = _row(call["id"], call["name"], call["distance_km"], records.get(call["id"]))
            part = "une partie du métier" if call.get("in_part") else ""
            yield replace(row, trade="métier non publié" if call.get("surety") == "to_ask" else part)


def _row(id_: str, name: str, km: float | None, record: SupplierView | None, can: str = "") -> CallRow:
    if record is None:
        return CallRow(id=id_, name=readable_name(name) or "Structure absente de l'annuaire", can=can)
    kinds = dict.fromkeys(short_kind(fact["value"]["kind"]) for fact in record.get("agreements", ()))
    distance = None if km is None else f"{number(round(km))}{NO_BREAK}km"
    return CallRow(
        id=id_,
        name=shown_name(record),
        kinds=" ou ".join(kinds),
        where=" · ".join(part for part in (town(record), distance) if part),
        phone=fact_of(record, "phone"),
        mailbox=fact_of(record, "mailbox"),
        site=safe_url(fact_of(record, "website")),
        can=can,
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

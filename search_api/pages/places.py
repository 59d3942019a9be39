"""Reads a place in plain French from a field of a page: one territory, or choices for the reader, never a silent choice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vivier.errors import FieldError, VivierError
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.territory import Gazetteer, Territory
from vivier.territory.readers import FORMER
from vivier.territory.resolve import Candidate, Resolution, label, resolve

MOST_CHOICES = 12
_MANY = 200


@dataclass(frozen=True)
class Place:
    """The places that a text means: ``ids`` when they are certain (several mean any of them), else ``choices`` to show."""

    ids: tuple[str, ...]
    choices: tuple[Candidate, ...] = ()


def is_typed(text: str) -> bool:
    """Whether a value looks like a typed id (``departement:35``, ``FR``), which the API reads."""
    return ":" in text or text == "FR"


def place_of(text: str, lexicon: Lexicon) -> Place:
    """The places of a text as typed, or as suggestions write it (« Saint-Denis (93, Seine-Saint-Denis) »), else those that a need of the same
    words names: « Nantes, Rennes », « agglo de Rennes », « ZI de Carquefou ».

    A typed id is returned unchanged: the query checks it.
    """
    gazetteer = lexicon.gazetteer
    if is_typed(text):
        return Place((text.strip(),))
    chosen = _as_labelled(text.strip(), gazetteer)
    if chosen is not None:
        return Place((chosen.id,))
    found = resolve(text, gazetteer, MOST_CHOICES)
    if found.territory is not None:
        return Place((found.territory.id,))
    if found.together:
        return Place(tuple(candidate.territory.id for candidate in found.candidates))
    if found.via in ("unknown", "epci_other_type"):
        named = resolve_need(text, lexicon).territory.places
        ids = tuple(place.territory for place in named if place.territory and not place.doubtful)
        if ids:
            return Place(ids)
    return Place((), found.candidates)


def _as_labelled(text: str, gazetteer: Gazetteer) -> Territory | None:
    """The candidate whose whole label is the text."""
    if not text.endswith(")"):
        return None
    found: Resolution = resolve(text[: text.rindex("(")] if "(" in text else text, gazetteer, _MANY)
    named = [candidate.territory for candidate in found.candidates if candidate.label_fr == text]
    return named[0] if len(named) == 1 else None


def place_error(field: str, text: str, place: Place) -> FieldError:
    """The error that says why a text cannot be used, to show beside its field."""
    shown = text.strip()[:80]
    if not place.choices:
        message = (
            f"Aucun lieu reconnu dans « {shown} ». Écrivez une commune, un code postal, un département ou une région."
        )
        return FieldError(field, "unknown_place", message)
    message = f"« {shown} » peut désigner plusieurs lieux : choisissez."
    if len(place.choices) == 1 or max(candidate.score for candidate in place.choices) < FORMER:
        message = f"« {shown} » n'est pas reconnu avec certitude : confirmez le lieu ou corrigez."
    return FieldError(field, "ambiguous_place", message, tuple(candidate.territory.id for candidate in place.choices))


def place_label(id_: str, gazetteer: Gazetteer) -> str:
    """The name of a territory with its département, « Roubaix (59, Nord) »; the id itself when it is unknown."""
    try:
        territory, _ = gazetteer.parse(id_)
    except VivierError:
        return id_
    return label(territory, gazetteer)


_SHORT = re.compile(r" \((?:département |intercommunalité, )?(\w+)(?:, [^)]+)?\)$")


def short_place(id_: str, gazetteer: Gazetteer) -> str:
    """The name of a territory as a card shows it, « Roubaix (59) », « Somme (80) »."""
    return _SHORT.sub(r" (\1)", place_label(id_, gazetteer))

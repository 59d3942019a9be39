"""The public bodies that a table of territories lists by SIREN: communes, EPCI, départements, régions and other collectivités."""

from __future__ import annotations

from typing import Final

from vivier.territory.gazetteer import Gazetteer
from vivier.text.folding import fold

_VOWELS: Final = frozenset("AEIOUY")


def listed_body(siren: str, gazetteer: Gazetteer) -> tuple[str, str] | None:
    """The territory of a body (typed id) and its name; ``None`` when no table lists its SIREN."""
    if siren in gazetteer.names["epci"]:
        return f"epci:{siren}", gazetteer.names["epci"][siren]
    commune = gazetteer.communes_of_sirens.get(siren)
    if commune is not None:
        return f"commune:{commune}", f"Commune {of_place(gazetteer.names['commune'][commune])}"
    listed = gazetteer.collectivities.get(siren)
    return None if listed is None else (listed.seat, listed.name)


def of_place(name: str) -> str:
    """The name of a place after « de »: « d'Orvault », « du Mans », « des Herbiers », « de La Rochelle », « de Nantes »."""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d'{name}" if fold(name[:1]).upper() in _VOWELS else f"de {name}"

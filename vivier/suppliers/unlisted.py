"""Tells the départements of which the lists read have no inclusive structure at all.

Every département has some: the official list of ESAT alone has 1,504 sites in 102 départements (FINESS), before structures of insertion, EA and
GEIQ. None in the index is therefore a gap of the lists, never of the département: zero is then unknown, and is said so. Overseas
collectivities, some of which may have none, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vivier.french import enumerated, plural
from vivier.search.port import Generation
from vivier.territory import Gazetteer, Territory
from vivier.territory.phrases import in_place

_MOST_NAMED = 3
_COLLECTIVITIES = ("975", "977", "978", "98")
"""How the codes of places that are not départements begin."""


def unlisted(places: Iterable[Territory], generation: Generation, gazetteer: Gazetteer) -> tuple[Territory, ...]:
    """The départements of some places that have no inclusive structure in a generation of suppliers, by code. Empty when the generation does
    not tell how many it has by département, and for the whole country."""
    counted: Mapping[str, Mapping[str, Any]] = generation.meta.get("quality", {}).get("departements", {})
    if not any(map(_has_kind, counted.values())):
        return ()
    codes = {code for place in places if place.kind != "country" for code in gazetteer.departements(place.id)}
    missing = (f"departement:{code}" for code in sorted(codes) if not code.startswith(_COLLECTIVITIES))
    return tuple(gazetteer.get(id_) for id_ in missing if not _has_kind(counted.get(id_, {})))


def _has_kind(counts: Mapping[str, Any]) -> bool:
    return any(name != "total" and count for name, count in counts.items())


def where(departements: Iterable[Territory]) -> str:
    """« dans le Nord », « dans le Nord ni dans l'Aisne », « dans 12 départements (Ain, Aisne, Allier…) »."""
    found = tuple(departements)
    if len(found) <= _MOST_NAMED:
        return enumerated([in_place(each) for each in found], "ni")
    return f"dans {plural(len(found), 'département')} ({', '.join(each.name for each in found[:_MOST_NAMED])}…)"


def gap_text(departements: Iterable[Territory]) -> str | None:
    """The French sentence that says the gap; ``None`` without any département."""
    found = tuple(departements)
    if not found:
        return None
    return (
        f"Nos listes n'ont aucune structure inclusive dont le siège est {where(found)} : c'est un manque de nos listes, "
        "pas du territoire. Un facilitateur de la clause sociale ou un réseau local connaît celles qui manquent."
    )

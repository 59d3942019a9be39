"""Chooses between the towns that bear one name, by the other places of a need and by their inhabitants; tells the places that hold the others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vivier.needs.model import PlaceMatch
from vivier.territory import Gazetteer
from vivier.territory.model import FRANCE, namesake

_LISTED = re.compile(r"[\w' -]{0,12}\b(?:et|ou|puis)\b", re.IGNORECASE)


def with_namesakes(places: Sequence[PlaceMatch], gazetteer: Gazetteer) -> list[PlaceMatch]:
    """The places, each that several towns bear resolved to the one of the département of another place, else to the one that outweighs the
    others, in a région of the other places: beside Charquemont, « Saint-Pierre » is not in La Réunion. Homonyms stay offered."""
    sure = (gazetteer.get(place.territory) for place in places if place.territory is not None and not place.doubtful)
    around = {id_ for territory in sure for id_ in (territory.id, *territory.parents)} - {FRANCE}
    return [_with_namesake(place, around, gazetteer) for place in places]


def _with_namesake(place: PlaceMatch, around: set[str], gazetteer: Gazetteer) -> PlaceMatch:
    if place.territory is not None or place.together or place.doubtful:
        return place
    towns = [(found.score, gazetteer.get(found.id)) for found in place.candidates]
    near = [
        (score, town) for score, town in towns if town.kind == "commune" and f"departement:{town.departement}" in around
    ]
    nearest = [town for score, town in near if score == max(score for score, _ in near)]
    meant = nearest[0] if len(nearest) == 1 else namesake([town for score, town in towns if score == towns[0][0]])
    if meant is None or (around and not around.intersection(meant.parents)):
        return place
    candidates = sorted(place.candidates, key=lambda candidate: candidate.id != meant.id)
    return place.changed(territory=meant.id, candidates=tuple(candidates))


def is_context(place: PlaceMatch, others: Sequence[PlaceMatch], text: str, gazetteer: Gazetteer) -> bool:
    """Whether a place holds the others, and neither « et » nor « ou » joins them: « Région Bretagne, lycée de Vitré » is in Vitré."""
    inside = [other for other in others if place.territory in _parents(other, gazetteer)]
    apart = any(
        _parents(place, gazetteer).isdisjoint(ids_of(other)) for other in others if other not in (place, *inside)
    )
    bounds = [sorted((place.spans[0], other.spans[0]), key=lambda span: span.start) for other in inside]
    listed = any(_LISTED.match(text[first.end : last.start]) for first, last in bounds)
    return bool(inside) and not apart and not listed


def _parents(place: PlaceMatch, gazetteer: Gazetteer) -> set[str]:
    return {parent for id_ in ids_of(place) for parent in gazetteer.get(id_).parents}


def ids_of(place: PlaceMatch) -> tuple[str, ...]:
    """The territory of a place, or the candidates that make it up together."""
    return (place.territory,) if place.territory is not None else tuple(candidate.id for candidate in place.candidates)

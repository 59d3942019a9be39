"""For whom the pages of the space of structures are: said once, then kept by every address of that space.

Pages of leads and of buyers take the profile as the parameters of their API (``supplier``, ``trade``, ``territory``…). The other pages keep
the same values in one parameter, ``pour``: « supplier:vm74 », « trade:tonte;territory:region:53 »."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from search_api.context import Context
from search_api.doors import Pairs
from search_api.pages.places import place_label
from search_api.pages.site import POUR, PROFILED
from vivier.contracts.leads_query import ProfileQuery
from vivier.contracts.profile import Zone
from vivier.contracts.query_profile import profile_of
from vivier.errors import InvalidRequest, NotFound
from vivier.french import kilometres
from vivier.lexicon import Lexicon
from vivier.names import readable_name
from vivier.search.query import parse_parameters
from vivier.territory.phrases import of_place

NAMES: Final = tuple(name for name in ProfileQuery.model_fields if name not in ("as_of", "page", "per_page"))
"""The parameters of a profile."""


def profile_of_address(path: str, items: Iterable[tuple[str, str]]) -> Pairs:
    """The profile of an address, empty when it says none."""
    given = [(name, value) for name, value in items if value.strip()]
    if path in PROFILED:
        return [(name, value) for name, value in given if name in NAMES]
    return read(next((value for name, value in given if name == POUR), ""))


def read(text: str) -> Pairs:
    """The profile that ``pour`` holds; what it does not know is left out."""
    parts = (part.partition(":") for part in text.split(";"))
    return [(name, value) for name, colon, value in parts if colon and value and name in NAMES]


def written(profile: Iterable[tuple[str, str]]) -> str:
    """The profile as the value of ``pour``. The separator never stands in a number or a code; in a name it becomes a space."""
    return ";".join(f"{name}:{value.replace(';', ' ')}" for name, value in profile)


def towards(path: str, profile: Pairs) -> Pairs:
    """The parameters by which a page of the space keeps the profile."""
    if not profile:
        return []
    order = [("sort", "call")] if path == "/acheteurs" else []
    return [*profile, *order] if path in PROFILED else [(POUR, written(profile))]


def in_words(profile: Pairs, context: Context) -> str:
    """« ESAT Utopi Redon », « Entretien des espaces verts, à moins de 40 km de Rennes »: whom a profile says; when it cannot be read, that
    it is to be told again."""
    try:
        query = parse_parameters(profile, context.lexicon, ProfileQuery)
        found = profile_of(query, context.snapshot, context.lexicon, context.today())
    except (InvalidRequest, NotFound):
        return "une structure à préciser"
    if found.name is not None:
        return readable_name(found.name)
    trades = [context.lexicon.trade_names.get(code, code) for code in found.trades]
    return ", ".join((*trades, *found.kinds, *_places(found.zone, context.lexicon))) or "tous métiers, toute la France"


def _places(zone: Zone, lexicon: Lexicon) -> Iterator[str]:
    if zone.point is not None and zone.km is not None:
        commune = lexicon.gazetteer.commune_at(*zone.point)
        yield f"à moins de {kilometres(zone.km)} {of_place(commune.name) if commune is not None else 'de ce point'}"
    yield from (place_label(id_, lexicon.gazetteer) for id_ in zone.territories)

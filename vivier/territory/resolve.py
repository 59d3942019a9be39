"""Resolves what a user types into territories: one when it is certain, else candidates. A choice is never made silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from vivier.identity import fold
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.model import Territory
from vivier.territory.names import place_key
from vivier.territory.organisations import alike_site_reader, organisation_reader, site_reader
from vivier.territory.place_index import PlaceIndex, place_index
from vivier.territory.readers import (
    EXACT,
    PREFIX,
    PlaceQuery,
    Reading,
    alias_reader,
    alike_reader,
    arrondissement_reader,
    code_reader,
    epci_reader,
    former_reader,
    name_reader,
    qualified_reader,
    scoped_reader,
    typed_id_reader,
)

READERS: tuple[Callable[[PlaceQuery, PlaceIndex], Reading | None], ...] = (
    typed_id_reader,
    alias_reader,
    code_reader,
    name_reader,
    arrondissement_reader,
    qualified_reader,
    organisation_reader,
    scoped_reader,
    site_reader,
    epci_reader,
    former_reader,
)
"""In their order."""
SUGGESTIONS: Final = (alike_reader, alike_site_reader)
"""What is read when no rule reads the text: candidates only."""
POST_CODE = 5  # figures of a whole one, read by the same rules in both functions
LONGEST_TEXT = 120  # the longest name of the gazetteer has 91 characters


@dataclass(frozen=True)
class Candidate:
    """A territory that a text may mean. ``score`` in ]0, 1]: 1 is the name or code as written."""

    territory: Territory
    score: float
    label_fr: str


@dataclass(frozen=True)
class Resolution:
    """What a text means.

    ``territory``: the certain answer, None when there is none. ``candidates``: best first, the certain answer included;
    ambiguity is never hidden, so they may go on after it (the région Bretagne, then two communes). ``together``: there
    is no single territory because the candidates make up the answer together (old régions): read them as OR.
    ``total``: number of candidates before the limit.
    ``via``: the rule that read it: ``typed_id``, ``unknown_id``, ``alias``, ``departement_code``, ``region_code``,
    ``post_code``, ``post_code_not_listed``, ``commune_code``, ``former_code``, ``epci_code``, ``nuts_code``, ``name``,
    ``arrondissement``, ``name_and_place``, ``name_outside_place``, ``epci_name``, ``epci_other_type``, ``former_name``,
    ``prefix``, ``alike``, ``organisation``, ``seat``, ``unknown``.
    """

    territory: Territory | None
    candidates: tuple[Candidate, ...]
    via: str
    together: bool = False
    total: int = 0


def resolve(text: str, gazetteer: Gazetteer, limit: int = 10, *, suggest: bool = True) -> Resolution:
    """The territory that a text names, or its candidates. Never raises: a text that is not understood gives
    ``via="unknown"``.

    Rules are in :mod:`vivier.territory.readers` and :mod:`vivier.territory.organisations`, their order in ``READERS``. ``limit`` bounds the candidates, except those of an
    answer made of several territories, which is given whole. Unless ``suggest``, names that begin so or resemble the text are not
    looked for: they take 25 ms, every other rule a fraction of one.
    """
    index = place_index(gazetteer)
    query = _query(text)
    if not query.key or len(query.text) > LONGEST_TEXT:
        return Resolution(None, (), "unknown")
    for reader in (*READERS, *SUGGESTIONS) if suggest else READERS:
        reading = reader(query, index)
        if reading is not None:
            return _resolution(reading, index, limit)
    return Resolution(None, (), "unknown")


def autocomplete(text: str, gazetteer: Gazetteer, limit: int = 10, *, alike: bool = True) -> tuple[Candidate, ...]:
    """Territories whose name or post code begins with a text, accents and case free, most populated first.

    When nothing begins so (« st etienne 42 », a typing error), the candidates of :func:`resolve`; none if not ``alike``.
    """
    index = place_index(gazetteer)
    key = place_key(text)
    if not key or len(text) > LONGEST_TEXT:
        return ()
    short = key.isdigit() and len(key) < POST_CODE
    found = _by_code(key, index, limit) if short else _by_name(text, key, index, limit)
    if not found:
        return resolve(text, gazetteer, limit).candidates if alike else ()
    return _candidates(((id, EXACT if _is_named(id, key, index) else PREFIX) for id in found), index)[:limit]


def label(territory: Territory, gazetteer: Gazetteer) -> str:
    """« Saint-Denis (93, Seine-Saint-Denis) », « Isère (département 38) », « CC du Pays X (intercommunalité, 35) »."""
    departement = territory.departement
    if territory.kind == "country":
        return "France entière"
    if territory.kind == "departement":
        return f"{territory.name} (département {territory.code})"
    if territory.kind == "region":
        return f"{territory.name} (région)"
    if territory.kind == "epci":
        codes = _departements(territory, gazetteer) if departement is None else departement
        return f"{territory.name} (intercommunalité, {codes})"
    return f"{territory.name} ({departement}, {gazetteer.names['departement'][departement or '']})"


def _departements(territory: Territory, gazetteer: Gazetteer) -> str:
    rows = gazetteer.leaves(territory.id)
    return ", ".join(sorted({gazetteer.communes.departement.at(row) or "" for row in rows}))


_LABELS = (
    (re.compile(r"\((\d[\dAB]\d?), [^()]+\)$"), r"(\1)"),
    (re.compile(r"^.+ \(département (\w+)\)$"), r"\1"),
    (re.compile(r"^(.+) \(région\)$"), r"région \1"),
    (re.compile(r" \(intercommunalité, [^()]+\)$"), ""),
)
"""How :func:`label` ends, and what a user would type instead: a label that is copied is read back."""


def _query(text: str) -> PlaceQuery:
    """The query of a text. ``code_postal:69003`` and ``F-69003`` are read as their figures, because a post code is never a territory id."""
    for pattern, typed in _LABELS:
        text = pattern.sub(typed, text.strip())
    text = re.sub(r"^\s*(?:(?:code[_ ]postal|cp)\s*:\s*|f-(?=\d{5}\b))", "", text.strip(), flags=re.IGNORECASE)
    return PlaceQuery(text, place_key(text))


def _resolution(reading: Reading, index: PlaceIndex, limit: int) -> Resolution:
    candidates = _candidates(reading.hits, index, first=reading.certain)
    territory = None if reading.certain is None else index.gazetteer.get(reading.certain)
    shown = candidates if reading.together else candidates[:limit]
    return Resolution(territory, shown, reading.via, reading.together, len(candidates))


def _candidates(
    hits: Iterable[tuple[str, float]], index: PlaceIndex, first: str | None = None
) -> tuple[Candidate, ...]:
    best: dict[str, float] = {}
    for id, score in hits:
        best[id] = max(score, best.get(id, 0.0))
    ids = sorted(best, key=lambda id: (id != first, -best[id], -index.population(id), id))
    territories = [(index.gazetteer.get(id), best[id]) for id in ids]
    return tuple(Candidate(place, round(score, 3), label(place, index.gazetteer)) for place, score in territories)


def _by_name(text: str, key: str, index: PlaceIndex, limit: int) -> list[str]:
    """Territories whose name begins with the text, both as written and with its abbreviations opened: « st » begins
    Strasbourg and Saint-Étienne."""
    found = dict.fromkeys(id for begun in {key, fold(text)} for id in index.by_prefix(begun, limit))
    return sorted(found, key=lambda id: (-index.population(id), id))


def _by_code(digits: str, index: PlaceIndex, limit: int) -> list[str]:
    departement = f"departement:{digits.zfill(2)}"
    known = digits.zfill(2) in index.gazetteer.names["departement"]
    return ([departement] if known else []) + index.by_code_prefix(digits, limit)


def _is_named(id: str, key: str, index: PlaceIndex) -> bool:
    return place_key(index.gazetteer.get(id).name) == key

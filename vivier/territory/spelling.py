"""Finds the town, département or région that a misspelt name means: one error from five letters on, two
from nine on, three from sixteen on.

Only names that many write are looked for, since a rare name is more often another word: towns of :data:`LEAST_POPULATION` inhabitants, areas, and
names in use (« Brive »). It takes less than a millisecond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vivier.territory.gazetteer import Gazetteer
from vivier.territory.model import outweighs
from vivier.territory.names import place_key
from vivier.territory.place_index import place_index

LEAST_POPULATION = 2_000
ONE_ERROR, TWO_ERRORS, THREE_ERRORS = 5, 9, 16
"""Letters from which one, two, then three errors are tolerated."""
MOST = 5


@dataclass(frozen=True)
class Spelt:
    """A territory that a misspelt name may mean, at ``errors`` letters; ``population``: its inhabitants."""

    id: str
    errors: int
    population: int


def spelt(text: str, gazetteer: Gazetteer, least: int = ONE_ERROR) -> tuple[Spelt, ...]:
    """The towns whose name goes on after a text (« Cagnes »), else the territories whose name is near it, nearest then largest first; those
    at a greater distance than the nearest are left out. A town far larger, at one letter, is meant rather: « Lion » is Lyon, not Le Lion-d'Angers.
    ``least``: letters of the text from which one error is tolerated; more are by the letters of the name."""
    key = place_key(text)
    letters = _letters(key)
    errors = _errors(letters + 1) if letters >= least and key.replace(" ", "").isalpha() else 0
    if not errors:
        return ()
    names = _names(gazetteer)
    near = [
        name for length in range(len(key) - errors, len(key) + errors + 1) for name in names.by_length.get(length, ())
    ]
    alike = process.extract(key, near, scorer=OSA.distance, score_cutoff=errors, limit=20)
    scored = [(name, score, at) for name, score, at in alike if score <= _errors(max(letters, _letters(name)))]
    least = min((int(score) for _, score, _ in scored), default=0)
    found = {
        id_: Spelt(id_, int(score), names.population[id_])
        for name, score, _ in scored
        if int(score) == least and name[0] == key[0]
        for id_ in names.ids[name]
    }
    spelt_so = tuple(sorted(found.values(), key=lambda territory: (-territory.population, territory.id)))[:MOST]
    longer = _continued(key, gazetteer)
    is_far_larger = bool(longer and spelt_so) and outweighs(spelt_so[0].population, (longer[0].population,))
    return longer if longer and not is_far_larger else spelt_so


def _continued(key: str, gazetteer: Gazetteer) -> tuple[Spelt, ...]:
    """The towns whose name a key begins, its words whole, as if at one letter."""
    index = place_index(gazetteer)
    towns = () if key in ("SAINT", "SAINTE") else index.longer(key)
    found = [Spelt(id_, 1, people) for id_ in towns if (people := index.population(id_)) >= LEAST_POPULATION]
    return tuple(sorted(found, key=lambda town: (-town.population, town.id)))[:MOST]


def _letters(key: str) -> int:
    return len(key.replace(" ", ""))


def _errors(letters: int) -> int:
    """Errors tolerated in a name of so many letters."""
    return 1 + sum(letters >= floor for floor in (TWO_ERRORS, THREE_ERRORS))


def begun(text: str, gazetteer: Gazetteer, limit: int) -> tuple[str, ...]:
    """The ids of the territories whose name begins nearly as a text of three letters or more, with one error, the largest first."""
    key = place_key(text)
    if len(key) < 3:
        return ()
    names = _names(gazetteer)
    alike = [name for name in names.ids if len(name) >= len(key) and name[0] == key[0]]
    found: dict[str, int] = {}
    for length in (len(key), len(key) + 1):
        cut = {name: name[:length] for name in alike}
        scored = process.extract(key, cut, scorer=OSA.distance, score_cutoff=1, limit=200)
        found |= {id_: names.population[id_] for _, _, name in scored for id_ in names.ids[name]}
    return tuple(sorted(found, key=lambda id_: (-found[id_], id_)))[:limit]


def certain(found: Sequence[Spelt]) -> Spelt | None:
    """The one that is meant: alone, or far larger than every other."""
    if not found:
        return None
    is_meant = len(found) == 1 or outweighs(found[0].population, (territory.population for territory in found[1:]))
    return found[0] if is_meant else None


@dataclass(frozen=True, eq=False)
class _Names:
    """Names as keys, their ids, and the inhabitants of each id."""

    ids: Mapping[str, tuple[str, ...]]
    by_length: Mapping[int, tuple[str, ...]]
    population: Mapping[str, int]


@lru_cache(maxsize=2)
def _names(gazetteer: Gazetteer) -> _Names:
    index = place_index(gazetteer)
    communes = ((key, index.id_of(row)) for row, key in enumerate(index.places.keys))
    others = (
        (key, id_)
        for table in (index.areas, index.aliases)
        for key, ids_ in table.items()
        if len(ids_) == 1
        for id_ in ids_
    )
    ids: defaultdict[str, dict[str, None]] = defaultdict(dict)
    population: dict[str, int] = {}
    for key, id_ in (*communes, *others):
        if index.population(id_) >= LEAST_POPULATION:
            ids[key][id_] = None
            population[id_] = index.population(id_)
    named = {key: tuple(found) for key, found in ids.items() if found}
    lengths: defaultdict[int, list[str]] = defaultdict(list)
    for key in named:
        lengths[len(key)].append(key)
    return _Names(named, {length: tuple(keys) for length, keys in lengths.items()}, population)

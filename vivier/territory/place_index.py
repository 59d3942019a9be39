"""Indexes the names of territories of every level for search: exact, without small words, by prefix, by likeness."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

import mappings
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.model import FRANCE, Kind, typed_id
from vivier.territory.names import PlaceNames, grouped, loose_key, place_key, place_names

LIKENESS = 84.0  # rapidfuzz ratio: one letter wrong in six, two in thirteen; below, names of other places crowd in
_EPCI_WORDS = (
    ("COMMUNAUTE DE COMMUNES", "CC"),
    ("CTE DE COMMUNES", "CC"),
    ("COM COM", "CC"),
    ("COMCOM", "CC"),
    ("CDC", "CC"),
    ("COMMUNAUTE D AGGLOMERATION", "CA"),
    ("COMMUNAUTE AGGLOMERATION", "CA"),
    ("COMMUNAUTE URBAINE", "CU"),
    ("AGGLOMERATION", "CA"),
    ("AGGLO", "CA"),
    ("GD", "GRAND"),
)
EPCI_TYPES = frozenset(("CC", "CA", "CU", "METROPOLE", "EUROMETROPOLE", "EPT"))
_SMALL_WORDS = frozenset(("DE", "DU", "DES", "D", "L", "LA", "LE", "LES", "ET", "EN", "A", "AU", "AUX"))
Bag = frozenset[str]
AREAS: tuple[Kind, ...] = ("departement", "region")


def epci_bag(name: str) -> Bag:
    """Words of an EPCI name, small ones left out, its type in short: « communauté d'agglomération du Grand Annecy »."""
    key = place_key(re.sub(r"\(.*?\)", " ", name))
    for long, short in _EPCI_WORDS:
        key = re.sub(rf"\b{long}\b", short, key)
    return frozenset(key.split()) - _SMALL_WORDS


class PlaceIndex:
    """Typed ids by name. Each part is built when it is first needed."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.places: PlaceNames = place_names(gazetteer)

    def id_of(self, row: int) -> str:
        """Typed id of a row of the communes."""
        communes = self.gazetteer.communes
        return typed_id("arrondissement" if communes.is_arrondissement[row] else "commune", communes.codes[row])

    def rows_to_ids(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.id_of(row) for row in rows)

    @cached_property
    def areas(self) -> dict[str, tuple[str, ...]]:
        """Départements and régions of today by name, with and without article: « La Réunion », « Réunion »."""
        return grouped(
            (key, typed_id(kind, code))
            for kind in AREAS
            for code, name in self.gazetteer.names[kind].items()
            for key in {place_key(name), loose_key(place_key(name))}
        )

    @cached_property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Names that stand for one territory or for several taken together: ``territory_aliases.csv``, old régions."""
        rows = ((row["name"], row["ids"].split()) for row in mappings.read_table("territory_aliases"))
        found = {place_key(name): self._today(ids) for name, ids in rows}
        for region in self.gazetteer.old_regions.values():
            found[place_key(region.name)] = tuple(typed_id("departement", code) for code in region.departements)
        return found

    def _today(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(territory.id for id in ids for territory in self.gazetteer.expand(id)[0])

    @cached_property
    def epci_keys(self) -> dict[str, tuple[str, ...]]:
        """EPCI by whole name, and by the initials that some names give in brackets (CCEL)."""
        named = self.gazetteer.names["epci"].items()
        whole = ((place_key(re.sub(r"\(.*?\)", " ", name)), f"epci:{code}") for code, name in named)
        short = ((key, f"epci:{code}") for code, name in named for key in re.findall(r"\(([A-Z]{3,})\)", name))
        return grouped((*whole, *short))

    @cached_property
    def epci_bags(self) -> dict[Bag, tuple[str, ...]]:
        """EPCI by their words."""
        return grouped((epci_bag(name), f"epci:{code}") for code, name in self.gazetteer.names["epci"].items())

    @cached_property
    def epci_untyped(self) -> dict[Bag, tuple[str, ...]]:
        """EPCI by their words without the type: « Grand Annecy »."""
        return grouped((bag - EPCI_TYPES, id) for bag, ids in self.epci_bags.items() for id in ids)

    @cached_property
    def epci_long_names(self) -> frozenset[str]:
        """Names of EPCI without the type, of three words or more: « CREIL SUD OISE » is nothing else."""
        return frozenset(key for key, _ in self._untyped_epci() if key.count(" ") > 1)

    # -- by prefix and by likeness ---------------------------------------------------------------------------------

    @cached_property
    def _entries(self) -> tuple[list[str], list[str], npt.NDArray[np.int64]]:
        """Keys in order, with the id and the population of each; a former name counts as a place without inhabitants."""
        population = self._populations
        entries = sorted((key, id, 0 if old else population[id]) for key, id, old in self._named())
        keys, ids, weights = zip(*entries, strict=True)
        return list(keys), list(ids), np.array(weights, np.int64)

    def _named(self) -> Iterator[tuple[str, str, bool]]:
        for row, key in enumerate(self.places.keys):
            yield from ((variant, self.id_of(row), False) for variant in {key, loose_key(key)})
        for former in self.places.former:
            yield former.key, self.id_of(former.row), True
        for key, ids in (*self.areas.items(), *self.epci_keys.items()):
            yield from ((key, id, False) for id in ids)
        for bag_key, id in self._untyped_epci():
            yield bag_key, id, False
        yield from ((key, ids[0], False) for key, ids in self.aliases.items() if len(ids) == 1 and ids[0] != FRANCE)
        yield "FRANCE", FRANCE, False

    def _untyped_epci(self) -> Iterator[tuple[str, str]]:
        """« GRAND ANNECY » for « CA DU GRAND ANNECY »."""
        for key, ids in self.epci_keys.items():
            rest = re.sub(r"^(?:CC|CA|CU|METROPOLE) (?:(?:DE|DU|DES|D|L|LA|LE|LES) )*", "", key)
            if rest != key:
                yield from ((rest, id) for id in ids)

    @cached_property
    def _populations(self) -> dict[str, int]:
        """Population by id, summed from columns: reading it territory by territory would cost a second."""
        communes = self.gazetteer.communes
        people = np.maximum(communes.population, 0) * ~communes.is_arrondissement
        found = {self.id_of(row): int(max(communes.population[row], 0)) for row in range(len(communes))}
        levels: tuple[tuple[Kind, str], ...] = (("epci", "epci"), ("epci", "ept"), ("departement", "departement"))
        for kind, column in (*levels, ("region", "region")):
            labels = getattr(communes, column)
            known = labels.values >= 0
            sums = np.bincount(labels.values[known], people[known], len(labels.codes))
            found |= {typed_id(kind, code): int(total) for code, total in zip(labels.codes, sums, strict=True)}
        return defaultdict(int, found | {FRANCE: int(people.sum())})

    def population(self, id: str) -> int:
        """Inhabitants of a territory, 0 when unknown: it serves only to rank."""
        return self._populations[id]

    def by_prefix(self, key: str, limit: int) -> list[str]:
        """Ids whose name begins with a key, most populated first, each once."""
        keys, ids, weights = self._entries
        start, stop = bisect_left(keys, key), bisect_left(keys, key + "\uffff")
        found: dict[str, None] = {}
        for place in np.argsort(-weights[start:stop], kind="stable"):
            found.setdefault(ids[start + int(place)])
            if len(found) == limit:
                break
        return list(found)

    def longer(self, key: str) -> list[str]:
        """Communes whose name goes on after a key: « Neuilly » for Neuilly-sur-Seine."""
        keys, ids, _ = self._entries
        start, stop = bisect_left(keys, f"{key} "), bisect_left(keys, f"{key} \uffff")
        return list(dict.fromkeys(id for id in ids[start:stop] if id.startswith("commune:")))

    def by_likeness(self, key: str, limit: int) -> list[tuple[str, float]]:
        """(id, likeness in [0, 1]) of similar names, the most alike first, for typing errors. It never gives an answer
        by itself."""
        return list(_alike(self, key, limit))

    def by_code_prefix(self, digits: str, limit: int) -> list[str]:
        """Ids of the communes whose postal code begins with these figures, most populated first."""
        codes = self._post_codes
        start, stop = bisect_left(codes, digits), bisect_left(codes, digits + "\uffff")
        ids = {self.id_of(row) for code in codes[start:stop] for row in self.places.by_post_code[code]}
        return sorted(ids, key=lambda id: (-self._populations[id], id))[:limit]

    @cached_property
    def _post_codes(self) -> list[str]:
        return sorted(self.places.by_post_code)


@lru_cache(maxsize=1_024)
def _alike(index: PlaceIndex, key: str, limit: int) -> tuple[tuple[str, float], ...]:
    """Kept, as a text may repeat a word that resembles names hundreds of times, 5 ms each."""
    keys, ids = _of_about(index, len(key))
    found: dict[str, float] = {}
    hits = process.extract(key, keys, scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=3 * limit)
    for _, likeness, place in hits:
        found.setdefault(ids[place], likeness / 100)
    return tuple(found.items())[:limit]


@lru_cache(maxsize=64)
def _of_about(index: PlaceIndex, length: int) -> tuple[list[str], list[str]]:
    """The keys that a text of this length may resemble, and their ids: two texts differ by the difference of their lengths at least."""
    keys, ids, _ = index._entries
    near = [
        place
        for place, key in enumerate(keys)
        if abs(len(key) - length) * 100 <= (100 - LIKENESS) * (len(key) + length)
    ]
    return [keys[place] for place in near], [ids[place] for place in near]


@lru_cache(maxsize=2)
def place_index(gazetteer: Gazetteer) -> PlaceIndex:
    """The index of a gazetteer, built once."""
    return PlaceIndex(gazetteer)

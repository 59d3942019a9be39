"""Chooses which structures are worth comparing: those of one place that share a word of their name, or their street.

A pair is looked for only when one side is *undecided* (it has no SIRET). The other structures are indexed only under
keys that an undecided one looks up: a build where every record is identified pays nothing.

Places are communes. Towns and départements serve only when a structure has no resolved commune. So do post codes,
except for a whole name, which is also looked up in the post code (two communes may be given for one place at a border).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from indexer.likeness import Likeness, Profile
from indexer.spelling import departement, is_telling, name_words, street_words, town_key
from indexer.traits import Traits

CROWD = 80
"""A key shared by more structures than this distinguishes nothing (« ATELIERS » in Paris): a rarer key of theirs serves
instead."""


def has_commune(records: Iterable[Traits]) -> bool:
    """Is the place of a structure resolved?"""
    return any(record.commune for record in records)


def communes(records: Iterable[Traits]) -> set[str]:
    """Place keys of resolved communes."""
    return {f"c{record.commune}" for record in records if record.commune}


def coarse_places(records: Iterable[Traits]) -> set[str]:
    """Place keys used when a commune is unknown: post code, town, département."""
    found: set[str] = set()
    for record in records:
        if record.post_code:
            found.add(f"p{record.post_code}")
        if record.town:
            found.add(f"t{town_key(record.town)}")
        if code := record.commune or record.post_code:
            found.add(f"d{departement(code)}")
    return found


def signs(profile: Profile) -> set[str]:
    """Signs by which a structure can be found again: telling words (cut), whole names, initials, street.

    A name made of general words alone (« Emploi services ») is found by the whole name; the SIREN finds the seat of an
    antenna.
    """
    found = whole_names(profile) | profile.sirens
    for name in profile.names:
        words = name_words(name)
        found.update(word[:5] for word in words if is_telling(word))
        found.add("=" + "".join(word[0] for word in words))
    for line in profile.lines:
        found.add("@" + "".join(sorted(word[:5] for word, weight in street_words(line)[0] if weight == 1.0)))
    return found - {"@"}


def whole_names(profile: Profile) -> set[str]:
    """Each name with its words joined together."""
    return {"=" + "".join(name_words(name)) for name in profile.names}


RAREST = 8
"""Number of keys by which an undecided structure is looked up, its rarest first: two rows of one structure share some
of their rare words."""


class Blocks:
    """Structures by (place, sign), built for one merge."""

    def __init__(self, undecided: Iterable[tuple[int, Profile]], places: Mapping[int, frozenset[str]]) -> None:
        self._places = places
        self._wanted: dict[str, list[int]] = defaultdict(list)
        self._others: dict[str, list[int]] = defaultdict(list)
        self._keys_of = {node: sorted(set(self._keys(node, profile))) for node, profile in undecided}
        for node, keys in self._keys_of.items():
            for key in keys:
                self._wanted[key].append(node)

    def add(self, node: int, profile: Profile) -> None:
        """Indexes a structure that has a SIRET, under the keys that undecided structures look up."""
        for key in self._keys(node, profile):
            if key in self._wanted:
                self._others[key].append(node)

    def undecided(self) -> list[int]:
        """The undecided structures, those of one place together: they are compared with the same ones."""
        return sorted(self._keys_of, key=lambda node: (sorted(self._places[node]), node))

    def pairs(self, node: int) -> list[tuple[int, int]]:
        """The pairs of an undecided structure to compare, smaller node first, in order. Two undecided structures may be a pair of both."""
        keys = self._rarest(self._keys_of[node])
        others = {other for key in keys for other in (*self._wanted[key], *self._others.get(key, ()))} - {node}
        return [(min(node, other), max(node, other)) for other in sorted(others)]

    def _rarest(self, keys: Iterable[str]) -> list[str]:
        """The keys shared with fewest others, without those shared with nobody or with a crowd."""
        sized = sorted((size, key) for key in keys if 1 < (size := self._size(key)) <= CROWD)
        return [key for _, key in sized[:RAREST]]

    def _size(self, key: str) -> int:
        return len(self._wanted[key]) + len(self._others.get(key, ()))

    def _keys(self, node: int, profile: Profile) -> Iterator[str]:
        places = self._places[node]
        yield from (f"{place}|{sign}" for place in places for sign in signs(profile))
        if profile.communes:
            yield from (f"p{code}|{name}" for code in profile.post_codes for name in whole_names(profile))


class Edges:
    """Scored pairs of structures, from both ends."""

    def __init__(self, scored: Mapping[tuple[int, int], Likeness]) -> None:
        self._scored = scored
        self._of: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for (left, right), found in scored.items():
            self._of[left].append((right, found.score))
            self._of[right].append((left, found.score))

    def best_first(self) -> Iterator[tuple[int, int, Likeness]]:
        """Pairs by falling score, ties by node."""
        for left, right in sorted(self._scored, key=lambda pair: (-self._scored[pair].score, pair)):
            yield left, right, self._scored[left, right]

    def of(self, node: int) -> list[tuple[int, float]]:
        """The structures alike to a node, with their scores."""
        return self._of[node]


def places_of(
    nodes: Iterable[int], members: Callable[[int], list[Traits]], undecided: Collection[int]
) -> dict[int, frozenset[str]]:
    """Place keys of each structure of ``nodes`` that can meet an undecided one; structures that cannot are left out."""
    if not undecided:
        return {}
    every = list(nodes)
    coarse: set[str] = set()
    for node in every:
        if not has_commune(members(node)):
            coarse |= coarse_places(members(node))
    wanted = {place for node in undecided for place in _places(members(node), coarse)}
    post_codes = {record.post_code for node in undecided for record in members(node) if record.post_code}
    alike: dict[frozenset[str], frozenset[str]] = {}
    found: dict[int, frozenset[str]] = {}
    for node in every:
        records = members(node)
        places = frozenset(_places(records, coarse) & wanted)
        if places or any(record.post_code in post_codes for record in records):
            found[node] = alike.setdefault(places, places)  # one set for all the structures of a place
    return found


def _places(records: list[Traits], coarse: set[str]) -> set[str]:
    return communes(records) | (coarse_places(records) & coarse if coarse else set())

"""Normalises place names into keys, and indexes them by name and postal code for addresses and searches."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import mappings
from vivier.identity import fold
from vivier.territory.gazetteer import Gazetteer, load_gazetteer

# Written short in address files; a lone S or SS in a place name is « sur » or « sous » (CHALON S/ SAONE).
ABBREVIATIONS = {"ST": "SAINT", "STE": "SAINTE", "STS": "SAINTS", "STES": "SAINTES", "S": "SUR", "SS": "SOUS"}
ABBREVIATIONS |= {"ND": "NOTRE DAME", "MT": "MONT", "CDX": "CEDEX", "CDEX": "CEDEX"}
ARTICLES = frozenset(("LE", "LA", "LES", "L"))
_ORDINAL = r"(?:\d{1,2} ?(?:ER|ERE|E|EME|IEME|ND|NDE)?|[IVX]{1,5}(?:E|EME)?)"
_MUNICIPAL = re.compile(rf"(PARIS|LYON|MARSEILLE) ({_ORDINAL})(?: (?:ARR|ARRT|ARRDT|ARRONDISSEMENT))?")
_MUNICIPAL_FIRST = re.compile(rf"({_ORDINAL})(?: (?:ARR|ARRT|ARRDT|ARRONDISSEMENT))?(?: DE)? (PARIS|LYON|MARSEILLE)")
_ROMAN: tuple[str, ...] = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_ROMAN += tuple(f"X{unit}" for unit in _ROMAN[1:])

BUILT = "place_names"
"""Name of the table that :class:`PlaceNames` reads, in ``mappings/built``."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
Names = dict[str, tuple[int, ...]]
Scoped = dict[tuple[str, str], tuple[int, ...]]


@lru_cache(maxsize=65536)
def place_key(name: str) -> str:
    """Normal form of a place name: folded, ST/STE opened, CEDEX and what follows dropped (docs/methods.md (b))."""
    words: list[str] = []
    for word in fold(name).split():
        word = ABBREVIATIONS.get(word, word)
        if word == "CEDEX":
            break
        words.append(word)
    return " ".join(words)


def loose_key(key: str) -> str:
    """A key without its leading article: « Réunion » for « La Réunion », « Mans » for « Le Mans »."""
    first, _, rest = key.partition(" ")
    return rest if first in ARTICLES and rest else key


@lru_cache(maxsize=65536)
def split_arrondissement(key: str) -> tuple[str, int | None, bool]:
    """(city, number, is the number an ordinal) of « LYON 3E », « PARIS 12 », « 8EME ARRONDISSEMENT DE MARSEILLE ».

    Any other key comes back with no number; so does a number the city has not (LYON 69).
    """
    match = _MUNICIPAL.fullmatch(key)
    city, written = match.groups() if match is not None else ("", "")
    if match is None and (match := _MUNICIPAL_FIRST.fullmatch(key)) is not None:
        written, city = match.groups()
    number = _number(written)
    if city and 1 <= number <= {"PARIS": 20, "LYON": 9, "MARSEILLE": 16}[city]:
        return city, number, not key.removeprefix(city).strip().isdigit()
    return key, None, False


def _number(written: str) -> int:
    digits = re.match(r"\d+", written)
    if digits is not None:
        return int(digits.group())
    roman = re.sub(r"(?:E|EME)$", "", written)
    return _ROMAN.index(roman) if roman in _ROMAN else 0


def arrondissement_code(city: str, number: int) -> str:
    """INSEE code of a municipal arrondissement: 75101 to 75120, 69381 to 69389, 13201 to 13216."""
    return str({"PARIS": 75100, "LYON": 69380, "MARSEILLE": 13200}[city] + number)


@dataclass(frozen=True)
class Former:
    """A name that is no commune of today, or not the whole name of one: its former status and the row it leads to."""

    key: str
    row: int
    usual: bool


@dataclass(frozen=True)
class NameTables:
    """Names as keys (:func:`place_key`), made once by ``python -m scripts.build_needs`` and read from ``mappings/built``: ``keys`` of the communes
    in the order of their rows, ``by_name`` and ``by_loose_name`` the rows of each key, ``former`` the key, row and usage of each former name."""

    keys: list[str]
    by_name: dict[str, list[int]]
    by_loose_name: dict[str, list[int]]
    former: list[tuple[str, int, bool]]


def digest() -> str:
    """The digest of every table that :func:`name_tables` reads."""
    return mappings.digest_of(*map(mappings.table_path, ("communes", "former_communes", "commune_aliases")))


def name_tables(gazetteer: Gazetteer) -> NameTables:
    """The names of a gazetteer, read anew."""
    communes, index = gazetteer.communes, gazetteer.communes.index
    keys = [place_key(name) for name in communes.names]
    rows = [row for row in range(len(communes)) if not communes.is_arrondissement[row]]
    loose = ((loose_key(keys[row]), row) for row in rows)
    old = [
        (place_key(line["nom"]), index[line["code_actuel"]], False)
        for line in mappings.read_table("former_communes")
        if line["nom"] and line["code_actuel"] in index
    ]
    usual = [(place_key(line["name"]), index[line["code"]], True) for line in mappings.read_table("commune_aliases")]
    return NameTables(
        keys,
        {key: list(found) for key, found in grouped((keys[row], row) for row in rows).items()},
        {key: list(found) for key, found in grouped((key, row) for key, row in loose if key != keys[row]).items()},
        [(key, row, is_usual) for key, row, is_usual in (*old, *usual) if key != keys[row]],
    )


class PlaceNames:
    """Indexes over the communes of a gazetteer. Every value is a row of ``gazetteer.communes``.

    In Paris, Lyon and Marseille a postal code leads to the arrondissement, a name to the commune.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        made = mappings.read_built(BUILT, digest()) if gazetteer is load_gazetteer() else None
        self._tables = name_tables(gazetteer) if made is None else NameTables(**made)
        self.keys = self._tables.keys

    @cached_property
    def departements(self) -> list[str]:
        """The département of each row; empty text for none."""
        communes = self.gazetteer.communes
        return [communes.departement.at(row) or "" for row in range(len(communes))]

    @cached_property
    def rows(self) -> list[int]:
        """The rows of the communes, arrondissements left out."""
        communes = self.gazetteer.communes
        return [row for row in range(len(communes)) if not communes.is_arrondissement[row]]

    @cached_property
    def by_post_code(self) -> Names:
        """Rows that a postal code serves."""
        communes = self.gazetteer.communes
        divided = {int(row) for row in communes.parent[communes.is_arrondissement]}
        rows = (row for row in range(len(communes)) if row not in divided)
        return grouped((code, row) for row in rows for code in communes.postcodes[row].split())

    @cached_property
    def by_post_code_and_name(self) -> dict[tuple[str, str], int]:
        """The row that a postal code and a name lead to. No two communes share both."""
        named = ((code, row) for code, rows in self.by_post_code.items() for row in rows)
        return {(code, split_arrondissement(self.keys[row])[0]): row for code, row in named}

    @cached_property
    def by_departement(self) -> Scoped:
        """Communes by (département, name)."""
        return grouped(((self.departements[row], self.keys[row]), row) for row in self.rows)

    @cached_property
    def by_name(self) -> Names:
        """Communes by name."""
        return {key: tuple(rows) for key, rows in self._tables.by_name.items()}

    @cached_property
    def by_loose_name(self) -> Names:
        """Communes whose name begins with an article, by name without it."""
        return {key: tuple(rows) for key, rows in self._tables.by_loose_name.items()}

    @cached_property
    def former(self) -> tuple[Former, ...]:
        """Delegated, associated and former communes (COG), then the names of ``commune_aliases.csv``."""
        return tuple(Former(*former) for former in self._tables.former)

    @cached_property
    def former_by_name(self) -> Names:
        """Communes of today by former or usual name."""
        return grouped((former.key, former.row) for former in self.former)

    @cached_property
    def former_by_departement(self) -> Scoped:
        """Communes of today by (département, former or usual name)."""
        return grouped(((self.departements[former.row], former.key), former.row) for former in self.former)

    @cached_property
    def usual(self) -> frozenset[tuple[str, int]]:
        """(name, row) of the names that ``commune_aliases.csv`` gives."""
        return frozenset((former.key, former.row) for former in self.former if former.usual)

    def named(self, key: str) -> tuple[int, ...]:
        """Communes of a name. When no commune has the name as written, those that have it without the article."""
        exact = self.by_name.get(key, ())
        if exact or key in ("SAINT", "SAINTE"):  # an unfinished name, not Le Saint (Morbihan)
            return exact
        loose = loose_key(key)
        return (*self.by_name.get(loose, ()), *self.by_loose_name.get(loose, ()))

    def departements_of(self, post_code: str) -> frozenset[str]:
        """Départements a postal code may belong to; none when no French département begins so.

        A code of the list says it; else (CEDEX, special) its first figures do: 20 is read as 2A and 2B.
        """
        return self._served.get(post_code) or _by_prefix(post_code) & self.gazetteer.names["departement"].keys()

    @cached_property
    def _served(self) -> dict[str, frozenset[str]]:
        """Départements of a postal code by its communes. Its first figures count too: 42620 is of the Loire and serves
        a commune of the Allier."""
        served: dict[str, frozenset[str]] = {}
        for code, rows in self.by_post_code.items():
            own = frozenset(self.departements[row] for row in rows)
            served[code] = own if code.startswith(("20", "97")) else own | _by_prefix(code)
        return served


def _by_prefix(post_code: str) -> frozenset[str]:
    if post_code.startswith("20"):
        return frozenset(("2A", "2B"))
    if post_code.startswith(("977", "978")):
        return frozenset(("974",))  # CEDEX of La Réunion: Saint-Barthélemy and Saint-Martin have codes of Guadeloupe
    return frozenset((post_code[:3] if post_code[:2] in ("97", "98") else post_code[:2],))


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Values by key, each once, in the order given."""
    found: defaultdict[K, dict[V, None]] = defaultdict(dict)
    for key, row in pairs:
        found[key][row] = None
    return {key: tuple(rows) for key, rows in found.items()}


@lru_cache(maxsize=2)
def place_names(gazetteer: Gazetteer) -> PlaceNames:
    """The indexes of a gazetteer, built once."""
    return PlaceNames(gazetteer)

"""Finds which column of a CSV file holds what, by an obvious name; the other columns are ignored by name. Nothing is
guessed from cells."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from crawlers.kit.csv_family import check_twice, clean_header
from crawlers.kit.files import check_encoding, check_file, open_text, refusing
from vivier.errors import ImportRefused
from vivier.lists.columns import COLUMNS, CONTACTS, simple

FALLBACK: Final = "cp1252"
"""What French spreadsheets write when they do not write UTF-8."""

NEEDED: Final = {"siret": "SIRET", "name": "nom de la structure"}
"""Roles without which no record can be made, with their French words."""

ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "siret": ("siret", *COLUMNS["siret"]),
    "name": ("name", *COLUMNS["name"], "denomination_sociale", "nom_de_la_structure", "nom_structure"),
    "address": ("address", *COLUMNS["address"], "adresse_postale"),
    "post_code": ("post_code", *COLUMNS["post_code"]),
    "town": ("town", *COLUMNS["town"]),
    "website": ("website", *COLUMNS["website"], "site"),
    "trades": ("trades", *COLUMNS["trades"], "activite"),
}
"""Obvious names of each role in the form of :func:`simple`: those of a list somebody brings, and a few more."""

_WITHIN: Final = {"siret": ("siret",), "name": ("raison_sociale", "denomination")}
"""Words that make a longer name obvious when no column has a shorter one: « ET-SIRET », « Raison sociale du site »."""

_PERSON: Final = frozenset(["prenom", "prenoms", "civilite", "president", "presidente"])
_MARKS: Final = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre"}
_LOOKED_AT = 20
"""Rows that must agree with the header on the delimiter."""


@dataclass(frozen=True)
class Layout:
    """The columns of a file, each in one place: ``roles`` by role, ``contact`` (never read) or ``ignored``."""

    delimiter: str
    fallback: str | None
    header: tuple[str, ...]
    roles: Mapping[str, str]
    contact: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def delimiter_name(self) -> str:
        return _MARKS[self.delimiter]


def read_layout(path: Path, given: Mapping[str, str]) -> Layout:
    """The layout of a CSV file whose first line is its header; ``given`` names the column of a role that is not obvious.

    Raises :class:`ImportRefused` for what is no readable table, and when no single column is the SIRET or the name.
    """
    check_file(path)
    encoding = check_encoding(path, FALLBACK)
    delimiter, header = _header(path, encoding)
    check_twice(path, header)
    if "" in header:
        raise ImportRefused(f"« {path.name} » : la colonne {header.index('') + 1} n'a pas de nom : donnez-lui-en un.")
    contact = [name for name in header if is_contact(name) and name not in given.values()]
    roles = _roles(path, [name for name in header if name not in contact], given)
    return Layout(
        delimiter=delimiter,
        fallback=FALLBACK if encoding == FALLBACK else None,
        header=tuple(header),
        roles=roles,
        contact=tuple(contact),
        ignored=tuple(name for name in header if name not in contact and name not in roles.values()),
    )


def is_contact(name: str) -> bool:
    """Whether a column holds a person or a way to reach one, by a word of its name."""
    return bool({simple(name), *simple(name).split("_")} & (CONTACTS | _PERSON))


def _header(path: Path, encoding: str) -> tuple[str, list[str]]:
    """The delimiter and the column names: the delimiter most rows agree with, then the one that gives most columns."""
    found = {mark: _first_rows(path, encoding, mark) for mark in _MARKS}
    headers = {mark: clean_header(rows[0]) for mark, rows in found.items()}
    fitting = {mark: sum(len(row) >= len(headers[mark]) for row in rows) for mark, rows in found.items()}
    possible = [mark for mark, header in headers.items() if len(header) > 1]
    if not possible:
        raise ImportRefused(
            f"« {path.name} » : séparateur inconnu. La première ligne doit donner plusieurs colonnes, séparées par un "
            f"point-virgule, une virgule, une tabulation ou une barre ; trouvé : « {headers[';'][0][:80]} »."
        )
    best = max(possible, key=lambda mark: (fitting[mark], len(headers[mark])))
    return best, headers[best]


def _first_rows(path: Path, encoding: str, mark: str) -> list[list[str]]:
    with refusing(path), open_text(path, encoding) as lines:
        return list(islice(csv.reader(lines, delimiter=mark), 1 + _LOOKED_AT))


def _roles(path: Path, names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """The column of each role that has one."""
    roles = {}
    for role in ROLES:
        found = [_given(path, names, given[role])] if role in given else _obvious(role, names)
        if role in NEEDED and len(found) != 1:
            raise ImportRefused(_not_single(path, role, found, names))
        if found:
            roles[role] = found[0]
    return roles


def _given(path: Path, names: Sequence[str], column: str) -> str:
    if column not in names:
        raise ImportRefused(f"« {path.name} » n'a pas de colonne « {column} ». Colonnes : {_listed(names)}.")
    return column


def _obvious(role: str, names: Sequence[str]) -> list[str]:
    exact = [name for name in names if simple(name) in ROLES[role]]
    return exact or [name for name in names if any(word in simple(name) for word in _WITHIN.get(role, ()))]


def _not_single(path: Path, role: str, found: Sequence[str], names: Sequence[str]) -> str:
    """The refusal to raise when no column, or several, can hold a required role."""
    what, option = NEEDED[role], f"« --{role} COLONNE »"
    if found:
        return f"« {path.name} » : plusieurs colonnes peuvent être le {what} : {_listed(found)}. Dites laquelle : {option}."
    alone = " Une liste au seul SIREN s'écrit à la main : docs/add-a-source.md." if "SIREN" in names else ""
    return (
        f"« {path.name} » : aucune colonne n'est le {what} d'après son nom. Si l'une l'est, dites laquelle : {option}. "
        f"La première ligne doit être celle des noms de colonnes ; trouvés : {_listed(names)}.{alone}"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"« {name[:60]} »" for name in names[:20]) + ("…" if len(names) > 20 else "")

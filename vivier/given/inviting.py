"""Reads whom a network invites, and writes the links it sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from vivier.durable import write_whole
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.delimited import csv_line
from vivier.french import day
from vivier.given.members import table_rows
from vivier.identity import digits, fold, is_siret
from vivier.privacy.keys import new_id
from vivier.search.columns import Cell
from vivier.search.operators import Search, Terms
from vivier.search.snapshot import Snapshot

LINKS: Final = "/i"
"""Path of the page of an invitation, before its token."""
MEMBERS_LINKS: Final = "/reseau"
"""Path of the page by which a network sends the list of its members, before its token."""
MOST_INVITED: Final = 20_000
_INVALID: Final = "SIRET non valides"
_UNKNOWN: Final = "SIRET sans fiche dans l'index"
_SEVERAL: Final = "SIRET de plusieurs fiches"
_TWICE: Final = "SIRET répétés"


@dataclass(frozen=True)
class ToInvite:
    """The structures of a file that have a sheet: name by SIRET, in the order of the file. ``left_out``: the other rows, by reason."""

    names: Mapping[str, str]
    left_out: Counter[str]


def sirets_in(content: bytes, snapshot: Snapshot) -> ToInvite:
    """The structures of a CSV file that has a column « siret », or that is a list of SIRET. Raises ``InvalidRequest`` for another file."""
    names: dict[str, str] = {}
    left_out: Counter[str] = Counter()
    for written in _column(content):
        number = digits(written)
        if not is_siret(number):
            left_out[_INVALID] += 1
        elif number in names:
            left_out[_TWICE] += 1
        else:
            found = _names_of(number, snapshot)
            if len(found) == 1:
                names[number] = found[0]
            else:
                left_out[_SEVERAL if found else _UNKNOWN] += 1
    return ToInvite(names, left_out)


def _column(content: bytes) -> list[str]:
    rows = [cells for _, cells in table_rows(content)]
    if not rows:
        raise _refused("le fichier est vide.")
    headings = [fold(cell) for cell in rows[0]]
    if "SIRET" in headings:
        place, body = headings.index("SIRET"), rows[1:]
    elif len(rows[0]) == 1:
        place, body = 0, rows
    else:
        raise _refused("aucune colonne ne s'appelle « siret ».")
    if len(body) > MOST_INVITED:
        raise _refused(f"{MOST_INVITED} lignes au plus.")
    return [row[place] if place < len(row) else "" for row in body]


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("FILE", "invalid_value", f"« FILE » : {message}"),))


def _names_of(siret: str, snapshot: Snapshot) -> list[str]:
    """The names of the structures that have a SIRET, two at most: a link is for one."""
    hits = snapshot.suppliers.search(Search(where=Terms("identifiers", (siret,)), limit=2)).hits
    return [hit.record["name"]["value"] for hit in hits]


def links_to_give(beside: Path, names: Mapping[str, str], base: str, today: date, days: int) -> dict[str, str]:
    """The tokens of the links by SIRET. Their file is written ``beside`` before any is kept: a run that is killed is ended by the next one,
    with the same links. What another list, another day or another length left there is replaced."""
    left = beside.read_bytes() if beside.exists() else b""
    rows = [cells for _, cells in table_rows(left) if len(cells) > 2]
    tokens = {siret: link.rpartition("/")[2] for siret, _, link, *_ in rows[1:]}
    if tokens.keys() != names.keys() or links_csv(tokens, names, base, today, days) != left:
        tokens = {siret: new_id() for siret in names}
        write_whole(beside, links_csv(tokens, names, base, today, days), mode=0o600)
    return tokens


def links_csv(tokens: Mapping[str, str], names: Mapping[str, str], base: str, today: date, days: int) -> bytes:
    """The links of invitations, one row a structure: a CSV (UTF-8 with BOM, « ; », CRLF, guarded against formulas)."""
    last = day(today + timedelta(days=days))
    headings: list[Cell] = ["SIRET", "Structure", "Lien personnel", "Sert jusqu'au"]
    rows: list[list[Cell]] = [[siret, names[siret], f"{base}{LINKS}/{token}", last] for siret, token in tokens.items()]
    return ("\ufeff" + "".join(csv_line(row) for row in (headings, *rows))).encode()

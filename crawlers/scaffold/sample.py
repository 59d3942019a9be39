"""Invents rows in the columns of a file: right ones, doubtful ones, and one for each refusal of the new source.

No cell is copied from the file. Fewer than half of the rows are set aside, even after a test spoils one more: an import
that sets aside more than half is refused.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Mapping, Set
from typing import Final

from stdnum import luhn

from crawlers.scaffold.layout import Layout
from vivier.lists.columns import simple

_STRUCTURES: Final = (
    {"name": "ATELIER INVENTE DES JARDINS", "address": "1, rue des Tests", "post_code": "35400", "town": "SAINT-MALO"},
    {"name": "BLANCHISSERIE INVENTÉE", "address": "2, rue des Épreuves", "post_code": "35300", "town": "FOUGÈRES"},
    {"name": "MENUISERIE INVENTEE", "address": "3, allée des Tests", "post_code": "29200", "town": "BREST"},
    {"name": "CONSERVERIE INVENTEE", "address": "4, quai des Tests", "post_code": "56100", "town": "LORIENT"},
    {"name": "RESSOURCERIE INVENTEE", "address": "5, place des Tests", "post_code": "22000", "town": "SAINT-BRIEUC"},
    {"name": "IMPRIMERIE INVENTEE", "address": "6, cours des Tests", "post_code": "SANS CODE", "town": "RENNES"},
)
"""The last structure has an invalid post code: it is kept with a doubt."""

SIREN_ROOT: Final = "9991"
"""First digits of every SIREN this module invents. As in the other samples, the register seldom has them, if ever."""


def sample_text(layout: Layout, source_id: str, taken: Set[str]) -> str:
    """The CSV text of the sample, UTF-8, in the delimiter of the file; no SIREN of ``taken`` is used."""
    out = io.StringIO()
    rows = ([_cell(layout, name, row) for name in layout.header] for row in _rows(source_id, taken))
    csv.writer(out, delimiter=layout.delimiter, lineterminator="\n").writerows([layout.header, *rows])
    return out.getvalue()


def right_row(layout: Layout, source_id: str, taken: Set[str]) -> dict[str, str]:
    """The first row of the sample, by role."""
    row = next(_rows(source_id, taken))
    return {role: row[role] for role in layout.roles}


def _rows(source_id: str, taken: Set[str]) -> Iterator[dict[str, str]]:
    """Rows by role: right ones, a doubtful one, one that comes twice, then the refusals."""
    sirets = list(_sirets(source_id, taken))
    right = [
        {**structure, "siret": siret, "website": f"https://structure-{number}.example"}
        for number, (structure, siret) in enumerate(zip(_STRUCTURES, sirets, strict=True), start=1)
    ]
    *sound, last = right
    yield from sound
    yield {**last, "siret": _spaced(last["siret"]), "website": "sans site"}
    first = right[0]
    yield {**first, "name": "ATELIER INVENTE, LU DEUX FOIS"}
    yield {**first, "name": "STRUCTURE INVENTEE SANS SIRET", "siret": ""}
    yield {**first, "name": "STRUCTURE INVENTEE AU SIRET FAUX", "siret": _wrong(first["siret"])}
    yield {**first, "name": "STRUCTURE INVENTEE AU SIRET ABIME", "siret": "9.9991E+13"}
    yield {**first, "name": ""}


def _cell(layout: Layout, column: str, row: Mapping[str, str]) -> str:
    role = next((role for role, name in layout.roles.items() if name == column), None)
    if role is not None:
        return row[role]
    return _contact(column) if column in layout.contact else "INVENTE"


def _contact(column: str) -> str:
    """Words that tests look for in the records: none may be found there."""
    words = set(simple(column).split("_"))
    if words & {"mail", "email", "courriel"}:
        return "COURRIEL-FICTIF"
    return "TELEPHONE-FICTIF" if words & {"tel", "telephone", "phone", "mobile", "fax"} else "PERSONNE-FICTIVE"


def _sirets(source_id: str, taken: Set[str]) -> Iterator[str]:
    """One invented SIRET for each structure, each of its own SIREN. The same ids give the same SIRETs on any machine."""
    start, found = zlib.crc32(source_id.encode()), 0
    for step in range(10_000):
        root = f"{SIREN_ROOT}{(start + step) % 10_000:04d}"
        siren = _with_key(root)
        if siren not in taken and found < len(_STRUCTURES):
            found += 1
            yield _with_key(f"{siren}0001")


def _with_key(number: str) -> str:
    return f"{number}{luhn.calc_check_digit(number)}"


def _spaced(siret: str) -> str:
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


def _wrong(siret: str) -> str:
    return f"{siret[:-1]}{(int(siret[-1]) + 1) % 10}"

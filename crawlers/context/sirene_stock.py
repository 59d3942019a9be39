"""Stock files of SIRENE (INSEE): establishments, legal units, successions. Only the rows of known suppliers are kept.

The files hold tens of millions of rows: they are streamed, and cells are found by the position of their column. Of a Parquet file only
the wanted columns are read. The file of legal units holds the names, first names and sexes of sole traders, which are never read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from crawlers.context.sirene_api import band, year
from crawlers.kit import WrongFile
from crawlers.kit.files import check_file, open_text, refusing
from crawlers.kit.parquet import batches, is_parquet, open_parquet
from crawlers.kit.values import naf
from vivier.model.context import Establishment

SITES = {
    "siret": "siret",
    "state": "etatAdministratifEtablissement",
    "naf": "activitePrincipaleEtablissement",
    "band": "trancheEffectifsEtablissement",
    "band_year": "anneeEffectifsEtablissement",
    "diffusion": "statutDiffusionEtablissement",
}
UNITS = {
    "siren": "siren",
    "category": "categorieJuridiqueUniteLegale",
    "name": "denominationUniteLegale",
    "mission": "societeMissionUniteLegale",
    "diffusion": "statutDiffusionUniteLegale",
}
SUCCESSIONS = {
    "before": "siretEtablissementPredecesseur",
    "after": "siretEtablissementSuccesseur",
    "day": "dateLienSuccession",
}
FULL_STOCK = 20_000_000
"""Rows from which a file is the whole register: a SIRET that is not in it is then unknown to SIRENE."""


def layout_of(path: Path) -> str:
    """``sites``, ``units`` or ``successions``, from the header. Raises :class:`WrongFile`."""
    header = _header(path)
    for name, columns in (("sites", SITES), ("units", UNITS), ("successions", SUCCESSIONS)):
        if set(columns.values()) <= set(header):
            return name
    raise WrongFile(
        f"« {path.name} » n'est pas un fichier SIRENE : attendu StockEtablissement ({', '.join(SITES.values())}), "
        f"StockUniteLegale ({', '.join(UNITS.values())}) ou liens de succession ({', '.join(SUCCESSIONS.values())})."
    )


def _header(path: Path) -> list[str]:
    if is_parquet(path):
        return list(open_parquet(path).schema_arrow.names)
    check_file(path)
    with refusing(path), open_text(path, "utf-8-sig") as lines:
        return next(csv.reader(lines), [])


class Table:
    """The wanted cells of each row of a stock. ``seen`` counts the rows, ``broken`` those that have another number of cells."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self.path, self.columns = path, columns
        self.seen = self.broken = 0

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return self._columns() if is_parquet(self.path) else self._rows()

    def _columns(self) -> Iterator[tuple[str, ...]]:
        for batch in batches(self.path, list(self.columns.values())):
            self.seen += len(batch)
            yield from zip(*(_texts(batch[name].to_pylist(), name) for name in self.columns.values()), strict=True)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        with refusing(self.path), open_text(self.path, "utf-8-sig") as lines:
            reader = csv.reader(lines)
            header = next(reader, [])
            wanted = itemgetter(*(header.index(column) for column in self.columns.values()))
            width = len(header)
            for cells in reader:
                self.seen += 1
                if len(cells) == width:
                    yield wanted(cells)
                else:
                    self.broken += 1


@dataclass
class StockRows:
    """Facts read in a stock, the number of rows read, and the number of rows that could not be."""

    facts: dict[str, Any]
    seen: int
    broken: int


def read_sites(path: Path, wanted: Set[str], today: date) -> StockRows:
    """The establishments of the SIRETs ``wanted``."""
    table = Table(path, SITES)
    found: dict[str, Establishment] = {}
    for siret, state, activity, employees, employees_year, diffusion in table:
        if siret in wanted:
            found[siret] = Establishment(
                siret=siret,
                closed={"A": False, "F": True}.get(state),
                naf=naf(activity, []),
                headcount=band(employees),
                headcount_year=year(employees_year),
                diffusion=_diffusion(diffusion),
                read_on=today,
            )
    if table.seen >= FULL_STOCK:
        found |= {s: Establishment(siret=s, known=False, read_on=today) for s in wanted - found.keys()}
    return StockRows(found, table.seen, table.broken)


def read_units(path: Path, wanted: Set[str]) -> StockRows:
    """The facts of the legal units of the SIRETs ``wanted``, by SIREN."""
    table = Table(path, UNITS)
    found: dict[str, dict[str, object]] = {}
    for siren, category, name, mission, diffusion in table:
        if siren in wanted:
            found[siren] = {
                "legal_category": category or None,
                "legal_name": name or None,
                "mission": {"O": True, "N": False}.get(mission),
                "unit_diffusion": _diffusion(diffusion),
            }
    return StockRows(found, table.seen, table.broken)


def read_successions(path: Path, wanted: Set[str]) -> StockRows:
    """The latest successor of each establishment wanted, and of its successors in turn.

    The file is read again for each step of the chains: chains are short, and the file is larger than memory.
    """
    rows = StockRows({}, 0, 0)
    pending = set(wanted)
    while pending:
        latest, table = _latest(path, pending)
        rows.facts |= latest
        rows.seen, rows.broken = table.seen, table.broken
        pending = set(latest.values()) - rows.facts.keys()
    return rows


def _latest(path: Path, predecessors: Set[str]) -> tuple[dict[str, str], Table]:
    table = Table(path, SUCCESSIONS)
    latest: dict[str, tuple[str, str]] = {}
    for before, after, linked in table:
        if before in predecessors and before != after:
            latest[before] = max(latest.get(before, ("", "")), (linked, after))
    return {before: after for before, (_, after) in latest.items()}, table


def _texts(values: list[object], column: str) -> Iterator[str]:
    """The cells of a column of a Parquet file as the CSV writes them: nothing is an empty text, a number kept as one has its zeros."""
    width = next((digits for start, digits in (("siren", 9), ("siret", 14)) if column.startswith(start)), 0)
    return ("" if value is None else str(value).zfill(width) for value in values)


def _diffusion(value: str) -> Literal["O", "P", "N"] | None:
    known: Mapping[str, Literal["O", "P", "N"]] = {"O": "O", "P": "P", "N": "N"}
    return known.get(value)

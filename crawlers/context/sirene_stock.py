"""Stock files of SIRENE (INSEE): establishments, legal units, successions. Only the rows of known suppliers are kept.

The files hold tens of millions of rows: they are streamed, by the place of their columns. Names, first names and sexes of
sole traders stand in the file of legal units and are never read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Set
from datetime import date
from pathlib import Path
from typing import Any

from crawlers.context.sirene_api import band, year
from crawlers.kit import WrongFile
from crawlers.kit.files import check_file, open_text, refusing
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
"""From this many rows on, the file is the whole register and a SIRET it has not got is unknown to SIRENE."""


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
    check_file(path)
    with refusing(path), open_text(path, "utf-8-sig") as lines:
        return next(csv.reader(lines), [])


def rows(path: Path, columns: dict[str, str]) -> Iterator[dict[str, str]]:
    """The wanted cells of each row."""
    with refusing(path), open_text(path, "utf-8-sig") as lines:
        reader = csv.reader(lines)
        header = next(reader, [])
        places = [(name, header.index(column)) for name, column in columns.items()]
        width = len(header)
        for cells in reader:
            if len(cells) == width:
                yield {name: cells[place] for name, place in places}


def read_sites(path: Path, wanted: Set[str], today: date) -> tuple[dict[str, Establishment], int]:
    """Establishments wanted, and how many rows the file has."""
    found: dict[str, Establishment] = {}
    seen = 0
    for row in rows(path, SITES):
        seen += 1
        if row["siret"] in wanted:
            found[row["siret"]] = Establishment(
                siret=row["siret"],
                closed={"A": False, "F": True}.get(row["state"]),
                naf=naf(row["naf"], []),
                headcount=band(row["band"]),
                headcount_year=year(row["band_year"]),
                diffusion=_diffusion(row["diffusion"]),
                read_on=today,
            )
    if seen >= FULL_STOCK:
        found |= {s: Establishment(siret=s, known=False, read_on=today) for s in wanted - found.keys()}
    return found, seen


def read_units(path: Path, wanted: Set[str]) -> tuple[dict[str, dict[str, Any]], int]:
    """What is said of the legal units wanted, by SIREN, and how many rows the file has."""
    found: dict[str, dict[str, Any]] = {}
    seen = 0
    for row in rows(path, UNITS):
        seen += 1
        if row["siren"] in wanted:
            found[row["siren"]] = {
                "legal_category": row["category"] or None,
                "legal_name": row["name"] or None,
                "mission": {"O": True, "N": False}.get(row["mission"]),
                "unit_diffusion": _diffusion(row["diffusion"]),
            }
    return found, seen


def read_successions(path: Path, wanted: Set[str]) -> tuple[dict[str, str], int]:
    """The latest successor of each establishment wanted, and of its successors in turn; how many rows the file has.

    The file is read again for each step of the chains: there are few, and it is larger than memory.
    """
    found: dict[str, str] = {}
    seen, asked = 0, set(wanted)
    while asked:
        seen, latest = _latest(path, asked)
        found |= latest
        asked = set(latest.values()) - found.keys()
    return found, seen


def _latest(path: Path, asked: Set[str]) -> tuple[int, dict[str, str]]:
    latest: dict[str, tuple[str, str]] = {}
    seen = 0
    for row in rows(path, SUCCESSIONS):
        seen += 1
        if row["before"] in asked and row["before"] != row["after"]:
            latest[row["before"]] = max(latest.get(row["before"], ("", "")), (row["day"], row["after"]))
    return seen, {before: after for before, (_, after) in latest.items()}


def _diffusion(value: str) -> str | None:
    return value if value in ("O", "P", "N") else None

"""The list of a dossier as rows: one for each structure to consult and each lot, in the order drawn. Sheet and CSV show the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vivier.dossiers.listing import structures
from vivier.exports.tables import csv_line
from vivier.french import day
from vivier.search.columns import Cell
from vivier.vocabulary import COVERAGE_CLASSES, EVIDENCES

HEADERS: Final = (
    "Lot",
    "Rang (ordre neutre)",
    "Identifiant",
    "Structure",
    "Pourquoi",
    "Types",
    "SIREN",
    "SIRET",
    "Commune",
    "Code commune",
    "Couverture",
    "Zone publiée",
    "Preuve du métier",
    "Distance km",
    "Capacité",
    "Chiffre d'affaires",
    "Année",
    "Preuves (source, date)",
    "Graine",
    "Dossier",
    "Analyse au",
    "Méthode",
)


def list_rows(dossier: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """As many rows as the lists have lines; a structure that opposed since is a line without a name."""
    last = [dossier.get("dossier_id"), dossier["as_of"], dossier["methods"]["consultation"]]
    for lot, one in structures(dossier["lots"]):
        yield [lot_name(lot), one["rank"], *_cells(one), lot["contacts"]["seed"], *last]


def list_csv(dossier: Mapping[str, Any]) -> bytes:
    """UTF-8 with BOM, « ; », CRLF, texts guarded against formulas."""
    rows: list[list[Cell]] = [[*HEADERS], *list_rows(dossier)]
    lines = (csv_line(row) for row in rows)
    return ("\ufeff" + "".join(lines)).encode()


def lot_name(lot: Mapping[str, Any]) -> str:
    """The number of the lot, else the line of the file."""
    understood = lot["understood"]
    return str(understood["lot"] or f"ligne {understood['line']}")


def _cells(one: Mapping[str, Any]) -> list[Cell]:
    if one.get("opposed"):
        return [None, one["word"], *[None] * 14]
    return [
        one["id"],
        one["name"],
        one["role_fr"],
        tuple(one["kinds"]),
        one["siren"],
        one["siret"],
        one["commune_name"],
        one["commune"],
        COVERAGE_CLASSES.get(one["coverage"], one["coverage"]),
        "oui" if one["zone_published"] else "non, supposée",
        EVIDENCES.get(one["trade_evidence"], one["trade_evidence"]),
        one["distance_km"],
        one["capacity_fr"],
        one["turnover"],
        one["turnover_year"],
        tuple(proofs_told(one["proofs"])),
    ]


_OF: Final = {"kind": "agrément", "trade": "métier", "turnover": "chiffre d'affaires"}


def proofs_told(proofs: Iterable[Mapping[str, Any]]) -> list[str]:
    """« agrément EI jusqu'au 31/12/2027 : Liste des SIAE, 01/11/2026 », each once."""
    told: dict[str, None] = {}
    for one in proofs:
        until = f" jusqu'au {day(one['valid_until'])}" if one.get("valid_until") else ""
        dated = _day(one["updated_at"] or one["fetched_at"])
        what = one["value"] if one["of"] == "kind" else ""
        told[f"{_OF[one['of']]} {what}{until}".replace("  ", " ").strip() + f" : {one['dataset']}, {dated}"] = None
    return list(told)


def _day(text: str | None) -> str:
    return "date inconnue" if text is None else day(text)

"""The list of a dossier as rows: one row for each lot and structure to consult, in the order drawn. The sheet and the CSV have the
same rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vivier.dossiers.listing import structures
from vivier.exports.delimited import csv_file
from vivier.french import day
from vivier.search.columns import Cell
from vivier.vocabulary import EVIDENCES, coverage_words

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
    "Numéro du tirage au sort",
    "Dossier",
    "Analyse au",
    "Méthode",
)


def list_rows(dossier: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """One row for each structure of each list. A structure that opposed since has a row without a name."""
    last = [dossier.get("dossier_id"), dossier["as_of"], dossier["methods"]["consultation"]]
    for lot, structure in structures(dossier["lots"]):
        yield [lot_name(lot), structure["rank"], *_cells(structure), lot["contacts"]["seed"], *last]


def list_csv(dossier: Mapping[str, Any]) -> bytes:
    """The list as a CSV for a French spreadsheet."""
    return csv_file([[*HEADERS], *list_rows(dossier)])


def lot_name(lot: Mapping[str, Any]) -> str:
    """The number of the lot, else the line of the file."""
    understood = lot["understood"]
    return str(understood["lot"] or f"ligne {understood['line']}")


def _cells(structure: Mapping[str, Any]) -> list[Cell]:
    if structure.get("opposed"):
        return [None, structure["word"], *[None] * 14]
    return [
        structure["id"],
        structure["name"],
        structure["role_fr"],
        tuple(structure["kinds"]),
        structure["siren"],
        structure["siret"],
        structure["commune_name"],
        structure["commune"],
        coverage_words(structure["coverage"], published=structure["zone_published"]),
        "oui" if structure["zone_published"] else "non, supposée",
        EVIDENCES.get(structure["trade_evidence"], structure["trade_evidence"]),
        structure["distance_km"],
        structure["capacity_fr"],
        structure["turnover"],
        structure["turnover_year"],
        tuple(proofs_told(structure["proofs"])),
    ]


_OF: Final = {"kind": "agrément", "trade": "métier", "turnover": "chiffre d'affaires"}


def proofs_told(proofs: Iterable[Mapping[str, Any]]) -> list[str]:
    """French sentences on the proofs, each once: « agrément EI jusqu'au 31/12/2027 : Liste des SIAE, 01/11/2026 »."""
    texts: dict[str, None] = {}
    for proof in proofs:
        until = f" jusqu'au {day(proof['valid_until'])}" if proof.get("valid_until") else ""
        dated = _day(proof["updated_at"] or proof["fetched_at"])
        what = proof["value"] if proof["of"] == "kind" else ""
        texts[f"{_OF[proof['of']]} {what}{until}".replace("  ", " ").strip() + f" : {proof['dataset']}, {dated}"] = None
    return list(texts)


def _day(text: str | None) -> str:
    return "date inconnue" if text is None else day(text)

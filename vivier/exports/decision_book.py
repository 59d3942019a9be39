"""Writes the decision on a programme as files: a CSV of its lines, and a workbook with its months and how it was computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from vivier.exports.book import tables_book
from vivier.exports.delimited import csv_file
from vivier.search.columns import Cell

HEADERS: Final = (
    "Ligne",
    "Lot",
    "Objet",
    "Montant HT",
    "Durée en mois",
    "Lancement",
    "Levier du programme",
    "Levier de la ligne seule",
    "Pourquoi il change",
    "Heures",
    "Probabilité",
    "Heures attendues",
    "Capacité comptée chez",
)


FAMILIES: Final = (
    *("Famille", "Article", "Lignes", "Dépense par an", "Réemploi dû", "Recyclé dû"),
    *("Réemploi manquant", "Recyclé manquant", "En clair"),
)


def decision_csv(body: Mapping[str, Any]) -> bytes:
    return csv_file([HEADERS, *_rows(body)])


def decision_workbook(body: Mapping[str, Any]) -> bytes:
    """The bytes of the workbook. Hours that are unknown are an empty cell."""
    heads = ("Mois", "Heures de clauses", "Heures de marchés confiés")
    months = [(row["month"], row["clause"], row["reserved"]) for row in body["months"]]
    return tables_book(
        (
            ("Programme", [HEADERS, *_rows(body)]),
            ("Heures par mois", [heads, *months]),
            ("Réemploi et recyclé", [FAMILIES, *_families(body)]),
            ("Lisez-moi", [("Vivier : un programme décidé d'ensemble", ""), *_notes(body)]),
        )
    )


def _rows(body: Mapping[str, Any]) -> Iterator[list[Cell]]:
    for line in body["lines"]:
        yield [
            line["line"],
            line["lot"],
            line["text"],
            line["amount"],
            line["months"],
            line["start"],
            line["lever_fr"],
            line["own_lever_fr"],
            line["why_fr"] or None,
            line["hours"],
            line["probability"],
            line["expected_hours"],
            tuple(supposed["name"] for supposed in line["supposed"]),
        ]


def _families(body: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """The shares that each family owes; a share that nobody read is an empty cell."""
    for family in body["families"]:
        lines = ", ".join(map(str, family["lines"]))
        owed, missing = family["owed"] or (None, None), family["missing"] or (None, None)
        yield [
            family["family"],
            family["article"],
            lines,
            family["annual"],
            *owed,
            *missing,
            " ".join(family["text"]),
        ]


def _notes(body: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    solver, targets = body["solver"], body["targets"]
    yield "Service non officiel", "Aide à la décision, qui ne vaut pas conseil juridique."
    yield "Part visée", targets["share"]
    yield "Heures visées", targets["hours"]
    yield "Enquêtes au plus", targets["rounds"]
    yield "Preuve", solver["text"]
    yield "Borne des heures utiles", solver["bound"]
    yield "Écart à la borne", solver["gap"]
    for sentence in body["summary"]:
        yield "Bilan", sentence
    for line in body["waiting"]:
        yield f"Ligne {line['line']} non comptée", f"{line['text']} : {line['state_fr']}"
    for limit in body["limits"]:
        yield "Limite", limit

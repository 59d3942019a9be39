"""Writes the hours that companies told as a facilitator's follow-up table: one row a month and a company, sums by lot, buyer and basin. A month that nobody
reported is an empty cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from vivier.exports.book import tables_book
from vivier.exports.delimited import csv_file
from vivier.search.columns import Cell

HEADERS: Final = (
    *("Lot", "Référence", "Objet", "Acheteur", "Bassin", "Entreprise", "Mois", "Heures", "État", "Dit le", "Par"),
    "Heures dues",
)
_SUMS: Final = ("Lots", "Heures dues", "Heures dites", "Mois passés inconnus")
_LOTS: Final = (
    *("Lot", "Référence", "Objet", "Acheteur", "Bassin", "Heures dues", "Heures dites", "Reste au plus"),
    "Mois passés inconnus",
)
_NOTES: Final = (
    "Un mois vide est inconnu, jamais zéro. Une somme ne compte que les mois dits.",
    "« Mois passés inconnus » : mois terminés qu'une entreprise n'a pas dits, chaque entreprise comptée.",
    "« Reste au plus » : heures dues moins heures dites ; les mois inconnus peuvent en contenir d'autres.",
    "Aucune personne n'est dans ce tableau : les justificatifs nominatifs ne vont qu'au facilitateur.",
)


def hours_told_csv(body: Mapping[str, Any]) -> bytes:
    """One row a month, a company and a lot."""
    return csv_file([HEADERS, *_months(body)])


def hours_told_workbook(body: Mapping[str, Any]) -> bytes:
    """The bytes of the workbook: months, lots, buyers, basins, publics and ways, notes."""
    shares = [
        (lot["lot"], share["quarter"], share["what_fr"], share["hours"])
        for lot in body["lots"]
        for share in lot["shares"]
    ]
    sheets: list[tuple[str, list[Sequence[Cell]]]] = [
        ("Mois par mois", [HEADERS, *_months(body)]),
        ("Par lot", [_LOTS, *_lots(body)]),
        ("Par acheteur", [("Acheteur", *_SUMS), *_sums(body["buyers"])]),
        ("Par bassin", [("Bassin", *_SUMS), *_sums(body["basins"])]),
        ("Publics et voies", [("Lot", "Trimestre", "Public ou voie", "Heures"), *shares]),
        ("Lisez-moi", [("Vivier : suivi des heures d'insertion",), *((note,) for note in _NOTES)]),
    ]
    return tables_book(sheets)


def _months(body: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    for lot in body["lots"]:
        for company in lot["companies"]:
            for month in company["months"]:
                state = "à venir" if not month["begun"] else "inconnu" if month["hours"] is None else "dit"
                names = (lot["lot"], lot["reference"], lot["object"], lot["buyer"], lot["basin"], company["name"])
                yield (*names, month["month"], month["hours"], state, month["given_on"], month["by_fr"], lot["due"])


def _lots(body: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    names = ("lot", "reference", "object", "buyer", "basin", "due", "done", "left", "unknown")
    for lot in body["lots"]:
        yield [lot[name] for name in names]


def _sums(rows: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Cell]]:
    return ((row["name"], row["lots"], row["due"], row["done"], row["unknown"]) for row in rows)

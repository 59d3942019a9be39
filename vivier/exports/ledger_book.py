"""Writes the reading of a ledger as a workbook (figures, lines, alternatives, how to read them) and its lines as CSV. Texts are never
formulas; an unknown figure is an empty cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vivier.desk.method.ledger import AXES, STATES, UNREAD
from vivier.exports.book import tables_book
from vivier.exports.delimited import csv_file
from vivier.french import day
from vivier.search.columns import Cell

LINE_TITLES: Final = (
    *("Ligne", "SIRET ou SIREN", "Remarque", "Montant", "Famille"),
    *AXES.values(),
    *("Types", "Labels", "Identifiant Vivier", "Nom dans l'index", "Département", "Zones", "Sources"),
)
_SHARE_TITLES: Final = (
    *("Lignes", "Fournisseurs", "Montant net"),
    *(f"{name} : {words}" for name in ("Inclusif", "Label environnemental") for words in STATES.values()),
    *(
        f"{name}, {bound}"
        for name in ("Part inclusive", "Part à label environnemental")
        for bound in ("au moins", "au plus")
    ),
)


def ledger_csv(body: Mapping[str, Any]) -> bytes:
    """The lines of a ledger with what is known of each supplier."""
    return csv_file((LINE_TITLES, *map(_line, body["lines"])))


def ledger_workbook(body: Mapping[str, Any]) -> bytes:
    return tables_book(((name, (titles, *rows)) for name, titles, rows in _sheets(body)), frozen=1)


def _sheets(body: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], Iterable[tuple[Cell, ...]]]]:
    yield (
        "Lisez-moi",
        ("À savoir",),
        [(text,) for text in (*body["summary"], *body["read"]["remarks"], *body["limits"])],
    )
    whole = {**body["whole"], "name": "Tous les achats"}
    yield "Familles", ("Famille", *_SHARE_TITLES), map(_shares, (whole, *body["families"]))
    yield "Territoires", ("Département", *_SHARE_TITLES), map(_shares, body["territories"])
    yield "Types, labels, zones", ("Type, label ou zone", "Code", "Montant net"), _codes(body)
    yield (
        "Autres structures",
        ("Famille", "Structure", "Commune", "Types", "Groupe", "Distance (km)", "Déjà payée", "Source", "Date"),
        _structures(body),
    )
    yield "Lignes", LINE_TITLES, map(_line, body["lines"])


def _shares(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    states = (row[axis]["amounts"][state] for axis in ("inclusive", "labelled") for state in STATES)
    bounds = (row[axis][bound] for axis in ("inclusive", "labelled") for bound in ("least", "most"))
    return row["name"], row["lines"], row["suppliers"], row["amount"], *states, *bounds


def _codes(body: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    for row in (*body["kinds"], *body["labels"], *body["zones"]["known"]):
        yield row["name"], row["code"], row["amount"]
    yield "Siège situé, aucune zone prioritaire connue", None, body["zones"]["none_known"]
    yield "Siège inconnu", None, body["zones"]["unknown"]


def _structures(body: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    for family in body["alternatives"]:
        if not family["structures"]:
            yield family["family"], family["said"]
        for structure in family["structures"]:
            yield (
                *(
                    family["family"],
                    structure["name"],
                    structure["town"],
                    ", ".join(structure["kinds"]),
                    structure["group_fr"],
                ),
                *(
                    structure["distance_km"],
                    "oui" if structure["already"] else "non",
                    structure["producer"],
                    structure["updated_at"],
                ),
            )


def _line(line: Mapping[str, Any]) -> tuple[Cell, ...]:
    sources = (
        f"{source['producer']}, {day(source['updated_at'])}" if source["updated_at"] else source["producer"]
        for source in line["sources"]
    )
    return (
        *(line["line"], line["number"], UNREAD.get(line["unread"]), line["amount"], line["family"]),
        *(STATES[line[axis]] for axis in AXES),
        *(", ".join(line["kinds"]), ", ".join(line["labels"]), line["supplier"], line["name"], line["departement"]),
        *(", ".join(line["zones"]), " ; ".join(sources)),
    )

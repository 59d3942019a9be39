"""Programmes as people keep them, each a small fictitious file: a title above the headings, several sheets, headings in any words.

They were judged before the readers were written: ``read`` is what must be understood of each line.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

Sheets = Mapping[str, Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class Judged:
    """A file: its sheets (a CSV when there is only one, named « csv »), the cells of each line that must be read, what must be told,
    the headings that must be left out and those that must only be proposed."""

    name: str
    sheets: Sheets
    read: Sequence[Mapping[str, str]]
    told: Sequence[str] = ()
    ignored: Sequence[str] = ()
    proposed: Sequence[str] = ()
    hidden: Sequence[str] = field(default=())

    def content(self) -> bytes:
        """The file."""
        if "csv" in self.sheets:
            return "\n".join(";".join(map(str, row)) for row in self.sheets["csv"]).encode()
        book, out = Workbook(), io.BytesIO()
        assert book.active is not None
        book.remove(book.active)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            if name in self.hidden:
                sheet.sheet_state = "hidden"
        book.save(out)
        return out.getvalue()


NEED = ("Objet", "Lieu", "Montant HT", "Durée")
GREEN = ("Entretien des espaces verts", "Rennes", 120000, 48)
READ_GREEN = {"text": GREEN[0], "place": "Rennes", "amount": "120000", "months": "48"}
FILES = (
    Judged("plain", {"Lots": [NEED, GREEN]}, [READ_GREEN]),
    Judged(
        "title above",
        {"Lots": [("Programme d'achats 2027 (fictif)",), (), ("Service",), NEED, GREEN]},
        [READ_GREEN],
        ["titres lus à la ligne 4"],
    ),
    Judged(
        "title above, csv without separators",
        {"csv": [("Programme d'achats 2027 (fictif)",), ("mis à jour en novembre",), NEED, GREEN]},
        [READ_GREEN],
        ["titres lus à la ligne 3"],
    ),
    Judged(
        "cover sheet",
        {"Garde": [("Commune fictive",), ("Programme 2027",)], "Lots": [NEED, GREEN]},
        [READ_GREEN],
        ["« Garde » laissée de côté"],
    ),
    Judged(
        "two sheets of lots",
        {"Voirie": [NEED, GREEN], "Bâtiments": [NEED, ("Peinture des écoles", "Vitré", "60 k€", 12)]},
        [
            READ_GREEN | {"sheet": "Voirie, ligne 2"},
            {
                "text": "Peinture des écoles",
                "place": "Vitré",
                "amount": "60 k€",
                "months": "12",
                "sheet": "Bâtiments, ligne 2",
            },
        ],
    ),
    Judged(
        "hidden sheet",
        {"Lots": [NEED, GREEN], "Ancien": [NEED, ("Nettoyage", "Lyon", 1, 1)]},
        [READ_GREEN],
        ["« Ancien » laissée de côté : masquée"],
        hidden=["Ancien"],
    ),
    Judged(
        "headings in other words",
        {
            "Lots": [
                (
                    "Libellé de l'opération",
                    "Ville d'intervention",
                    "Montant prévisionnel 2027 (€ HT)",
                    "Durée du contrat (mois)",
                ),
                GREEN,
            ]
        },
        [READ_GREEN],
        ["« Libellé de l'opération » lue comme « objet »", "lue comme « lieu »", "lue comme « montant »"],
        proposed=[
            "Libellé de l'opération",
            "Ville d'intervention",
            "Montant prévisionnel 2027 (€ HT)",
            "Durée du contrat (mois)",
        ],
    ),
    Judged(
        "slips of the keyboard",
        {"csv": [("Objet", "Lieu", "Montnat HT", "Duréee"), GREEN]},
        [READ_GREEN],
        proposed=["Montnat HT", "Duréee"],
    ),
    Judged(
        "amount with tax",
        {"csv": [("Objet", "Lieu", "Montant TTC", "Durée"), GREEN]},
        [{name: text for name, text in READ_GREEN.items() if name != "amount"}],
        ["« Montant TTC » non lue : montants toutes taxes"],
        ["Montant TTC"],
    ),
    Judged(
        "total at the end",
        {"Lots": [NEED, GREEN, ("TOTAL", None, 120000, None)]},
        [READ_GREEN],
        ["ligne 3 laissée de côté : « TOTAL »"],
    ),
    Judged(
        "headings printed again", {"Lots": [NEED, GREEN, NEED, GREEN]}, [READ_GREEN, READ_GREEN], ["titres répétés"]
    ),
    Judged(
        "two amounts",
        {"csv": [(*NEED, "Budget"), (*GREEN, 90000)]},
        [READ_GREEN],
        ["« Budget » non lue : une autre colonne dit déjà « montant »"],
        ["Budget"],
    ),
    Judged(
        "bounds of a framework",
        {
            "csv": [
                ("Objet", "Lieu", "Montant mini", "Montant maxi", "Durée"),
                ("Espaces verts", "Rennes", 50000, 200000, 48),
            ]
        },
        [{"text": "Espaces verts", "place": "Rennes", "minimum": "50000", "maximum": "200000", "months": "48"}],
    ),
    Judged(
        "commune and department",
        {"csv": [("Objet", "Commune", "Département"), ("Espaces verts", "Saint-Denis", "93")]},
        [{"text": "Espaces verts", "place": "Saint-Denis 93"}],
    ),
    Judged(
        "a column of settings",
        {
            "csv": [
                ("Objet", "Lieu", "Clause sociale", "Personnel repris", "Coût horaire", "Type d'acheteur"),
                ("Nettoyage", "Rennes", "oui", "70 %", "32", "État"),
            ]
        },
        [
            {
                "text": "Nettoyage",
                "place": "Rennes",
                "social_condition": "oui",
                "taken_over": "70 %",
                "hourly_cost": "32",
                "buyer": "État",
            }
        ],
    ),
    Judged(
        "names of buyers are no class of buyer",
        {"csv": [("Acheteur", "Objet", "Lieu"), ("Ville de Rennes (fictif)", "Nettoyage", "Rennes")]},
        [{"text": "Nettoyage", "place": "Rennes"}],
        ignored=["Acheteur"],
    ),
    Judged(
        "cpv known by its cells",
        {"csv": [("Objet", "Lieu", "Nomenclature"), ("Nettoyage", "Rennes", "90910000-9")]},
        [{"text": "Nettoyage", "place": "Rennes", "cpv": "90910000-9"}],
        proposed=["Nomenclature"],
    ),
    Judged(
        "a comment is left out by name",
        {"csv": [("Objet", "Lieu", "Observations"), ("Nettoyage", "Rennes", "à revoir")]},
        [{"text": "Nettoyage", "place": "Rennes"}],
        ignored=["Observations"],
    ),
)

"""The model of a purchasing programme, to download, fill in and send back: a workbook with lists and notes, or a CSV.

Its examples are fictitious and say so. What it holds is read back by ``vivier/desk/read/programme.py``: a test does it.
"""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from vivier.desk.read.headings import TITLES
from vivier.desk.read.lot_settings import SETTINGS
from vivier.desk.read.programme import MOST_LINES

TITLE: Final = "Modèle de programme d'achats : trois exemples fictifs, à remplacer. Seul l'objet, le métier ou le CPV est indispensable."
_HOW: Final[dict[str, tuple[str, tuple[str, str, str]]]] = {
    "lot": (
        "Numéro du lot. Les lots numérotés d'un même fichier sont additionnés pour les seuils européens.",
        ("1", "2", "1"),
    ),
    "consultation": (
        "Consultation ou opération dont le lot fait partie : ses lots sont additionnés pour les seuils européens.",
        ("Entretien 2027 (exemple)", "Entretien 2027 (exemple)", "Écoles (exemple)"),
    ),
    "text": (
        "Le besoin, avec vos mots.",
        ("Entretien des espaces verts", "Nettoyage des locaux administratifs", "Peinture intérieure des écoles"),
    ),
    "trade": ("Facultatif : le métier, s'il n'est pas clair dans l'objet. Plusieurs : séparés par |.", ("", "", "")),
    "cpv": ("Facultatif : code CPV.", ("77310000-6", "90910000-9", "45442110-1")),
    "place": (
        "Commune, code postal, intercommunalité, département ou région ; « quartier de Maurepas à Rennes » est compté pour la commune.",
        ("Rennes", "Ille-et-Vilaine", "quartier de Maurepas à Rennes"),
    ),
    "amount": (
        "Montant HT sur toute la durée : 240000, 240 k€, « environ 50 k€ », « entre 50 000 et 80 000 € », « max 400 000 ». "
        "Laissez vide si vous ne le connaissez pas.",
        ("240000", "max 400 000", "entre 50 000 et 80 000 €"),
    ),
    "months": (
        "Durée, reconductions comprises : 48, « 4 ans », « 1 an + 3 reconductions ».",
        ("48", "1 an + 3 reconductions", "12"),
    ),
    "category": ("travaux, fournitures ou services.", ("services", "services", "travaux")),
    "kind": ("marché ou concession.", ("", "", "")),
}
_LISTS: Final = {"category": ("travaux", "fournitures", "services"), "kind": ("marché", "concession")}
_EXAMPLES: Final[dict[str, tuple[str, str, str]]] = {
    "launched": ("15/03/2027", "15/03/2027", ""),
    "social_condition": ("oui", "", "non"),
    "taken_over": ("non", "70 %", ""),
    "labour_share": ("65 %", "", ""),
}
COLUMNS: Final = (*_HOW, *(setting.name for setting in SETTINGS))


def model_rows() -> list[list[str]]:
    """The headings and the examples."""
    examples = {name: example for name, (_, example) in _HOW.items()} | _EXAMPLES
    rows = [[examples.get(name, ("", "", ""))[rank] for name in COLUMNS] for rank in range(3)]
    return [[TITLES[name] for name in COLUMNS], *rows]


def model_csv() -> bytes:
    """The model as a CSV that French spreadsheets open."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(model_rows())
    return ("\ufeff" + out.getvalue()).encode()


def model_workbook() -> bytes:
    """The model as a workbook: a note on each heading says how to write its cells, closed lists are offered."""
    book, out = Workbook(), io.BytesIO()
    sheet: Any = book.active
    sheet.title = "Lots"
    sheet.append([TITLE])
    for row in model_rows():
        sheet.append(row)
    sheet["A1"].font = Font(italic=True)
    for place, name in enumerate(COLUMNS, 1):
        _heading(sheet, place, name)
    sheet.freeze_panes = "A3"
    book.save(out)
    return out.getvalue()


def _heading(sheet: Any, place: int, name: str) -> None:
    setting = next((setting for setting in SETTINGS if setting.name == name), None)
    how = _HOW[name][0] if setting is None else f"{setting.hint} Par défaut : {setting.default}."
    choices = _LISTS.get(name, ()) if setting is None else tuple(map(str, setting.choices))
    cell, letter = sheet.cell(2, place), get_column_letter(place)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DCE9E4")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    listed = (
        f" Valeurs : {', '.join(f'{code} ({label})' for code, label in setting.choices.items())}."
        if setting and choices
        else ""
    )
    cell.comment = Comment(how + (listed if name in ("buyer", "exception") else ""), "Vivier", height=140, width=320)
    sheet.column_dimensions[letter].width = 34 if name in ("text", "place", "amount", "consultation") else 18
    if choices:
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}3:{letter}{MOST_LINES + 2}")

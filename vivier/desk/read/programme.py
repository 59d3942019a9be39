"""Reads a purchasing programme (CSV or Excel): its lines as written. No line is dropped. Columns are recognised under many names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from vivier.desk.read.sheet import refused, rows_of
from vivier.exports.guard import bare
from vivier.trades.table import fold

MOST_LINES: Final = 300
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "line": ("ligne du fichier",),
    "lot": ("lot", "n° lot", "numero lot", "no lot", "n° de lot", "numero de lot", "reference", "ref", "numero"),
    "text": (
        "objet",
        "objet du marche",
        "objet du lot",
        "objet de l'achat",
        "intitule",
        "intitule du lot",
        "intitule du marche",
        "libelle",
        "libelle du lot",
        "designation",
        "description",
        "besoin",
        "prestation",
        "text",
    ),
    "trade": ("metier", "metiers", "filiere", "famille", "famille d'achat", "secteur", "trade"),
    "cpv": ("cpv", "code cpv", "codes cpv"),
    "place": (
        "lieu",
        "lieu d'execution",
        "commune",
        "ville",
        "territoire",
        "departement",
        "localisation",
        "site",
        "place",
        "territory",
    ),
    "amount": (
        "montant",
        "montant ht",
        "montant estime",
        "montant estime ht",
        "montant total",
        "montant total ht",
        "estimation",
        "estimation ht",
        "budget",
        "budget ht",
        "amount",
    ),
    "annual_amount": ("montant annuel", "montant annuel ht", "montant par an", "budget annuel", "estimation annuelle"),
    "months": ("duree", "duree (mois)", "duree en mois", "duree mois", "duree totale", "duree max", "months"),
    "years": ("duree (annees)", "duree (ans)", "duree en annees", "duree en ans", "annees"),
    "labour_share": (
        "part main d'oeuvre",
        "part de main d'oeuvre",
        "part de la main d'oeuvre",
        "main d'oeuvre",
        "% main d'oeuvre",
        "part mo",
        "labour_share",
    ),
    "category": ("type", "nature", "categorie", "type de marche", "nature du marche", "category"),
    "kind": ("contrat", "type de contrat", "marche ou concession", "kind"),
    "launched": ("date de lancement", "lancement", "date de consultation", "publication", "launched"),
}
"""Known headers, by meaning. Accents, case, quotes and « (€ HT) » after an amount do not matter."""
TITLES: Final[Mapping[str, str]] = {
    "line": "ligne du fichier",
    "lot": "lot",
    "text": "objet",
    "trade": "métier",
    "cpv": "cpv",
    "place": "lieu",
    "amount": "montant",
    "annual_amount": "montant annuel",
    "months": "durée",
    "years": "durée (années)",
    "labour_share": "part main d'œuvre",
    "category": "type",
    "kind": "contrat",
    "launched": "date de lancement",
}


@dataclass(frozen=True)
class Row:
    """One line: its number in the file and the cells of its known columns."""

    line: int
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """A cell, empty when there is none."""
        return self.values.get(name, "")


@dataclass(frozen=True)
class Programme:
    """The lines in order. ``columns``: meaning of each header as written; ``ignored``: unknown headers."""

    rows: tuple[Row, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def read_programme(content: bytes, most: int = MOST_LINES) -> Programme:
    """Reads a file. Raises ``InvalidRequest`` naming « file » when it is unreadable, too long, or has no column for the need."""
    lines = rows_of(content)
    headers: list[str] = next(((cells) for _, cells in lines), [])
    known = {place: name for place, header in enumerate(headers) if (name := _meaning(header)) is not None}
    if "text" not in known.values() and "trade" not in known.values() and "cpv" not in known.values():
        raise refused(
            "missing_column",
            "Aucune colonne ne dit le besoin : la première ligne doit nommer une colonne « objet » (ou « métier », « CPV »). "
            f"Colonnes lues : {', '.join(headers)[:200] or 'aucune'}.",
        )
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) == most:
            raise refused("too_many_lines", f"Le fichier a plus de {most} lignes : découpez-le.")
        rows.append(_row(line, _values(cells, known)))
    ignored = tuple(header for place, header in enumerate(headers) if header and place not in known)
    return Programme(tuple(rows), {headers[place]: name for place, name in known.items()}, ignored)


def _row(line: int, values: dict[str, str]) -> Row:
    """Makes a row. A line written by :func:`written` keeps the number that it had in the user's own file."""
    number = values.pop("line", "")
    return Row(int(number) if number.isdecimal() and len(number) < 8 else line, values)


def _meaning(header: str) -> str | None:
    key = _key(header)
    bare = _key(header.partition("(")[0])
    return _aliases().get(key) or _aliases().get(bare)


def _key(header: str) -> str:
    plain = fold(header.replace("’", "'").replace("œ", "oe").replace("€", " ").replace("_", " "))
    return " ".join(plain.replace("-", " ").split())


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return {_key(alias): name for name, aliases in COLUMNS.items() for alias in (*aliases, name)}


def _values(cells: list[str], known: Mapping[int, str]) -> dict[str, str]:
    """The cells of the known columns. A guard against formulas, which exports add before a cell, is removed."""
    values: dict[str, str] = {}
    for place, name in known.items():
        if place < len(cells) and cells[place]:
            text = bare(cells[place])
            values[name] = f"{values[name]} {text}" if name in values else text
    return values


def written(rows: Iterable[Row]) -> str:
    """Writes the lines as a CSV that :func:`read_programme` reads back. A page keeps it between two steps."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow([TITLES[name] for name in COLUMNS])
    for row in rows:
        writer.writerow([str(row.line), *(row.get(name) for name in COLUMNS if name != "line")])
    return out.getvalue()

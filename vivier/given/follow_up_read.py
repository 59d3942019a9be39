"""Reads the follow-up workbook that the desk hands out (:mod:`vivier.exports.follow_up_book`), once filled, and the table of a kept follow-up
(:mod:`vivier.exports.hours_told_book`): an empty cell is unknown, a cell that is no number of hours is refused by its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.contracts.months import add_months
from vivier.desk.read.sheet import Sheet, sheets_of
from vivier.desk.tell.follow_up import MOST_COMPANIES, PUBLICS, WAYS
from vivier.errors import FieldError, InvalidRequest
from vivier.french import MONTHS
from vivier.given.follow_up import MOST_HOURS, MOST_SHARED, NO_BASIN
from vivier.text.guard import bare

_EMPTY: Final = ("", "à compléter")
_SHARES: Final = {label: code for codes in (PUBLICS, WAYS) for code, label in codes.items()}
_MOST_ROWS: Final = 20_000
_EXPORTED: Final = ("Lot", "Référence", "Objet", "Acheteur", "Bassin", "Entreprise", "Mois", "Heures")
"""Columns of the table of a kept follow-up: one row a month and a company."""
_RANKED: Final = re.compile(r"mois (\d{1,3})")
_NAMED: Final = re.compile(r"(\w+) (\d{4})")
_NUMBER: Final = re.compile(r"\d{1,3}( \d{3})+([.,]\d+)?|\d+([.,]\d+)?")
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class ReadBook:
    """What a workbook says. ``hours``: due; ``start``: first day of the first month; ``reported``: hours by rank of company and month;
    ``shares``: by quarter and code of public or way."""

    object: str
    reference: str
    hours: float | None
    start: date
    months: int
    companies: tuple[str, ...]
    reported: Mapping[tuple[int, date], float]
    shares: Mapping[tuple[int, str], float]
    buyer: str = ""
    place: str = ""


def read_follow_ups(content: bytes, start: date | None) -> tuple[ReadBook, ...]:
    """Reads the lot of a workbook, or every lot of the table of a kept follow-up. ``start``: the first month, for a workbook whose months are
    « mois 1 », « mois 2 ». Raises ``InvalidRequest`` naming « file » or « start »."""
    sheets = sheets_of(content, _MOST_ROWS + 1)
    if any(len(sheet.rows) > _MOST_ROWS for sheet in sheets):
        raise _refused(f"plus de {_MOST_ROWS} lignes.")
    return tuple(_exported(sheets)) or (_single_lot(sheets, start),)


def _single_lot(sheets: Sequence[Sheet], start: date | None) -> ReadBook:
    sheet, at = _table(sheets)
    above = {cells[0]: _cell(cells, 1) for _, cells in sheet.rows[:at]}
    names = _companies(sheet.rows[at])
    rows = list(_months(sheet.rows[at + 1 :]))
    if not rows:
        raise _refused("aucun mois sous « Mois ».")
    months = _calendar([_flat(cells[0]) for _, cells in rows], start)
    reported = {
        (rank, month): hours
        for (number, cells), month in zip(rows, months, strict=True)
        for rank in range(1, len(names) + 1)
        if (hours := _hours(_cell(cells, rank), number, rank)) is not None
    }
    return ReadBook(
        object=_text(above.get("Objet", "")),
        reference=_text(above.get("Référence", "")),
        hours=_due(above.get("Heures dues", "")),
        start=months[0],
        months=len(months),
        companies=names,
        reported=reported,
        shares=_shares(sheets),
    )


def _table(sheets: Sequence[Sheet]) -> tuple[Sheet, int]:
    """The sheet of the months, and the rank of its headings."""
    for sheet in sheets:
        for rank, (_, cells) in enumerate(sheet.rows[:40]):
            if cells[0] == "Mois" and "Total du mois" in cells:
                return sheet, rank
    raise _refused("ce n'est pas le classeur de suivi : la ligne « Mois … Total du mois » manque.")


def _companies(row: Row) -> tuple[str, ...]:
    number, cells = row
    names = tuple(bare(name) for name in cells[1 : cells.index("Total du mois")])
    if not 0 < len(names) <= MOST_COMPANIES or "" in names or len(set(names)) < len(names):
        raise _refused(f"ligne {number} : d'une à {MOST_COMPANIES} entreprises, chacune avec son nom.")
    return names


def _months(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows of months, up to the one of totals."""
    for row in rows:
        if row[1][0] == "Total":
            return
        yield row


def _calendar(names: Sequence[str], start: date | None) -> list[date]:
    """The first day of each month. They must follow one another."""
    ranked = _RANKED.fullmatch(names[0])
    if ranked and start is None:
        message = "« start » : ce classeur compte « mois 1 », « mois 2 » : donnez son premier mois."
        raise InvalidRequest((FieldError("start", "missing", message),))
    origin = add_months(start.replace(day=1), int(ranked[1]) - 1) if ranked and start else _month(names[0])
    months = [] if origin is None else [add_months(origin, rank) for rank in range(len(names))]
    for rank, name in enumerate(names):
        expected = f"mois {int(ranked[1]) + rank}" if ranked else None
        if not months or (name != expected if ranked else _month(name) != months[rank]):
            raise _refused(f"« {name[:40]} » n'est pas le mois attendu : un mois par ligne, sans en sauter.")
    return months


def _month(name: str) -> date | None:
    found = _NAMED.fullmatch(name)
    if found is None or found[1] not in MONTHS or not 1900 < int(found[2]) < 2200:
        return None
    return date(int(found[2]), MONTHS.index(found[1]) + 1, 1)


def _shares(sheets: Sequence[Sheet]) -> dict[tuple[int, str], float]:
    """The hours by public and by way, by quarter from 1."""
    found: dict[tuple[int, str], float] = {}
    sheet = next((sheet for sheet in sheets if sheet.name == "Publics et voies"), None)
    if sheet is None:
        return found
    last = 0
    for number, cells in sheet.rows:
        last = last or sum(cell.startswith("Trimestre ") for cell in cells)
        code = _SHARES.get(_flat(cells[0]))
        for quarter in range(1, last + 1) if code is not None else ():
            hours = _hours(_cell(cells, quarter), number, quarter, sheet.name)
            if hours is not None and code is not None:
                found[quarter, code] = hours
    return found


def _exported(sheets: Sequence[Sheet]) -> Iterator[ReadBook]:
    """The lots of the table of a kept follow-up; nothing for another file."""
    table = next((sheet for sheet in sheets if set(_EXPORTED) <= set(sheet.rows[0][1])), None)
    if table is None:
        return
    names = table.rows[0][1]
    lots: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, cells in table.rows[1:]:
        row = {name: _cell(cells, place) for place, name in enumerate(names)}
        lots.setdefault(row["Lot"], []).append((number, row))
    if not lots:
        raise _refused("le tableau n'a aucun lot.")
    for lot, rows in lots.items():
        yield _exported_lot(lot, rows, names.index("Heures"), _exported_shares(sheets, lot))


def _exported_lot(
    lot: str, rows: Sequence[tuple[int, dict[str, str]]], column: int, shares: Mapping[tuple[int, str], float]
) -> ReadBook:
    companies = tuple(dict.fromkeys(bare(row["Entreprise"]) for _, row in rows))
    hours: dict[tuple[int, date], float | None] = {}
    for number, row in rows:
        month = _iso_month(row["Mois"], number)
        hours[companies.index(bare(row["Entreprise"])) + 1, month] = _hours(
            row["Heures"], number, column, "Mois par mois"
        )
    first, last = min(month for _, month in hours), max(month for _, month in hours)
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    if not len(rows) == len(hours) == len(companies) * months or "" in companies or len(companies) > MOST_COMPANIES:
        message = f"lot {lot[:9]} : une ligne par mois et par entreprise, sans en sauter ; {MOST_COMPANIES} entreprises au plus."
        raise _refused(message)
    top = rows[0][1]
    return ReadBook(
        *(bare(top["Objet"]), bare(top["Référence"]), _due(top.get("Heures dues", "")), first, months, companies),
        reported={key: value for key, value in hours.items() if value is not None},
        shares=shares,
        buyer=bare(top["Acheteur"]),
        place="" if top["Bassin"] == NO_BASIN else bare(top["Bassin"]),
    )


def _iso_month(cell: str, number: int) -> date:
    """The month of a cell: « 2026-08 », or its first day when a spreadsheet made it a date."""
    try:
        return date.fromisoformat(f"{cell[:7]}-01")
    except ValueError:
        raise _refused(f"ligne {number} : « {cell[:40]} » n'est pas un mois, par exemple 2026-08.") from None


def _exported_shares(sheets: Sequence[Sheet], lot: str) -> dict[tuple[int, str], float]:
    """The hours of a lot by public and by way, in the table of a kept follow-up."""
    found: dict[tuple[int, str], float] = {}
    sheet = next((sheet for sheet in sheets if sheet.name == "Publics et voies"), None)
    for number, cells in () if sheet is None else sheet.rows[1:]:
        code = _SHARES.get(_flat(_cell(cells, 2)))
        hours = _hours(_cell(cells, 3), number, 3, "Publics et voies")
        if cells[0] == lot and code is not None and hours is not None and cells[1].isdecimal():
            found[int(cells[1]), code] = hours
    return found


def _cell(cells: tuple[str, ...], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _flat(text: str) -> str:
    """A text with straight apostrophes: the workbook sets typographic ones."""
    return text.replace("’", "'")


def _text(cell: str) -> str:
    return "" if cell in _EMPTY else bare(cell)


def _due(cell: str) -> float | None:
    if cell in _EMPTY:
        return None
    found = _number(cell)
    if found is None or not 1 <= found <= 1e7:
        raise _refused(f"« Heures dues » : « {cell[:40]} » n'est pas un nombre d'heures.")
    return found


def _hours(cell: str, row: int, column: int, sheet: str = "Heures") -> float | None:
    if not cell:
        return None
    found, most = _number(cell), MOST_HOURS if sheet in ("Heures", "Mois par mois") else MOST_SHARED
    if found is None or found > most:
        place = f"{chr(ord('A') + column)}{row}" if column < 26 else f"ligne {row}"
        wrong = "n'est pas un nombre d'heures" if found is None else f"dépasse {most // 1000} 000 heures"
        raise _refused(f"feuille « {sheet} », {place} : « {cell[:40]} » {wrong}. Laissez vide un mois inconnu.")
    return found


def _number(cell: str) -> float | None:
    return float(cell.replace(" ", "").replace(",", ".")) if _NUMBER.fullmatch(cell) else None


def number_typed(text: str, field: str = "hours") -> float | None:
    """The hours that a person types in a field of a form; ``None`` for an empty one. Raises ``InvalidRequest`` naming it."""
    clean = " ".join(text.split())
    found = _number(clean)
    if clean and found is None:
        message = f"« {clean[:40]} » n'est pas un nombre d'heures."
        raise InvalidRequest((FieldError(field, "invalid_value", message),))
    return found


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("file", "unreadable", f"« file » : {message}"),))

"""Reads a purchasing programme (CSV or Excel): its lines as written, from every sheet that names a need. No line is dropped silently."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vivier.desk.read.headings import (
    COLUMNS,
    FIRST_LINES,
    PROGRAMME,
    TITLES,
    Column,
    Headings,
    Unit,
    columns_of,
    heading_line,
    unit_of,
)
from vivier.desk.read.sheet import Sheet, refused, sheets_of
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.french import capital
from vivier.text.guard import bare
from vivier.trades.table import fold

MOST_LINES: Final = 300
_OWN_UNIT: Final = re.compile(r"\d\s*(?:k|m|€|e\b|eur|mill)", re.IGNORECASE)
_AS_ABOVE: Final = re.compile(
    r"\s*(?:idem|dito|id\.|[\"″〃»]{1,2}|(?:comme|voir) ci-dessus)(?!\w)[\s,:–-]*", re.IGNORECASE
)
_TOTAL: Final = re.compile(r"(?:sous[- ]?)?total\b.*|totaux\b.*|montant total\b.*")


@dataclass(frozen=True)
class Row:
    """One line: its number in the file (in a workbook of several sheets read, among all lines) and the cells of its known columns."""

    line: int
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """A cell, empty when there is none."""
        return self.values.get(name, "")


@dataclass(frozen=True)
class Programme:
    """The lines in order. ``columns``: meaning of each heading as written; ``proposed``: those whose meaning is only proposed;
    ``ignored``: headings left out. ``remarks``: in French, all that was left out or supposed, with its reason. ``samples``: a few
    cells of each heading."""

    rows: tuple[Row, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Part:
    """What one sheet gives. ``at``: the line of its headings."""

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    remarks: tuple[str, ...]
    at: int


def read_programme(content: bytes, most: int = MOST_LINES, given: Mapping[str, str] | None = None) -> Programme:
    """Reads a file. ``given``: meanings of columns that the user chose, by heading as written; an empty one leaves the column out.

    Raises ``InvalidRequest`` naming « file » when it is unreadable, too long, or has no column for the need; naming « column »
    when a chosen heading or meaning does not exist."""
    return read_sheets(sheets_of(content), most, given)


def read_sheets(
    sheets: Sequence[Sheet],
    most: int = MOST_LINES,
    given: Mapping[str, str] | None = None,
    headings: Headings = PROGRAMME,
) -> Programme:
    """Reads the sheets of a file, by the headings of a programme or by others. See :func:`read_programme`."""
    chosen = dict(given or {})
    _check(chosen, sheets, headings)
    parts: list[_Part] = []
    remarks: list[str] = []
    for sheet in sheets:
        part = None if sheet.hidden else _part(sheet, chosen, most, headings)
        if part is not None:
            parts.append(part)
        elif sheet.name:
            why = "masquée" if sheet.hidden else _first_words(headings.missing)
            remarks.append(f"Feuille « {sheet.name} » laissée de côté : {why}.")
    if not parts:
        raise refused("missing_column", _no_need(sheets, headings))
    _check_read(chosen, parts)
    if sum(len(part.rows) for part in parts) > most:
        raise refused("too_many_lines", f"Le fichier a plus de {most} lignes : découpez-le.")
    columns = {column.header: column for part in parts for column in part.columns}
    return Programme(
        tuple(_lines(parts)),
        {header: column.meaning for header, column in columns.items() if column.meaning},
        tuple(header for header, column in columns.items() if not column.meaning),
        tuple(header for header, column in columns.items() if column.proposed),
        (*remarks, *(remark for part in parts for remark in part.remarks)),
        samples_of(parts),
    )


def samples_of(parts: Sequence[_Part]) -> dict[str, tuple[str, ...]]:
    """A few cells of each heading, to choose its meaning by."""
    found: dict[str, list[str]] = {}
    for part in parts:
        for column in part.columns:
            cells = (row[column.place] for at, row in part.sheet.rows if at > part.at and column.place < len(row))
            found.setdefault(column.header, []).extend(cell for cell in cells if cell)
    return {header: tuple(dict.fromkeys(cells))[:3] for header, cells in found.items()}


def unread_headings(sheets: Sequence[Sheet]) -> dict[str, tuple[str, ...]]:
    """The cells that may be headings when none names a need, each with a few cells under it: those of the fullest row, of the first
    of each sheet that is not hidden."""
    found: dict[str, tuple[str, ...]] = {}
    for sheet in sheets:
        rows = () if sheet.hidden else sheet.rows[:FIRST_LINES]
        if not rows:
            continue
        rank = max(range(len(rows)), key=lambda rank: (sum(map(bool, rows[rank][1])), -rank))
        below = sheet.rows[rank + 1 : rank + 4]
        for place, cell in enumerate(rows[rank][1]):
            if cell:
                found.setdefault(cell, tuple(row[place] for _, row in below if place < len(row) and row[place]))
    return found


def _part(sheet: Sheet, given: Mapping[str, str], most: int, headings: Headings) -> _Part | None:
    rank = heading_line(sheet.rows, given, headings)
    if rank is None:
        return None
    at, headers = sheet.rows[rank]
    below = sheet.rows[rank + 1 :]
    columns = columns_of(headers, below, given, headings)
    if not any(column.meaning in headings.need for column in columns):
        return None
    known = {column.place: column.meaning for column in columns if column.meaning}
    where = f"Feuille « {sheet.name} », " if sheet.name else ""
    remarks = [f"{where}titres lus à la ligne {at}."] if rank else []
    remarks += [f"{where}{_column_remark(column, headings)}" for column in columns if column.proposed or column.why]
    units = dict(_units(columns, headings))
    remarks += [f"{where}colonne « {headers[place]} » lue {unit.words}." for place, unit in units.items()]
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in below:
        values = _values(cells, known, units)
        is_whole = any(map(str.isdigit, values.get(headings.whole, "")))
        why = "" if is_whole else _left_out(cells, headers)
        if why:
            remarks.append(f"{where}ligne {number} laissée de côté : {why}.")
        else:
            copied = _as_above(values, rows[-1][1] if rows else {})
            if copied:
                names = ", ".join(f"« {headings.titles[name]} »" for name in copied)
                remarks.append(f"{where}ligne {number} : {names} repris de la ligne du dessus.")
            rows.append((number, {**values, **copied}))
        if len(rows) > most:
            break
    return _Part(sheet, columns, tuple(rows), tuple(capital(remark) for remark in remarks), at)


def _as_above(values: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    """The cells that say « idem », as those of the line above; what follows the word stays: « idem lot 2 (collèges) »."""
    copied: dict[str, str] = {}
    for name, text in values.items():
        match = _AS_ABOVE.match(text)
        if match is not None and above.get(name) and name != "line":
            copied[name] = f"{above[name]} {text[match.end() :]}".strip()
    return copied


def _column_remark(column: Column, headings: Headings) -> str:
    if column.proposed and column.meaning:
        return f"colonne « {column.header} » lue comme « {headings.titles[column.meaning]} » : à vérifier."
    return f"colonne « {column.header} » non lue : {column.why}."


def _left_out(cells: Sequence[str], headers: Sequence[str]) -> str:
    """Why a row is no line of the programme: a total, or the headings again; empty for a line."""
    given = [cell for cell in cells if cell]
    if _TOTAL.fullmatch(fold(given[0])):
        return f"« {given[0][:40]} » est une somme, non une ligne"
    same = sum(cell == header for cell, header in zip(cells, headers, strict=False) if cell)
    return "titres répétés" if same == len(given) and same > 1 else ""


def _lines(parts: Sequence[_Part]) -> Iterable[Row]:
    """The lines of all sheets. Of several sheets, a line has its rank among all, and says its sheet and its line there."""
    if len(parts) == 1:
        yield from (_row(line, dict(values)) for line, values in parts[0].rows)
        return
    every = ((part.sheet.name, line, values) for part in parts for line, values in part.rows)
    for rank, (name, line, values) in enumerate(every, 1):
        yield Row(rank, {**values, "sheet": f"{name}, ligne {line}"})


def _row(line: int, values: dict[str, str]) -> Row:
    """Makes a row. A line written by :func:`written` keeps the number that it had in the user's own file."""
    number = values.pop("line", "")
    return Row(int(number) if number.isdecimal() and len(number) < 8 else line, values)


def _no_need(sheets: Sequence[Sheet], headings: Headings) -> str:
    widest = max(
        (cells for sheet in sheets for _, cells in sheet.rows[:FIRST_LINES]),
        key=lambda row: sum(map(bool, row)),
        default=(),
    )
    read = ", ".join(cell for cell in widest if cell)[:200] or "aucune"
    return f"{headings.missing} Ligne la plus remplie : {read}."


def _first_words(missing: str) -> str:
    """« aucune colonne ne dit le besoin », of the sentence that says it of a whole file."""
    words = missing.partition(" :")[0]
    return words[:1].lower() + words[1:]


def _check(given: Mapping[str, str], sheets: Sequence[Sheet], headings: Headings) -> None:
    """Raises ``InvalidRequest`` for a heading that no sheet has, or a meaning that does not exist."""
    cells = {cell for sheet in sheets for _, row in sheet.rows[:FIRST_LINES] for cell in row if cell}
    errors = [
        FieldError("column", "unknown_value", f"Colonne « {header[:80]} » absente du fichier.")
        for header in given
        if header not in cells
    ]
    errors += [
        FieldError(
            "column",
            "unknown_value",
            f"Sens « {name} » inconnu. Admis : {', '.join(headings.columns)}.",
            tuple(headings.columns),
        )
        for name in given.values()
        if name and name not in headings.columns
    ]
    refuse_any(errors)


def _units(columns: Iterable[Column], headings: Headings) -> Iterator[tuple[int, Unit]]:
    """The columns of amounts whose heading states a unit, by their place."""
    for column in columns:
        unit = unit_of(column.header) if headings.scaled and column.meaning in headings.money else None
        if unit is not None:
            yield column.place, unit


def _check_read(given: Mapping[str, str], parts: Sequence[_Part]) -> None:
    """Raises ``InvalidRequest`` for a heading that is the cell of a line, and not of the headings that were read."""
    read = list(dict.fromkeys(column.header for part in parts for column in part.columns))
    errors = [
        FieldError(
            "column",
            "unknown_value",
            f"« {header[:80]} » n'est pas un titre de colonne. Titres lus : {', '.join(read)[:300]}.",
        )
        for header in given
        if header not in read
    ]
    refuse_any(errors)


def _values(cells: Sequence[str], known: Mapping[int, str], units: Mapping[int, Unit]) -> dict[str, str]:
    """The cells of the known columns. A guard against formulas, which exports add before a cell, is removed; a number takes the unit of
    its heading, unless it has its own."""
    values: dict[str, str] = {}
    for place, name in known.items():
        if place < len(cells) and cells[place]:
            text = bare(cells[place])
            if place in units and text[-1:].isdigit() and not _OWN_UNIT.search(text):
                text = f"{text} {units[place].mark}"
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


def chosen_columns(pairs: Iterable[str]) -> dict[str, str]:
    """Parses « En-tête=sens » into meanings by heading; « En-tête= » leaves the column out. Raises ``InvalidRequest``."""
    given: dict[str, str] = {}
    for pair in pairs:
        header, equals, meaning = pair.rpartition("=")
        if not equals or not header.strip():
            message = f"« {pair[:80]} » : écrivez « En-tête=sens », par exemple « Libellé=text »."
            raise InvalidRequest((FieldError("column", "invalid_value", message),))
        given[" ".join(header.split())] = meaning.strip()
    return given

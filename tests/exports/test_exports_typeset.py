"""What people read is set as French is read, wherever it is written; what programs read stays as it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from vivier.cli import terminal, terminal_tables
from vivier.exports.book import Book
from vivier.exports.delimited import csv_line, spreadsheet_line
from vivier.exports.merge_files import HEADINGS, merge_csv, merge_xlsx
from vivier.french import NO_BREAK, THIN
from vivier.mail.letter import Letter, message_of
from vivier.mail.letters import written

TYPED = "L'offre d'Auray : 30 % « à l'essai » ; et ensuite ?"
READ = f"L’offre d’Auray{NO_BREAK}: 30{NO_BREAK}% «{NO_BREAK}à l’essai{NO_BREAK}»{THIN}; et ensuite{THIN}?"
LINK = "https://l.example/?q=a:b;c!%20?"


def cells(content: bytes) -> list[Any]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_the_cells_of_a_workbook_are_set_and_its_addresses_are_not() -> None:
    file = io.BytesIO()
    book = Book(file)
    sheet = book.add_worksheet("L'essai")
    sheet.write_row(0, 0, [TYPED, 12.5, "=1+1"])
    sheet.write_url(1, 0, LINK, string=LINK)
    book.close()
    assert cells(file.getvalue()) == [READ, 12.5, "=1+1", LINK, None, None]


def test_the_same_rows_are_set_in_a_workbook_and_plain_in_a_csv() -> None:
    row = [TYPED, *[None] * (len(HEADINGS) - 1)]
    assert READ in cells(merge_xlsx([row]))
    assert TYPED in merge_csv([row]).decode() and TYPED in csv_line([TYPED])


def test_a_letter_is_set_in_its_subject_its_text_and_its_html() -> None:
    shown = {
        "title": TYPED,
        "name": "x",
        "every": "x",
        "list": "https://v.example/l?q=l'eau",
        "stop": "https://v.example/s",
    }
    values = {**shown, "subject": TYPED, "operator": None, "base": "https://v.example", "why": TYPED}
    text, html = written("ended", values)
    assert READ in text and READ in html
    message = message_of(Letter("a@b.example", TYPED, text, html, 0.0), "abc", "Vivier <v@b.example>")
    assert message["Subject"] == READ


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    stream = io.StringIO()
    for module in (terminal, terminal_tables):
        monkeypatch.setattr(module, "out", terminal._Console(file=stream, width=200))
    monkeypatch.setattr(terminal, "err", terminal._Console(file=stream, width=200))
    return stream.getvalue


def test_the_command_line_is_set_lines_tables_and_errors(printed: Callable[[], str]) -> None:
    table = terminal.Table(TYPED, title=TYPED)
    terminal.add_row(table, TYPED)
    terminal.out.print(table)
    terminal.say(TYPED)
    terminal.complain(1, ("Erreur", TYPED))
    assert printed().count(READ) == 5 and f"Erreur{NO_BREAK}: {READ}" in printed()


def test_json_of_the_command_line_stays_as_it_is(printed: Callable[[], str]) -> None:
    terminal_tables.show_json({"text": TYPED})
    assert f'"{TYPED}"' in printed()


def test_a_csv_for_a_french_spreadsheet_has_a_decimal_comma_and_that_of_the_api_a_point() -> None:
    assert spreadsheet_line(["Lot 1,5", 12.5, -0.25, 3, None]) == '"Lot 1,5";12,5;-0,25;3;\r\n'
    assert csv_line([12.5, -0.25]) == "12.5;-0.25\r\n"

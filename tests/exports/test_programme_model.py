"""The model of a programme is read back as it is offered, and offers no value that is then refused."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from vivier.desk.read.headings import TITLES
from vivier.desk.read.lot_settings import SETTINGS
from vivier.desk.read.programme import MOST_LINES, read_programme
from vivier.exports.programme_model import COLUMNS, TITLE, model_csv, model_rows, model_workbook


@pytest.mark.parametrize("content", [model_csv(), model_workbook()], ids=["csv", "xlsx"])
def test_each_example_comes_back_in_its_column(content: bytes) -> None:
    headings, *examples = model_rows()
    programme = read_programme(content)
    assert headings == [TITLES[name] for name in COLUMNS]
    assert [dict(row.values) for row in programme.rows] == [
        {name: cell for name, cell in zip(COLUMNS, example, strict=True) if cell} for example in examples
    ]


def test_the_workbook_says_how_to_write_each_column_and_offers_closed_lists() -> None:
    sheet = load_workbook(io.BytesIO(model_workbook())).active
    assert sheet is not None and sheet["A1"].value == TITLE and sheet.freeze_panes == "A3"
    notes = {name: sheet.cell(2, place).comment for place, name in enumerate(COLUMNS, 1)}
    assert all(note is not None and note.text for note in notes.values())
    by_cells = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    offered = {sheet[cells.partition(":")[0].rstrip("3") + "2"].value: formula for cells, formula in by_cells.items()}
    assert offered[TITLES["category"]] == '"travaux,fournitures,services"'
    for setting in SETTINGS:
        assert offered.get(TITLES[setting.name]) == (f'"{",".join(setting.choices)}"' if setting.choices else None)
    assert {cells.partition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for cells in by_cells} == {str(MOST_LINES + 2)}

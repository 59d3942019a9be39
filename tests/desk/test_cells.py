"""Cells and files as people write them, judged before they were read (``tests/fixtures/programme/cells.csv``); all fictitious."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.desk.programme_files import FILES, NEED, Judged
from vivier.desk.read.amounts import Amount
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Row, read_programme, written
from vivier.desk.read.understanding import understand
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon

CELLS = Path(__file__).parents[1] / "fixtures" / "programme" / "cells.csv"
MESSY = CELLS.with_name("messy_lines.csv")
"""Lines whose cells are written as people write them: place, amount over the whole duration and months, judged before they were read."""


def cases() -> list[dict[str, str]]:
    with CELLS.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def plain(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() else str(value)


def amount(money: Amount | None, partial: bool) -> str:
    if money is None:
        return "unknown"
    bounds = plain(money.least) if money.least == money.most else f"{plain(money.least)}..{plain(money.most)}"
    return bounds + " framework" * money.framework + " a year" * partial


def read(line: Line, column: str) -> str:
    """What was read of a cell, as the judged cases write it."""
    if any(error.field == column for error in line.errors):
        return "refused"
    if column == "amount":
        return amount(line.money, line.partial_amount)
    if column in ("text", "place"):
        return " ".join(choice.code for choice in (line.trades if column == "text" else line.territories))
    value: Any = line.months if column == "months" else getattr(line.own, column)
    if value is None or isinstance(value, bool):
        return "unknown" if value is None else "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value).removesuffix(".0")


@pytest.fixture(scope="module")
def messy(lexicon: Lexicon) -> list[tuple[Mapping[str, str], bool, bool]]:
    """Each messy line, whether it is read as it was judged, and whether it is marked: refused, to confirm or noted."""
    found = []
    for case in csv.DictReader(MESSY.open(encoding="utf8", newline=""), delimiter=";"):
        line = understand(
            Row(1, {name: case[name] for name in ("text", "place", "amount", "months") if case[name]}), lexicon
        )
        least, most = (None, None) if line.money is None or line.errors else (line.money.least, line.money.most)
        money = plain(least) if least == most else f"{plain(least)}..{plain(most)}"
        places = " ".join(choice.code for choice in line.territories)
        right = (places, money, plain(line.months and float(line.months))) == tuple(
            case[f"reads_{name}"] for name in ("place", "amount", "months")
        )
        found.append((case, right, line.state != "ready" or bool(line.notes)))
    return found


def test_forty_messy_lines_are_read_or_marked_and_none_is_misread_in_silence(
    messy: list[tuple[Mapping[str, str], bool, bool]],
) -> None:
    wrong = [dict(case) for case, right, _ in messy if not right]
    assert [dict(case) for case, right, marked in messy if not right and not marked] == []
    assert len(messy) >= 40 and len(wrong) <= 5, wrong


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['column']} {case['cell']}")
def test_a_cell_is_read_as_it_was_judged(case: Mapping[str, str], lexicon: Lexicon) -> None:
    column = case["column"]
    category = "travaux" if column == "exception" else "services"
    cells = {"text": "nettoyage des locaux", "place": "Rennes", "category": category} | {column: case["cell"]}
    line = understand(Row(1, cells), lexicon)
    assert read(line, column) == case["read"]
    told = (
        " ".join((*line.notes, *(error.message for error in line.errors))).replace("\u202f", " ").replace("\xa0", " ")
    )
    assert case["said"].casefold() in told.casefold()
    assert line.state == ("to_correct" if case["read"] == "refused" else line.state)


def test_the_judged_cells_are_many_and_each_is_another(lexicon: Lexicon) -> None:
    seen = [(case["column"], case["cell"]) for case in cases()]
    assert len(seen) == len(set(seen)) > 120


@pytest.mark.parametrize("judged", FILES, ids=lambda judged: judged.name)
def test_a_file_is_read_as_it_was_judged(judged: Judged) -> None:
    programme = read_programme(judged.content())
    assert [dict(row.values) for row in programme.rows] == list(judged.read)
    assert set(judged.ignored) <= set(programme.ignored)
    assert set(programme.proposed) == set(judged.proposed)
    for told in judged.told:
        assert told.casefold() in " ".join(programme.remarks).casefold()


@pytest.mark.slow
def test_every_heading_left_out_or_proposed_is_told(lexicon: Lexicon) -> None:
    for judged in FILES:
        programme = read_programme(judged.content())
        assert not set(programme.ignored) & set(programme.columns)
        assert all(any(f"« {header} »" in remark for remark in programme.remarks) for header in programme.proposed)


def test_a_mapping_corrected_by_hand_wins_over_names_and_proposals() -> None:
    content = ";".join((*NEED, "Budget")).encode() + b"\nTonte;Rennes;1;12;90000\n"
    given = {"Montant HT": "", "Budget": "amount"}
    (row,) = read_programme(content, given=given).rows
    assert row.get("amount") == "90000"
    for wrong in ({"Absente": "text"}, {"Budget": "colour"}):
        with pytest.raises(InvalidRequest) as refused:
            read_programme(content, given=wrong)
        assert refused.value.errors[0].field == "column"


def test_a_heading_that_means_nothing_is_read_once_the_user_says_what_it_is() -> None:
    content = b"Zone A;Zone B\nentretien des espaces verts;Rennes\n"
    with pytest.raises(InvalidRequest):
        read_programme(content)
    (row,) = read_programme(content, given={"Zone A": "text", "Zone B": "place"}).rows
    assert dict(row.values) == {"text": "entretien des espaces verts", "place": "Rennes"}


@pytest.mark.slow
def test_several_sheets_written_and_read_again_are_the_same_lines() -> None:
    programme = read_programme(next(judged for judged in FILES if judged.name == "two sheets of lots").content())
    again = read_programme(written(programme.rows).encode())
    assert again.rows == programme.rows


def test_an_object_says_a_range_or_a_maximum_as_a_cell_does(lexicon: Lexicon) -> None:
    for text, bounds, framework in (
        ("nettoyage des locaux, entre 50 000 et 80 000 €", (50_000, 80_000), False),
        ("espaces verts, max 400 000 € HT", (None, 400_000), True),
    ):
        money = understand(Row(1, {"text": text, "place": "Rennes"}), lexicon).money
        assert money is not None and (money.least, money.most, money.framework) == (*bounds, framework)

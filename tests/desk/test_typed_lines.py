"""A hundred lines as buyers type them, judged by somebody who saw no rule (``tests/fixtures/programme/typed_lines.csv``); all fictitious."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from vivier.desk.read.line import Line
from vivier.desk.read.programme import read_programme
from vivier.desk.read.understanding import understand
from vivier.lexicon import Lexicon

TYPED = Path(__file__).parents[1] / "fixtures" / "programme" / "typed_lines.csv"
HEADINGS = {"object": "Objet", "place": "Lieu", "amount": "Montant", "duration": "Durée"}
RIGHT_ODD, RIGHT_EVEN = 30, 20
"""Lines of fifty that are right in every column: rules may be tuned on the odd ones."""
ROUNDED = 0.001
"""Share of an amount by which two roundings may differ."""


def cases() -> list[dict[str, str]]:
    with TYPED.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def lines(lexicon: Lexicon) -> dict[int, Line]:
    """The lines that the desk reads in the file, by their rank."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADINGS.values())
    writer.writerows([case[column] for column in HEADINGS] for case in cases())
    programme = read_programme(text.getvalue().encode())
    return {row.line - 2: understand(row, lexicon) for row in programme.rows}


def right_trades(case: Mapping[str, str], line: Line) -> bool:
    first = {trade.code for trade in line.trades}
    proposed = first | {trade.code for trade in line.second_trades}
    is_outside = not first or line.state == "outside"
    wanted = [group.split("|") for group in case["trades"].split("+")]
    accepted = {code for group in wanted for code in group}
    met = all(("-" in group and is_outside) or proposed & set(group) for group in wanted)
    return met and (is_outside or first <= accepted)


def right_place(case: Mapping[str, str], line: Line) -> bool:
    wanted = case["reads_place"].split("|")
    is_doubtful = any(error.field == "place" for error in line.errors) or any("Lieu" in doubt for doubt in line.doubts)
    places = " ".join(sorted(place.code for place in line.territories))
    return line.state == "outside" or places in wanted or (wanted == ["?"] and is_doubtful)


def right_amount(case: Mapping[str, str], line: Line) -> bool:
    counted = None if line.money is None else line.money.counted
    for written in case["reads_amount"].split("|"):
        if not written or counted is None:
            if not written and counted is None:
                return True
        elif abs(counted - float(written)) <= max(1, ROUNDED * float(written)):
            return True
    return False


def right_months(case: Mapping[str, str], line: Line) -> bool:
    wanted = float(case["reads_months"] or 0)
    return (line.months or 0) == wanted if wanted >= 3 else abs((line.months or 0) - wanted) <= 1


def is_right(case: Mapping[str, str], line: Line) -> bool:
    return all(check(case, line) for check in (right_trades, right_place, right_amount, right_months))


def test_no_line_is_misread_without_a_mark(lines: dict[int, Line]) -> None:
    silent = [
        case["object"]
        for rank, case in enumerate(cases())
        if rank in lines and not is_right(case, lines[rank]) and lines[rank].state == "ready" and not lines[rank].notes
    ]
    assert silent == []


@pytest.mark.parametrize(("first", "least"), [(0, RIGHT_ODD), (1, RIGHT_EVEN)], ids=["odd", "even"])
def test_as_many_lines_as_before_are_right_in_every_column(lines: dict[int, Line], first: int, least: int) -> None:
    right = [case for rank, case in enumerate(cases()) if rank in lines and is_right(case, lines[rank])]
    ranks = [rank for rank, case in enumerate(cases()) if case in right and rank % 2 == first]
    assert len(ranks) >= least

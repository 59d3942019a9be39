"""The follow-up of hours: months, what is due and left, counted by the workbook itself; no person has a place in it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from pydantic import ValidationError

from vivier.desk.tell.follow_up import FollowUpAsked, follow_up_body
from vivier.exports.follow_up_book import follow_up_workbook


def sheets(**asked: Any) -> Any:
    body = follow_up_body(FollowUpAsked(**asked))
    return openpyxl.load_workbook(io.BytesIO(follow_up_workbook(body)))


def test_months_are_named_from_the_start_across_years() -> None:
    body = follow_up_body(FollowUpAsked(start=date(2027, 11, 30), months=4, hours=162.4))
    assert body["months"] == ["novembre 2027", "décembre 2027", "janvier 2028", "février 2028"]
    assert body["hours"] == 162 and body["companies"] == ["Titulaire"]
    assert follow_up_body(FollowUpAsked(months=2))["months"] == ["mois 1", "mois 2"]


def test_the_workbook_counts_what_is_done_and_left() -> None:
    sheet = sheets(hours=120, months=3, company=("Alpha", "Bêta"), object="=1+1")["Heures"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[3][1] == 120 and rows[1][1] != "=1+1"
    assert rows[6] == ["Mois", "Alpha", "Bêta", "Total du mois", "Fait depuis le début", "Reste à faire"]
    assert rows[7][3:] == ["=SUM(B8:C8)", "=SUM(D$8:D8)", '=IF($B$4="","",MAX(0,$B$4-E8))']
    assert rows[9][4] == "=SUM(D$8:D10)" and rows[10][:2] == ["Total", "=SUM(B8:B10)"]


def test_unknown_hours_are_left_to_write_and_never_zero() -> None:
    book = sheets(months=1)
    assert book["Heures"]["B4"].value is None
    assert book["Publics et voies"]["A3"].value == "Publics éligibles"


@pytest.mark.parametrize("field", ["object", "reference", "company"])
def test_a_person_is_refused(field: str) -> None:
    text = "Mme Martin, 06 12 34 56 78"
    with pytest.raises(ValidationError, match="ne nommez personne"):
        FollowUpAsked.model_validate({field: (text,) if field == "company" else text})

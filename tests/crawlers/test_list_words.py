"""The words of a list of one's own: what each cell may say, and what is said of a line that cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from vivier.lists import words
from vivier.lists.columns import nested, simple
from vivier.lists.errors import reason_of
from vivier.lists.schema import ListedSupplier

READ = [
    (words.yes_or_no, {"oui": True, "NON": False, "vrai": True, "Faux": False, "peut-être": "peut-être"}),
    (words.split_bars, {"a | b||": ["a", "b"], "": []}),
    (words.french_date, {" 30/06/2027 ": "2027-06-30", "2027-06-30": "2027-06-30", "30/6/2027": "30/6/2027"}),
    (words.french_number, {"1 250 000,50 €": 1250000.5, "-3": -3.0, "0": 0.0}),
    (words.number, {"12,5": 12.5, "1,234,567": None, "1e5": None, "": None, "9" * 400: None}),
    (words.long_territory, {"fr": "FR", "departement:2a": "departement:2A", " region:84 ": "region:84"}),
    (words.french_service_type, {"Prestation": "service", "mise à disposition": "staffing", "goods": "goods"}),
    (
        words.zone_of_text,
        {
            "": {"type": "undeclared"},
            "France entière": {"type": "country"},
            "30 km": {"type": "radius", "km": 30.0},
            "departement:38| commune:69123": {"type": "territories", "territories": ["departement:38", "commune:69123"]},
        },
    ),
]
REFUSED = [
    (words.french_number, "douze", "number_invalid"),
    (words.long_territory, "84", "territory_invalid"),
    (words.zone_of_text, "partout", "zone_invalid"),
    (words.french_service_type, "rien du tout", "value_invalid"),
    (words.trade_code, "zzzzzz", "trade_unknown"),
    (words.kind_code, "zzzzzz", "kind_unknown"),
    (words.label_code, "zzzzzz", "label_unknown"),
]


@pytest.mark.parametrize(("read", "cells"), READ)
def test_a_cell_is_read_as_it_is_written_in_france(read: Any, cells: dict[str, Any]) -> None:
    assert {cell: read(cell) for cell in cells} == cells
    assert read(None) is None and read(7) in (7, 7.0)


@pytest.mark.parametrize(("read", "cell", "code"), REFUSED)
def test_a_cell_that_says_nothing_is_refused_by_its_beginning(read: Any, cell: str, code: str) -> None:
    for written, shown in ((cell, cell), (cell + "x" * 90, (cell + "x" * 90)[:60])):
        with pytest.raises(PydanticCustomError) as refused:
            read(written)
        assert refused.value.type == code and f"« {shown} »" in refused.value.message()


def test_a_near_word_is_proposed_once() -> None:
    with pytest.raises(PydanticCustomError, match="vouliez-vous dire blanchisserie ?"):
        words.trade_code("blanchiserie")
    assert words.trade_code("Blanchisserie") == "blanchisserie"


def told(**line: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        ListedSupplier.model_validate({"id": "1", "name": "Atelier", **line})
    return reason_of(refused.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"name": None}, ""),
    ],
)
def test_what_is_wrong_is_said_with_the_field_and_what_was_received(line: dict[str, Any], reason: Any) -> None:
    assert told(**line) == reason

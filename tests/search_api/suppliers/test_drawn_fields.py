"""The share of the rows that have each field, build by build: those out of their limits first, each as a line of 120 by 28."""

from __future__ import annotations

from datetime import date

from search_api.suppliers.routes.fields import FieldLine, field_lines
from tests.search_api.pages.html import plain
from vivier.runs.filled import Filled


def build(day: int, records: int, **fields: int) -> Filled:
    return Filled(run=f"r{day}", day=date(2026, 11, day), records=records, fields=fields)


def told(*builds: Filled) -> dict[str, FieldLine]:
    return {line.name: line for line in field_lines(builds)}


def test_fields_out_of_their_limits_come_first_with_what_is_refused_next() -> None:
    found = told(build(1, 400, name=400, siret=200), build(2, 0), build(3, 400, name=400, siret=200))
    assert [*found] == ["name", "siret"] and (found["siret"].limits, found["siret"].before) == ("", "aucune ligne")
    fallen = told(build(1, 400, name=400, siret=200), build(3, 400, name=400, siret=100))
    assert [(line.name, line.out) for line in fallen.values()] == [("siret", True), ("name", False)]
    siret = fallen["siret"]
    assert [plain(text).replace("\xa0", " ") for text in (siret.now, siret.before, siret.limits, siret.least)] == [
        "25 %",
        "50 %",
        "39,4 % à 60,6 %",
        "12,5 %",
    ]
    assert (siret.line, siret.last, siret.limit) == ("3,14 117,19.5", (117.0, 19.5), 22.2)
    assert plain(siret.text).replace("\xa0", " ") == "siret : de 25 % à 50 %, du 1er novembre 2026 au 3 novembre 2026"


def test_a_first_build_is_one_point_and_one_without_rows_is_none() -> None:
    (alone,) = told(build(1, 400, name=100)).values()
    assert (alone.line, alone.last, alone.before, alone.limits, alone.out) == ("60,19.5", (60.0, 19.5), "", "", False)
    (empty,) = told(build(1, 0, name=0)).values()
    assert (empty.line, empty.last, empty.now, empty.least) == ("", (0, 0), "aucune ligne", "")
    assert empty.text == "name : aucune ligne"
    three = told(build(1, 4, a=4), build(2, 4, a=0), build(3, 4, a=4))["a"]
    assert three.line == "3,3 60,25 117,3"

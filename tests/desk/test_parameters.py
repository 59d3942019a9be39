"""Every figure of a method that a response rests on is in the one table, and echoed with the response."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from search_api.desk.bodies import STUDY_METHODS
from tests.house.walk import ROOT
from vivier.clausier import hours
from vivier.desk import dossier
from vivier.desk.method import depth, feasibility
from vivier.desk.tell import advice
from vivier.law.kinds import DEFAULT_ZONE_KM, KINDS
from vivier.law.parameters import parameters
from vivier.territory.covers import FULL, WIDE

CONSULTATION = (
    "advice",
    "around",
    "clause",
    "consultation",
    "duties",
    "experience",
    "feasibility",
    "feasibility_text",
    "hours",
    "lever",
    "offers",
    "reservable",
    "supply",
    "verdict",
)


def used(module: str) -> Iterator[str]:
    """Codes that a module of the desk or of the clausier asks of the table, wherever the code is a plain string."""
    path = next(path for room in ("desk", "clausier") for path in (ROOT / "vivier" / room).rglob(f"{module}.py"))
    tree = ast.parse(path.read_text(encoding="utf8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("value", "chosen"):
            first = call.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)


@pytest.mark.parametrize("module", CONSULTATION)
def test_every_parameter_used_is_in_the_table_and_echoed(module: str) -> None:
    codes = set(used(module))
    assert codes <= set(parameters())
    assert codes <= set(dossier.PARAMETERS)


@pytest.mark.parametrize("echoed", [feasibility.PARAMETERS, advice.PARAMETERS, hours.PARAMETERS, depth.PARAMETERS])
def test_what_is_echoed_is_in_the_table(echoed: tuple[str, ...]) -> None:
    assert set(echoed) <= set(parameters())


def test_the_table_says_the_bounds_that_coverage_and_zones_really_use() -> None:
    table = (parameters()["coverage_wide"].value, parameters()["coverage_full"].value)
    assert table == (WIDE, FULL), "write the same in vivier/territory/covers.py, which reads no table"
    assert {kind.zone_km for kind in KINDS.values()} == {DEFAULT_ZONE_KM} == {parameters()["zone_default_km"].value}


def test_every_parameter_lies_in_its_own_range_and_says_where_it_comes_from() -> None:
    for one in parameters().values():
        assert (one.low is None or one.low <= one.value) and (one.high is None or one.value <= one.high), one.code
        assert one.status and one.source and one.title and one.unit


def test_a_study_names_the_version_of_every_method_it_rests_on() -> None:
    assert {"feasibility", "supply", "offers", "clause", "advice"} == set(STUDY_METHODS)
    assert set(STUDY_METHODS) <= set(dossier.METHODS)

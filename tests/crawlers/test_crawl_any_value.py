"""Whatever stands in a cell or under a key, a row has an outcome with known words, and no contact in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.kit import Aside, CsvFamily, Intake, JsonItems, JsonPages, Row, Skip, settle
from crawlers.sources import asp, data_inclusion, emplois, esat, finess_legacy, geiq, siae
from crawlers.sources._emplois_marche import PAGES
from crawlers.sources._fluxiae_annexes import ANNEXES, Annexes
from crawlers.sources.fluxiae import STRUCTURES, Join
from crawlers.words import ASIDES, ISSUES, SKIPS
from vivier.model import Record

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TABLES: tuple[CsvFamily, ...] = (asp.FAMILY, data_inclusion.ROWS, esat.FAMILY, geiq.FAMILY, siae.FAMILY)
DOCUMENTS: tuple[JsonItems | JsonPages, ...] = (data_inclusion.ITEMS, emplois.FAMILY, PAGES)
GOOD = ("99910020900017", "EI", "aci", "2026-07-01", "01/07/2026", "-1.67", "48.11", "VALIDE", "EI_DC", "35238", "246")
cells = st.one_of(st.sampled_from(GOOD), st.text(max_size=30), st.from_regex(r"0[1-9]( \d\d){4}", fullmatch=True))
values = st.recursive(
    st.one_of(cells, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def intake() -> Intake:
    return Intake(card=siae.CARD, now=NOW)


def check(outcome: object) -> None:
    if isinstance(outcome, Record):
        assert set(outcome.issues) <= set(ISSUES)
        assert outcome.model_dump_json()
    elif isinstance(outcome, Aside):
        assert outcome.reason in ASIDES and outcome.detail
    else:
        assert isinstance(outcome, Skip) and outcome.reason in SKIPS


def row_of(names: tuple[str, ...], drawn: st.DataObject, strategy: st.SearchStrategy[object]) -> Row:
    return Row({name: drawn.draw(strategy, label=name) for name in names}, "ligne 1")


@given(st.data(), st.sampled_from(TABLES))
@settings(max_examples=60, deadline=None)
def test_any_cells_of_a_table_have_an_outcome(drawn: st.DataObject, family: CsvFamily) -> None:
    check(settle(row_of((*family.required, *family.optional), drawn, cells), intake(), family.convert))


@given(st.data(), st.sampled_from(DOCUMENTS))
@settings(max_examples=60, deadline=None)
def test_any_values_of_a_document_have_an_outcome(drawn: st.DataObject, family: JsonItems | JsonPages) -> None:
    row = row_of(tuple(dict.fromkeys((*family.known, *family.required, "postes"))), drawn, values)
    check(settle(row, intake(), family.convert))


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_any_agreement_and_any_structure_have_an_outcome(drawn: st.DataObject) -> None:
    annexes = Annexes(NOW.date())
    outcome = annexes._read(row_of((*ANNEXES.required, *ANNEXES.optional), drawn, cells), "ligne 3", intake())
    if outcome is not None:
        check(outcome)
    structure = row_of((*STRUCTURES.required, *STRUCTURES.optional), drawn, cells)
    check(settle(structure, intake(), Join(annexes).structure))


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_any_row_of_finess_until_2026_has_an_outcome(drawn: st.DataObject) -> None:
    sites = finess_legacy.Sites()
    outcome = sites.take("ligne 2", [drawn.draw(cells, label=name) for name in finess_legacy.COLUMNS])
    if outcome is not None:
        check(outcome)
    sites.take("ligne 3", ["geolocalisation", *sites.waiting, *[drawn.draw(cells) for _ in range(5)]][:6])
    for draft in sites.drafts(intake()):
        check(draft.outcome)


def test_a_list_as_deep_as_a_well_is_no_kind() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert data_inclusion.kinds_of(deep) == ()

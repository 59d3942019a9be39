"""« Passés, que je n'ai pas eus »: each contract is of a trade of the structure, held by another, with the fact that was missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.homes import opened
from tests.demo_home import TODAY, demo_home
from tests.real_home import real_home
from vivier.contracts.find import find_list
from vivier.contracts.missed import missed_profile
from vivier.contracts.query import ContractQuery
from vivier.errors import InvalidRequest
from vivier.lexicon import load_lexicon
from vivier.search.operators import All
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings


def _check(snapshot: Snapshot, day: date, few: int) -> None:
    lexicon, seen = load_lexicon(), 0
    for supplier in list(snapshot.suppliers.scan(All()))[:few]:
        found = find_list(ContractQuery(missed=supplier.id), snapshot, lexicon, day)
        profile = missed_profile(supplier.id, snapshot, lexicon, day)
        for result in found.results:
            seen += 1
            assert result.reasons[0].code == "missing" and result.reasons[0].text.startswith("pas eu : ")
            assert profile.siren not in {each.get("siren") for each in result.record.get("holders", ())}
            assert result.record["notified"] <= day.isoformat()
    assert seen


@pytest.mark.slow
def test_every_structure_of_the_demonstration_has_its_past_contracts(tmp_path: Path) -> None:
    settings: Settings = demo_home(tmp_path)
    with opened(settings) as snapshot:
        _check(snapshot, TODAY, 120)


@pytest.mark.slow
def test_every_structure_of_the_real_lists_has_its_past_contracts(tmp_path: Path) -> None:
    settings = real_home(tmp_path)
    with opened(settings) as snapshot:
        _check(snapshot, date(2026, 11, 1), 400)


@pytest.mark.slow
def test_a_structure_that_is_not_in_the_index_is_refused_by_name(tmp_path: Path) -> None:
    with opened(demo_home(tmp_path)) as snapshot, pytest.raises(InvalidRequest, match="personne"):
        find_list(ContractQuery(missed="personne"), snapshot, load_lexicon(), TODAY)

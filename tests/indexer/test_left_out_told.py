"""What a build counted becomes sections of figures: shares, what is known of a list, what was left out and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from vivier.runs.quality import Figure, left_out_section
from vivier.runs.quality_lists import COLLECTIONS, list_sections
from vivier.search.port import Generation

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_figure_is_a_share_of_what_it_is_part_of() -> None:
    assert Figure("a", 1, 4).share.replace("\u202f", " ").replace("\u00a0", " ") == "25 %"
    assert Figure("a", 1, 0).share == ""


def test_records_left_out_are_counted_by_reason_or_nothing_is_told() -> None:
    left = {"count": 3, "reasons": {"numéro lu deux fois": 2, "sans nom": 1}, "examples": []}
    (section,) = left_out_section({"set_aside": left}, "contracts", "Marchés : ")
    assert (section.id, section.title) == ("contracts-ecartes", "Marchés : Écartés de l'index")
    assert section.figures == (Figure("Numéro lu deux fois", 2, 0), Figure("Sans nom", 1, 0))
    for nothing in ({}, {"set_aside": left | {"count": 0, "reasons": {}}}):
        assert [*left_out_section(nothing, "contracts")] == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_list_that_was_counted_has_its_sections_and_another_none(place: int) -> None:
    listed = COLLECTIONS[place]

    def sections(meta: dict[str, Any]) -> list[str]:
        made = Generation("g", listed.collection, True, 4, NOW, meta)
        return [section.id for section in list_sections(listed, made)]

    assert sections({}) == sections({"tally": {}}) == []
    found = sections({"tally": {"quality:amount_missing": 1, "quality:place_missing": 3, "known:amount": 2}})
    middle = {"contracts": "contracts-considerations", "notices": "notices-natures"}[listed.collection]
    assert found[:2] == [f"{listed.collection}-champs", middle] and found[-1] == f"{listed.collection}-doutes"

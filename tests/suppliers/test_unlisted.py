"""A département of which the lists have no inclusive structure is told as a gap of the lists: by a search, a study, the depth map."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from vivier.engine.port import Generation
from vivier.lexicon import Lexicon
from vivier.suppliers.unlisted import gap_text, unlisted

COUNTED = {"departement:35": {"total": 3, "EI": 2}, "departement:59": {"total": 4}, "": {"total": 1}}


def generation(departements: dict[str, Any] | None) -> Generation:
    meta = {} if departements is None else {"quality": {"departements": departements}}
    return Generation("suppliers-1", "suppliers", True, 8, datetime(2026, 11, 1, tzinfo=UTC), meta)


def found(id_: str, lexicon: Lexicon, counted: dict[str, Any] | None = None) -> list[str]:
    place = lexicon.gazetteer.get(id_)
    listed = generation(COUNTED if counted is None else counted)
    return [each.code for each in unlisted((place,), listed, lexicon.gazetteer)]


@pytest.mark.parametrize(
    ("place", "missing"),
    (
        ("departement:35", []),
        ("departement:59", ["59"]),  # suppliers, none of an inclusive kind
        ("commune:59350", ["59"]),
        ("region:53", ["22", "29", "56"]),
        ("FR", []),  # nobody reads a list of a hundred
        ("commune:97502", []),  # an overseas collectivity may have none
    ),
)
def test_the_departements_without_any_inclusive_structure(place: str, missing: list[str], lexicon: Lexicon) -> None:
    assert found(place, lexicon) == missing


def test_a_generation_that_does_not_tell_says_nothing(lexicon: Lexicon) -> None:
    north = lexicon.gazetteer.get("departement:59")
    assert unlisted((north,), generation(None), lexicon.gazetteer) == ()
    assert (
        found("departement:59", lexicon, {"departement:35": {"total": 3}}) == []
    )  # no kind anywhere: a corpus of labels alone


def test_the_sentence_names_a_few_and_counts_many(lexicon: Lexicon) -> None:
    north = lexicon.gazetteer.get("departement:59")
    assert gap_text(()) is None
    assert "dont le siège est dans le Nord :" in str(gap_text((north,)))
    others = tuple(replace(north, name=name) for name in ("Nord", "Aisne", "Oise", "Somme"))
    assert "dans 4 départements (Nord, Aisne, Oise…)" in str(gap_text(others))

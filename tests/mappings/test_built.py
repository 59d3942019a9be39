"""The tables made from others: fresh, read instead of made again, and made again when what they come from changed."""

from __future__ import annotations

from pathlib import Path

import pytest

import mappings
from scripts.build_needs import BUILT, stale
from tests.work import calls
from vivier.lexicon import Lexicon
from vivier.needs import index as needs
from vivier.territory import communes, names


@pytest.mark.slow
def test_the_tables_are_as_they_would_be_made_today() -> None:
    assert stale() == [], "run: python -m scripts.build_needs"


def test_reading_a_need_reads_no_word_of_the_tables_again(lexicon: Lexicon) -> None:
    """Making them took some two million calls, two seconds of each run of the command line."""
    assert calls(lambda: needs.needs_index.__wrapped__(lexicon)) < 150_000
    assert calls(lambda: names.PlaceNames(lexicon.gazetteer)) < 5_000
    assert calls(communes.read_communes) < 1_000


@pytest.mark.parametrize("name", BUILT)
def test_a_table_made_from_others_than_those_of_today_is_not_read(name: str) -> None:
    assert mappings.read_built(name, "of another day") is None
    assert mappings.read_built("absent", "") is None


def test_the_digest_is_that_of_every_table(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("a")
    other.write_text("b")
    assert mappings.digest_of(one, other) != mappings.digest_of(other, one)
    before = mappings.digest_of(one, other)
    other.write_text("c")
    assert mappings.digest_of(one, other) != before


@pytest.mark.slow
def test_the_index_is_the_same_whether_its_tables_are_read_or_made(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = needs.needs_index(lexicon)
    monkeypatch.setattr(needs, "read_built", lambda name, digest: None)
    made = needs.needs_index.__wrapped__(lexicon)
    assert read.phrases.phrases == made.phrases.phrases and read.tables == made.tables
    assert read.lexis.surface == made.lexis.surface

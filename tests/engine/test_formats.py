"""Generations of the format before, of the one after, and of those that are too far: read with unknown fields, left alone, or refused by name."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from indexer.promotion import rollback
from tests.engine.compare import COLLECTION
from tests.engine.crash import answer_of, publish, size, whole
from tests.engine.versions import numbered, without
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import IndexUnreadable
from vivier.search.formats import FORMAT
from vivier.search.operators import All, Phrase, Search, Sort, Terms, Text


def test_a_generation_of_the_format_before_answers_and_what_it_does_not_have_is_unknown(tmp_path: Path) -> None:
    folder = tmp_path / COLLECTION / publish(EmbeddedStore(tmp_path), 1)
    without(folder, "documents/networks", "nested/agreements")
    numbered(folder, None)
    engine = EmbeddedStore(tmp_path)
    reader = engine.open(COLLECTION)
    assert reader.search(Search(All(), sort=(Sort("networks"),))).total == size(1)
    assert reader.search(Search(Terms("networks", ("mark-1",)))).total == 0
    text = Text(((Phrase("text_name", ("ateli",), 1), Phrase("text_unknown", ("ateli",), 9)),))
    assert reader.search(Search(text, text)).total == size(1)
    assert reader.search(Search(Text(((Phrase("text_unknown", ("ateli",), 9),),)))).total == 0
    (warning,) = engine.warnings()
    assert "networks" in warning and "agreements.valid_until" in warning and "vivier index" in warning
    assert engine.ready() == []


@pytest.mark.parametrize(("number", "advice"), [(FORMAT + 1, "Mettez Vivier à jour"), (FORMAT - 2, "vivier index")])
def test_a_generation_too_far_is_left_alone_and_the_one_before_it_is_served(
    tmp_path: Path, number: int, advice: str
) -> None:
    engine = EmbeddedStore(tmp_path)
    publish(engine, 1)
    far = tmp_path / COLLECTION / publish(engine, 2)
    numbered(far, number)
    engine = EmbeddedStore(tmp_path)
    assert answer_of(engine) == whole(1)
    (warning,) = engine.warnings()
    assert advice in warning and far.name in warning and engine.ready() == []


def test_the_only_generation_of_another_format_says_what_to_do(tmp_path: Path) -> None:
    far = tmp_path / COLLECTION / publish(EmbeddedStore(tmp_path), 1)
    numbered(far, FORMAT + 1)
    engine = EmbeddedStore(tmp_path)
    with pytest.raises(IndexUnreadable, match=rf"{far.name}.*format {FORMAT + 1}.*Mettez Vivier à jour"):
        answer_of(engine)
    assert len(engine.ready()) == 1


def test_a_rollback_to_what_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    far, live = publish(engine, 1), publish(engine, 2)
    numbered(tmp_path / COLLECTION / far, FORMAT - 2)
    engine = EmbeddedStore(tmp_path)
    for name in (None, far):
        with pytest.raises(IndexUnreadable, match=far):
            rollback(engine, COLLECTION, name)
    assert engine.live(COLLECTION).name == live and answer_of(engine) == whole(2)


def test_a_generation_says_its_format(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    folder = tmp_path / COLLECTION / publish(engine, 1)
    assert orjson.loads((folder / "generation.json").read_bytes())["format"] == FORMAT
    assert engine.live(COLLECTION).format == FORMAT

"""Names looked up by the beginning of their words: the same completions on both engines, in the same order."""

from __future__ import annotations

import pytest

from tests.engine.asking import ids
from tests.engine.compare import COLLECTION, assert_same
from tests.engine.conftest import Trio
from vivier.lexicon import load_lexicon
from vivier.search.operators import Phrase, Text
from vivier.search.port import Document, Reader
from vivier.search.snapshot import Snapshot
from vivier.search.suggest import search_of, suggest


def begins(*words: str) -> Text:
    return Text(tuple((Phrase("text_begin", (word,)),) for word in words))


@pytest.mark.parametrize("words", [("j",), ("jard",), ("jardins",), ("eve",), ("jpe",), ("pont", "jar")])
def test_a_word_is_found_by_any_beginning_whatever_its_accents(village: Reader, words: tuple[str, ...]) -> None:
    assert ids(village, begins(*words)) == {"both-fields"}


@pytest.mark.parametrize("words", [("ardins",), ("jardinss",), ("jard", "lyon"), ("",)])
def test_what_does_not_begin_a_word_is_not_found(village: Reader, words: tuple[str, ...]) -> None:
    assert ids(village, begins(*words)) == set()


def test_both_engines_complete_names_alike(trio: Trio, corpus: list[Document]) -> None:
    lexicon = load_lexicon()
    names = [name for document in corpus[::25] for name in document["text_begin"][:1]]
    for name in names:
        for length in (2, 5, len(name)):
            words = lexicon.analysis.tokens("name", name[:length])
            if not words:
                continue
            search = search_of(words, 10)
            found = trio.embedded.open(COLLECTION).search(search)
            assert_same(trio.opensearch.open(COLLECTION).search(search), found)
            assert_same(found, trio.reference.answer(search))


def test_a_whole_name_is_completed_by_itself_first(trio: Trio, corpus: list[Document]) -> None:
    lexicon = load_lexicon()
    document = next(one for one in corpus if one.get("closed") != "yes" and len(one["text_begin"][0].split()) > 2)
    name = document["text_begin"][0]
    for engine in (trio.embedded, trio.opensearch):
        found = suggest(name.upper(), ("supplier",), 20, Snapshot(engine), lexicon)
        assert document["id"] in {one.id for one in found}

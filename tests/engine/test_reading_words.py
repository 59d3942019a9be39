"""Many values in their file and common words: found as few values and rare words are."""

from __future__ import annotations

import random
from pathlib import Path

import orjson
import pytest

from vivier.engine.embedded.values import MANY, FewValues, ManyValues, open_values
from vivier.engine.embedded.words import Words, WordsWriter
from vivier.search.operators import Phrase, Text

# --- values in their file


def _opened(values: list[str]) -> FewValues | ManyValues:
    opened = open_values(memoryview(orjson.dumps(sorted(values))), len(values))
    assert isinstance(opened, FewValues | ManyValues)
    return opened


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["", "é", "Œuvre, « à »", "😀", "a,b"]])
def test_many_values_stay_in_their_file_and_are_found_there(more: list[str]) -> None:
    values = sorted([f"value {n:06}" for n in range(MANY)] + more)
    opened = _opened(values)
    assert isinstance(opened, ManyValues)
    assert [opened[i] for i in range(len(opened))] == values
    some = [*values[::5_000], *more, values[-1]]
    assert [opened.place_of(value) for value in some] == [values.index(value) for value in some]
    assert [opened.place_of(value) for value in ("value", "value 000000 ", "zzz", "😁")] == [None] * 4


@pytest.mark.parametrize("odd", [",", 'a "name"', "two\nlines", "back\\slash"])
def test_a_value_that_json_cannot_show_as_it_is_has_them_all_read(odd: str) -> None:
    values = sorted([f"{n:06}" for n in range(MANY)] + [odd])
    opened = _opened(values)
    assert isinstance(opened, FewValues)
    assert list(opened) == values
    assert opened.place_of(odd) == values.index(odd)


# --- words


@pytest.mark.slow
def test_common_words_are_met_as_rare_ones_are(tmp_path: Path) -> None:
    draw = random.Random(5)
    lots = [
        " ".join(["lot", *draw.sample(["jardin", "pont", "route", "ecole"], 2), *(["rare"] if n % 900 == 0 else [])])
        for n in range(60_000)
    ]
    writer = WordsWriter(tmp_path / "words", ("text_object", "text_parties"))
    writer.add(
        0,
        [{"text_object": [lot], "text_parties": ["pont"] if row % 50 == 0 else []} for row, lot in enumerate(lots)],
    )
    writer.save()
    words = Words(tmp_path / "words", len(lots))
    jardin, pont = Phrase("text_object", ("jardin",), 5), Phrase("text_object", ("pont",), 4)
    texts = [
        Text(((jardin,),)),
        Text(((Phrase("text_object", ("lot",), 3),), (pont, Phrase("text_parties", ("pont",), 9)))),
        Text(((Phrase("text_object", ("jardin", "pont"), 2), jardin), (pont,))),
        Text(((Phrase("text_object", ("rare",), 2),), (jardin, pont))),
        Text(((jardin,), ())),
        Text(((Phrase("text_object", ("pont", "lot"), 2),),)),
    ]
    for text in texts * 2:  # the second time common words are known
        rows, points = words.search(text)
        found = dict(zip(rows.tolist(), points.tolist(), strict=True))
        assert found == _by_hand(text, lots)


def _by_hand(text: Text, lots: list[str]) -> dict[int, int]:
    found = {}
    for row, lot in enumerate(lots):
        texts = {"text_object": lot, "text_parties": "pont" if row % 50 == 0 else ""}
        best = [
            [phrase.points for phrase in group if f" {' '.join(phrase.tokens)} " in f" {texts[phrase.field]} "]
            for group in text.groups
        ]
        if all(best):
            found[row] = sum(map(max, best))
    return found

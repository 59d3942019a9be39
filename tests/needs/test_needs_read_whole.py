"""Sentences judged by hand (``tests/relevance/needs_read.jsonl``): place, distance, trades, every other parameter.

The words of the reader were tuned on the half « tune »; nothing was tuned on the half « held ».
"""

from __future__ import annotations

import pytest

from benchmarks.cases import cases
from benchmarks.needs import reading_gaps
from vivier.lexicon import Lexicon

TUNE, HELD = cases("needs_read", "tune"), cases("needs_read", "held")


def test_the_two_halves_are_of_one_size_and_no_sentence_is_written_twice() -> None:
    assert (len(TUNE), len(HELD)) == (32, 32)
    assert len({case["query"] for case in (*TUNE, *HELD)}) == 64


@pytest.mark.parametrize("case", [*TUNE, *HELD], ids=lambda case: str(case["query"]))
def test_what_a_sentence_says_is_applied_or_said_not_to_be(case: dict[str, object], lexicon: Lexicon) -> None:
    assert reading_gaps(case, lexicon) == []

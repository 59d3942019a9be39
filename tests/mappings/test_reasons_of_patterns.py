"""A row of the vocabulary of needs that is more than plurals and choices says why, in a few words."""

from __future__ import annotations

import re

from mappings import read_table

_PATTERN = re.compile(r"\(\?[<=!]|\\|\[|\.\*|\{")
"""A look around, a class of characters, any text, a number of times."""
MOST_WORDS = 12


def test_a_pattern_that_looks_around_says_why() -> None:
    rows = list(read_table("need_vocabulary"))
    silent = [row["patterns"] for row in rows if _PATTERN.search(row["patterns"]) and not row["why"]]
    assert len(rows) > 400 and silent == []


def test_a_reason_is_short() -> None:
    reasons = [row["why"] for row in read_table("need_vocabulary")]
    assert [reason for reason in reasons if len(re.findall(r"\w+", reason)) > MOST_WORDS] == []

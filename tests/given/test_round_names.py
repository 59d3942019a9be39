"""Rounds opened together are found from one another by their secret alone, and a question is asked again with its answers."""

from __future__ import annotations

import re

from vivier.given.round import sibling_of, token_of


def test_a_sibling_and_a_link_are_drawn_from_the_id_of_a_round_each_another() -> None:
    drawn = [sibling_of("a", 1), sibling_of("a", 2), sibling_of("b", 1), token_of("a", "1"), token_of("b", "1")]
    assert len(set(drawn)) == 5 and all(re.fullmatch(r"[0-9a-f]{40}", text) for text in drawn)
    assert sibling_of("a", 1) == drawn[0] and token_of("a", "1") == drawn[3]

"""Which excerpts of a notice are shown: long enough to teach, short enough to cite, of the right kind, without a person."""

from __future__ import annotations

from typing import Any

import pytest

from vivier.clausier.seen import LONGEST, SHORTEST, _excerpts


@pytest.mark.parametrize(
    ("text", "provision", "shown"),
    [
        ("a" * SHORTEST, "clause", "a" * SHORTEST),
        ("a" * (SHORTEST - 1), "clause", None),
        ("a" * LONGEST, "criterion", "a" * LONGEST),
        ("a" * (LONGEST + 1), "clause", "a" * (LONGEST - 1) + "…"),
        ("a" * (LONGEST - 2) + " bcd", "clause", "a" * (LONGEST - 2) + "…"),
        ("a" * SHORTEST, "environmental", None),
        ("écrire à claire.martin@exemple.example pour la clause", "clause", None),
    ],
)
def test_an_excerpt_is_shown_or_left_out(text: str, provision: str, shown: str | None) -> None:
    evidence = {"excerpt": text, "provision": provision, "provenance": {"dataset": "d", "producer": "p"}}
    record: Any = {"evidence": [evidence], "buyer": {"name": "Ville"}, "published": "2026-01-01", "offers": 3}
    found = list(_excerpts("n1", record, "social"))
    assert [one["text"] for one in found] == ([] if shown is None else [shown])
    for one in found:
        assert (one["notice"], one["buyer"], one["offers"], one["producer"]) == ("n1", "Ville", 3, "p")

"""A signature is of what was said: other words have another hash, the same words in another order the same."""

from __future__ import annotations

from typing import Any

from vivier.given.signed import digest, digest_of_request, signature


def test_the_hash_of_what_is_said_changes_with_it_and_not_with_its_order() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) and len(digest([])) == 64
    assert len({digest(values) for values in ({"a": 1}, {"a": 2}, ["a", 1], [1, "a"])}) == 4


def test_a_signature_is_told_while_what_it_signs_is_said() -> None:
    row: Any = {"signed_on": "2026-11-24", "signed_by": "boîte", "signed_hash": "h"}
    assert signature(row, "h") == {"signed_on": "2026-11-24", "signed_by": "boîte"}
    assert signature(row, "autre") == signature(row, None) == {"signed_on": None, "signed_by": None}


def test_the_hash_of_a_request_is_of_what_it_says_and_of_whom() -> None:
    row: Any = {"kind": "declaration", "supplier": "a", "siret": "1", "finess": None, "content": "{}", "state": "x"}
    first = digest_of_request(row)
    assert first == digest_of_request(row | {"state": "y"}) and len(first) == 64
    for name in ("kind", "supplier", "siret", "finess", "content"):
        assert digest_of_request(row | {name: "autre"}) != first, name

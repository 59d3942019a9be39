"""What the members of a supplier hold, as their declaration says: answers, exports and the merge follow from it."""

from __future__ import annotations

from vivier.model import Address, Agreement, Fact, Provenance
from vivier.model.supplier import OtherValue, members


def test_a_member_is_one_fact_several_or_plain_values() -> None:
    found = members()
    assert "id" not in found and "learnt" not in found
    read = {name: (found[name].several, found[name].fact, found[name].value) for name in ("name", "address", "closed")}
    assert read == {
        "name": (False, Fact[str], str),
        "address": (False, Fact[Address], Address),
        "closed": (False, Fact[bool], bool),
    }
    lists = {
        name: (found[name].several, found[name].fact, found[name].value) for name in ("agreements", "sources", "others")
    }
    assert lists == {
        "agreements": (True, Fact[Agreement], Agreement),
        "sources": (True, None, Provenance),
        "others": (True, None, OtherValue),
    }
    assert (found["issues"].several, found["issues"].kind) == (True, str)

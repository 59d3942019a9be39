"""The SIRETs of a stored record: the retained one first, each once, numbers of another form left out."""

from __future__ import annotations

from typing import Any

import pytest

from vivier.given.sirets import sirets_of

ONE, TWO = "12345678900011", "12345678900029"


@pytest.mark.parametrize(
    ("record", "read"),
    [
        ({}, ()),
        ({"siret": None}, ()),
        ({"siret": {"value": TWO}}, (TWO,)),
        ({"siret": {"value": TWO}, "identifiers": (ONE, TWO)}, (TWO, ONE)),
        ({"siret": None, "identifiers": (ONE, TWO, ONE)}, (ONE, TWO)),
        # a SIREN, a RNA of fourteen characters, a number too long
        ({"identifiers": ("123456789", "W1234567890123", "123456789000110", ONE)}, (ONE,)),
    ],
)
def test_sirets_of_a_record(record: Any, read: tuple[str, ...]) -> None:
    assert sirets_of(record) == read

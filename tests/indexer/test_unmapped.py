"""A field that nobody declared in the mapping is a fault of the code: the build stops and names both, rather than leave documents out."""

from __future__ import annotations

import pytest

from indexer.aside import without_odd
from vivier.engine.strict import DocumentCheck
from vivier.errors import BuildRefused
from vivier.search.port import Document


def test_a_field_that_was_not_declared_stops_the_build_and_names_the_file() -> None:
    check = DocumentCheck("suppliers")
    documents: list[Document] = [{"id": "v1", "tie": 1, "record": {}, "slogan": "Vite et bien"}]
    with pytest.raises(BuildRefused) as refused:
        without_odd(documents, lambda some: [check.row(one) for one in some], lambda one: str(one["id"]))
    assert str(refused.value) == "Champ « slogan » absent de mappings/suppliers.json : déclarez-le, puis recommencez."

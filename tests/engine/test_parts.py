"""A generation of the embedded engine written in parts: the same columns, however the documents are shared out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.compare import COLLECTION
from tests.engine.village import VILLAGE, doc, offer, point
from vivier.engine.embedded.building import COLUMNS
from vivier.engine.embedded.columns import Keyword
from vivier.engine.embedded.container import Container
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import BuildRefused
from vivier.search.port import Document

ODD: list[Document] = [
    doc("wide", networks=["w" * 65, "é" * 40, "n1"], name_sort="z" * 300),
    doc("nul", networks=["a\0", "a", ""], name_sort="\0"),
    doc("accents", networks=["été", "ete", "ét", "Été"], location=point(0.0, 0.0), staff=0),
    doc("twice", networks=["n1", "n1"], offers=[offer("traiteur", "departement:35")] * 2),
    doc("bare"),
]
CORPUS = [*VILLAGE, *ODD]


def columns(folder: Path) -> dict[str, bytes]:
    """Every column of a generation."""
    container = Container(folder / COLUMNS)
    return {name: container.array(name).tobytes() for name in container.names()}


def built(root: Path, parts: list[list[Document]]) -> dict[str, bytes]:
    engine = EmbeddedStore(root)
    building = engine.build(COLLECTION)
    for documents in parts:
        preparation = building.preparation()
        preparation.add(documents)
        building.add_part(preparation.part())
    generation = building.finish({})
    engine.close()
    return columns(root / COLLECTION / generation.name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(tmp_path_factory.mktemp("whole"), [CORPUS])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(1, len(CORPUS) - 1), max_size=6))
def test_columns_do_not_depend_on_the_parts(
    whole: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, cuts: set[int]
) -> None:
    edges = [0, *sorted(cuts), len(CORPUS)]
    parts = [CORPUS[start:stop] for start, stop in pairwise(edges)]
    assert built(tmp_path_factory.mktemp("parts"), parts) == whole


def test_a_column_holds_what_the_documents_say(tmp_path: Path) -> None:
    built(tmp_path, [CORPUS[:20], CORPUS[20:]])
    folder = next(one for one in (tmp_path / COLLECTION).iterdir() if one.is_dir())
    networks = Keyword(Container(folder / COLUMNS), "documents/networks")
    said: dict[str, list[int]] = {}
    for row, document in enumerate(CORPUS):
        for value in set(document.get("networks", ())):
            said.setdefault(value, []).append(row)
    assert networks.values == sorted(said)
    assert {value: networks.rows_of(value).tolist() for value in said} == said
    least = [min(document.get("networks", ()), default=None) for document in CORPUS]
    assert [networks.values[first] if first < len(said) else None for first in networks.first] == least


def test_two_documents_of_one_id_in_two_parts_are_refused_and_nothing_stays(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    building = engine.build(COLLECTION)
    building.add([doc("one"), doc("two")])
    building.add([doc("three"), doc("two")])
    with pytest.raises(BuildRefused, match="« two », champ « id »"):
        building.finish({})
    building.abandon()
    assert engine.generations(COLLECTION) == []
    assert [path.name for path in (tmp_path / COLLECTION).iterdir() if path.is_dir()] == []


def test_an_empty_generation_has_its_columns(tmp_path: Path) -> None:
    made = built(tmp_path, [])
    assert made["documents/id.values"] == b"[]"
    assert made["documents/parents"] == made["nested/offers/trade.rows"] == b""


def test_a_list_that_several_entries_share_is_that_of_each(tmp_path: Path) -> None:
    """Offers of a supplier reach the same territories: the list is one object, and is looked at once."""
    reached = ["departement:35", "departement:22", "departement:35"]
    shared = [doc("a", networks=reached), doc("b", networks=reached), doc("c", networks=["departement:56"]), doc("d")]
    apart: list[Document] = [{**document, "networks": [*document.get("networks", ())]} for document in shared]
    assert built(tmp_path / "shared", [shared]) == built(tmp_path / "apart", [apart])

"""An export is the same on both engines, and its memory does not grow with its rows."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from search_api.suppliers.geojson import geojson
from tests.engine.compare import serve
from tests.engine.conftest import Trio, corpus, trio
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.exports import prepare
from vivier.exports.files import FORMATS, pieces_of, save, write_file
from vivier.lexicon import load_lexicon
from vivier.search.columns import Cell
from vivier.search.port import Document, Store
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery

pytestmark = pytest.mark.slow

__all__ = ["corpus", "trio"]
TODAY = date(2026, 11, 24)
QUERIES = [
    SupplierQuery(),
    SupplierQuery(territory=("departement:35",)),
    SupplierQuery(territory=("region:84",), coverage="any", sort="distance"),
    SupplierQuery(near=(2.35, 48.85), radius_km=150, sort="distance"),
    SupplierQuery(q="espaces verts"),
    SupplierQuery(sort="name"),
    SupplierQuery(sort="updated", kind=("ESAT", "EA")),
    SupplierQuery(sort="neutral", seed="appel-7"),
]


def rows(query: SupplierQuery, engine: Store) -> list[list[Cell]]:
    document = prepare(query, Snapshot(engine), load_lexicon(), TODAY)
    found = list(document.rows())
    assert len(found) == document.found.total > 20
    place = [column.name for column in document.columns].index("distance_km")
    for row in found:
        distance = row[place]
        assert distance is None or isinstance(distance, float)
        row[place] = None if distance is None else round(distance, 1)
    return found


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: str(query.model_dump(exclude_defaults=True)))
def test_both_engines_give_the_same_rows(trio: Trio, query: SupplierQuery) -> None:
    assert rows(query, trio.embedded) == rows(query, trio.opensearch)


@pytest.fixture(scope="module")
def large(corpus: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The corpus six times over."""
    engine = EmbeddedStore(tmp_path_factory.mktemp("large"))
    serve(engine, ({**one, "id": f"{one['id']}-{turn}"} for turn in range(6) for one in corpus))
    yield engine
    engine.close()


def _pieces(extension: str, query: SupplierQuery, engine: Store) -> Iterator[bytes]:
    if extension == "geojson":
        return geojson(query, Snapshot(engine), load_lexicon(), TODAY, limit=50_000)[1]
    return pieces_of(prepare(query, Snapshot(engine), load_lexicon(), TODAY), extension)


def _peak(work: Callable[[], int]) -> int:
    work()  # what is read once and kept is no growth
    gc.collect()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.long
@pytest.mark.parametrize("extension", FORMATS)
def test_memory_does_not_grow_with_the_rows(large: EmbeddedStore, extension: str) -> None:
    few, many = SupplierQuery(kind=("ESAT",)), SupplierQuery()
    sizes: dict[str, int] = {}

    def work(query: SupplierQuery) -> Callable[[], int]:
        def run() -> int:
            sizes[str(query)] = sum(len(piece) for piece in _pieces(extension, query, large))
            return 0

        return run

    small, big = _peak(work(few)), _peak(work(many))
    assert sizes[str(many)] > 4 * sizes[str(few)]
    # The library of workbooks keeps the addresses of links, some 300 bytes each, until the end. The others keep the numbers of the
    # rows found and their order: some 70 bytes a row, of which there are 4,700, where one is a thousand in the file.
    assert big - small < (4_000_000 if extension == "xlsx" else 750_000)


def test_a_saved_file_is_the_export_and_replaces_the_former(trio: Trio, tmp_path: Path) -> None:
    query = SupplierQuery(kind=("ESAT",))
    for extension in FORMATS:
        path = tmp_path / f"esat.{extension}"
        path.write_text("former")
        total = save(path, extension, query, Snapshot(trio.embedded), load_lexicon(), TODAY, geojson=geojson)
        assert total > 20
        if extension == "csv":
            assert path.read_bytes() == b"".join(_pieces(extension, query, trio.embedded))
    assert {path.name for path in tmp_path.iterdir()} == {f"esat.{extension}" for extension in FORMATS}


def test_an_interrupted_save_leaves_the_former_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("former")

    def cut() -> Iterator[bytes]:
        yield b"beginning"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_file(path, cut())
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_format_is_refused_by_name(trio: Trio, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="pdf"):
        save(
            tmp_path / "a.pdf", "pdf", SupplierQuery(), Snapshot(trio.embedded), load_lexicon(), TODAY, geojson=geojson
        )

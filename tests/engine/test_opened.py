"""What the embedded engine holds open: a handful of descriptors for each generation, given back with its last reader."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.engine.compare import COLLECTION, serve
from tests.engine.crash import answer_from, answer_of, documents, publish, vocabulary, whole
from vivier.engine.embedded.building import COLUMNS
from vivier.engine.embedded.container import Container, ContainerWriter
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import EngineUnavailable, NotFound
from vivier.search.operators import All
from vivier.search.snapshot import Snapshot

A_GENERATION = 2
"""Descriptors: the map of its columns and that of its records."""


def descriptors() -> int:
    return psutil.Process().num_fds()


def opened_files(folder: Path) -> list[str]:
    """The files of a folder, removed or not, that this process has a descriptor of. It looks twice: a thread of tantivy opens one for an instant,
    twice a second."""
    before = _looked_at(folder)
    time.sleep(0.05)
    return [link for name, link in _looked_at(folder).items() if before.get(name) == link]


def _looked_at(folder: Path) -> dict[str, str]:
    """By descriptor."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since
            found[entry.name] = str(entry.readlink())
    return {name: link for name, link in found.items() if link.startswith(str(folder))}


def test_a_generation_costs_a_handful_of_descriptors_however_many_columns(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    publish(engine, 1)
    assert answer_of(engine) == whole(1)
    assert (
        0 < len(opened_files(tmp_path)) <= A_GENERATION
    )  # those of the process vary: a test before may close a socket late


@pytest.mark.slow
def test_promotions_one_after_the_other_keep_the_live_generation_open_and_no_other(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    for mark in range(8):
        name = publish(engine, mark)
        assert answer_of(engine) == whole(mark)
        paths = opened_files(tmp_path)
        assert len(paths) <= A_GENERATION and all(name in path for path in paths)
    engine.close()
    assert opened_files(tmp_path) == []


def test_a_retired_generation_is_closed_when_its_last_reader_leaves(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    former = publish(engine, 1)
    reader = engine.open(COLLECTION)
    live = publish(engine, 2)
    assert answer_of(engine) == whole(2)
    assert {former, live} == {Path(path).parent.name for path in opened_files(tmp_path)}
    assert answer_from(reader) == whole(1)
    del reader
    assert {live} == {Path(path).parent.name for path in opened_files(tmp_path)}


@pytest.mark.slow
def test_a_request_reads_to_its_end_the_generation_it_began_with(tmp_path: Path) -> None:
    engine, other = (EmbeddedStore(tmp_path) for _ in range(2))
    former = publish(engine, 1)
    snapshot = Snapshot(engine)
    assert answer_from(snapshot.suppliers) == whole(1)
    for mark in range(2, 6):
        publish(other, mark)
        assert answer_of(engine) == whole(mark)
    assert former not in [generation.name for generation in engine.generations(COLLECTION)]
    assert answer_from(snapshot.suppliers) == whole(1)
    assert snapshot.suppliers.vocabulary() == vocabulary(1)
    del snapshot
    with pytest.raises(NotFound):
        answer_of(engine, former)


def test_an_answer_begun_before_a_removal_ends_well(tmp_path: Path) -> None:
    engine, other = (EmbeddedStore(tmp_path) for _ in range(2))
    former = publish(engine, 1)
    scan = engine.open(COLLECTION).scan(All())
    next(iter(scan))
    publish(other, 2)
    other.remove(COLLECTION, former)
    assert answer_of(engine) == whole(2)
    assert {hit.record["mark"] for hit in scan} == {1}


def test_an_array_outlives_its_engine(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    name = publish(engine, 1)
    column = Container(tmp_path / COLLECTION / name / COLUMNS).array("documents/tie.number")
    before = column.tolist()
    engine.close()
    shutil.rmtree(tmp_path / COLLECTION)
    assert column.tolist() == before


@pytest.mark.parametrize("kept", [0, 5, 16, 24, 1_000, -1])
def test_columns_cut_short_are_refused(tmp_path: Path, kept: int) -> None:
    engine = EmbeddedStore(tmp_path)
    columns = tmp_path / COLLECTION / serve(engine, documents(1)) / COLUMNS
    columns.write_bytes(columns.read_bytes()[:kept])
    with pytest.raises(EngineUnavailable, match=r"illisible.*vivier index"):
        answer_of(engine)


# --- the container


def test_arrays_come_back_as_they_were_written(tmp_path: Path) -> None:
    arrays = {
        "a": np.array([], np.int32),
        "b/c": np.arange(7, dtype=np.int64),
        "b/d": np.array([1.5, np.nan, -np.inf]),
        "é": np.arange(3, dtype=np.uint8),
    }
    with ContainerWriter(tmp_path / "file") as written:
        for name, array in arrays.items():
            written.add(name, array)
        written.add_octets("text", iter([b"one ", b"two"]))
    container = Container(tmp_path / "file")
    assert sorted(container.names()) == sorted([*arrays, "text"])
    assert container.names("b/") == ["c", "d"]
    for name, array in arrays.items():
        found = container.array(name)
        assert found.dtype == array.dtype and found.tobytes() == array.tobytes() and found.flags.aligned
        assert not found.flags.writeable
    assert bytes(container.octets("text")) == b"one two"
    with pytest.raises(ValueError, match="« nobody »"):
        container.array("nobody")

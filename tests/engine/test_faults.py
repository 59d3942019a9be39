"""A disk that is full, two builders at once: what is in service stays whole."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.compare import COLLECTION, serve
from tests.engine.crash import Target, answer_of, documents, open_target, processes, publish, size, whole
from vivier.engine.embedded.store import EmbeddedStore

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of six megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_build_on_a_full_disk_stops_and_the_former_generation_answers(small_disk: Path) -> None:
    engine = EmbeddedStore(small_disk / "generations")
    publish(engine, 1)
    (small_disk / "filler").write_bytes(b"0" * 1_000_000)
    heavy = [{**document, "record": {"mark": 2, "text": f"{document['id']} " * 20_000}} for document in documents(2)]
    building = engine.build(COLLECTION)
    with pytest.raises(OSError, match="No space left"):
        for document in heavy:
            building.add([document])
        building.finish({"mark": 2})
    building.abandon()
    assert answer_of(engine) == whole(1)
    (small_disk / "filler").unlink()
    publish(engine, 3)
    assert answer_of(engine) == whole(3)
    engine.close()


def promote_each(target: Target, marks: range) -> None:
    """Builds and promotes these marks, and removes nothing: what a reader began with stays."""
    engine = open_target(target)
    for mark in marks:
        serve(engine, documents(mark), {"mark": mark})
    engine.close()


def test_two_builders_at_once_each_promote_whole_generations(target: Target) -> None:
    builders = [processes.Process(target=promote_each, args=(target, range(first, 8, 2))) for first in (2, 3)]
    engine = open_target(target)
    publish(engine, 1)
    for builder in builders:
        builder.start()
    while any(builder.is_alive() for builder in builders):
        total, hits, networks, marks = answer_of(engine)
        (mark,) = marks
        assert (total, hits, networks) == (size(mark), size(mark), {f"mark-{mark}": size(mark)})
    for builder in builders:
        builder.join()
    assert [builder.exitcode for builder in builders] == [0, 0]
    engine.close()

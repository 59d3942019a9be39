"""kill -9 in the middle of a build or around a promotion: what answers is one whole generation, the former or the new one."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.compare import COLLECTION
from tests.engine.crash import (
    Target,
    answer_of,
    open_target,
    processes,
    publish,
    publish_for_ever,
    publish_until_event,
    vocabulary,
    whole,
)
from vivier.search.port import Store

pytestmark = pytest.mark.long

ROUNDS = 20


def leftovers(target: Target) -> list[str]:
    """What a builder left that is not a finished generation."""
    place, prefix = target
    if not prefix:
        root = Path(place) / COLLECTION
        return [str(path) for pattern in (".*", "live.*") for path in root.glob(pattern)]
    with urllib.request.urlopen(f"{place}/{prefix}-*,*-{prefix}-*/_mapping", timeout=30) as answer:
        metas = {name: told["mappings"].get("_meta", {}) for name, told in json.load(answer).items()}
    finished = [name for name, meta in metas.items() if meta.get("finished")]
    return [name for name in metas if name.removeprefix("words-") not in finished]


def killed_after(seconds: float, target: Target, mark: int) -> int:
    """Let a builder publish from ``mark`` on for so long after it began, then kill -9 it: the mark it was at."""
    ours, theirs = processes.Pipe(duplex=False)
    builder = processes.Process(target=publish_for_ever, args=(target, mark, theirs), daemon=True)
    builder.start()
    theirs.close()
    at: int = ours.recv()
    time.sleep(seconds)
    builder.kill()
    builder.join()
    try:
        while True:
            at = ours.recv()
    except EOFError:
        return at


def assert_whole(engine: Store, marks: set[int]) -> int:
    """The live generation is one of ``marks``, whole, and so is every other one listed. The live mark."""
    live = engine.live(COLLECTION)
    mark: int = live.meta["mark"]
    assert mark in marks
    assert answer_of(engine) == answer_of(engine, live.name) == whole(mark)
    assert engine.open(COLLECTION).vocabulary() == vocabulary(mark)
    listed = engine.generations(COLLECTION)
    assert [one.name for one in listed if one.live] == [live.name]
    for one in listed:
        assert answer_of(engine, one.name) == whole(one.meta["mark"])
        assert engine.open(COLLECTION, one.name).vocabulary() == vocabulary(one.meta["mark"])
    return mark


def assert_next_build_cleans(target: Target) -> None:
    engine = open_target(target)
    engine.build(COLLECTION).abandon()
    engine.close()
    assert leftovers(target) == []


def test_a_builder_killed_at_any_moment_leaves_one_whole_generation(target: Target) -> None:
    reader = open_target(target)
    started = time.monotonic()
    publish(reader, 0)
    period = time.monotonic() - started
    dice, live, at, found = random.Random(3), 0, 0, 0
    for _ in range(ROUNDS):
        begun = at + 1
        at = killed_after(dice.uniform(0, 1.5 * period), target, begun)
        fresh = open_target(target)
        assert answer_of(fresh) in [whole(mark) for mark in (live, *range(begun, at + 1))]
        _let_the_last_request_end(fresh)
        found += bool(leftovers(target))
        mark = assert_whole(fresh, {at - 1, at} if at > begun else {live, at})
        fresh.close()
        _wait_for(reader, mark)  # a process that was reading all along sees the same, without a restart
        assert_whole(reader, {mark})
        live = mark
    assert found >= ROUNDS // 4, "the builder must be killed at work"
    assert_next_build_cleans(target)
    assert_whole(reader, {live})
    reader.close()


def _let_the_last_request_end(engine: Store) -> None:
    """What a killed builder had asked of OpenSearch, OpenSearch still does; a promotion among it is seen a second later."""
    before: list[tuple[str, bool]] = []
    while before != (before := [(one.name, one.live) for one in engine.generations(COLLECTION)]):
        time.sleep(0.2)
    _wait_until(lambda: (engine.live(COLLECTION).name, True) in before)


def _wait_for(reader: Store, mark: int) -> None:
    """OpenSearch's live generation is remembered for a second."""
    _wait_until(lambda: reader.live(COLLECTION).meta["mark"] == mark)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)


def run_until(last: int, target: Target, mark: int) -> list[str] | None:
    """Publish in another process that kills itself at the ``last`` operation on files; their names if it outlives them."""
    ours, theirs = processes.Pipe(duplex=False)
    builder = processes.Process(target=publish_until_event, args=(target, mark, theirs, last), daemon=True)
    builder.start()
    theirs.close()
    builder.join()
    try:
        names: list[str] = ours.recv()
        return names
    except EOFError:
        return None


def moments(operations: list[str]) -> list[int]:
    """One moment in twelve, and every one around what is given a name: the generation, the pointer, the removed folder."""
    renamed = [number for number, name in enumerate(operations) if name == "os.rename"]
    around = {number + shift for number in renamed for shift in (-2, -1, 0, 1, 2)}
    return sorted(around | set(range(0, len(operations), 12)))


def test_the_embedded_engine_may_be_killed_at_any_operation_on_files(tmp_path: Path, fork_server: None) -> None:
    target = str(tmp_path / "generations"), ""
    engine = open_target(target)
    for mark in range(2):
        publish(engine, mark)
    operations = run_until(-1, target, 2)
    assert operations is not None and operations.count("os.rename") == 3
    live, promoted = 2, set()
    for mark, last in enumerate(moments(operations), start=3):
        assert run_until(last, target, mark) is None
        now = assert_whole(engine, {live, mark})
        promoted.add(now == mark)
        live = now
        assert_next_build_cleans(target)
    assert promoted == {False, True}
    assert_whole(engine, {live})


@pytest.mark.parametrize("target", ["opensearch"], indirect=True)
def test_words_without_their_index_are_a_leftover(target: Target) -> None:
    engine = open_target(target)
    name = publish(engine, 1)
    remove = urllib.request.Request(f"{target[0]}/{target[1]}-{name}", method="DELETE")
    urllib.request.urlopen(remove, timeout=30).close()
    assert len(leftovers(target)) == 1
    assert_next_build_cleans(target)


def test_a_build_under_way_is_not_taken_for_a_leftover(target: Target) -> None:
    ours, theirs = open_target(target), open_target(target)
    building = ours.build(COLLECTION)
    publish(theirs, 1)
    assert len(leftovers(target)) == 1
    building.abandon()
    assert_next_build_cleans(target)
    assert_whole(ours, {1})

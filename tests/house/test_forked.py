"""Work done on every core."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from vivier.errors import NotFound
from vivier.forked import WorkerEnded, on_every_core


@pytest.mark.slow
def test_results_come_in_order_whether_or_not_they_are_worth_a_fork() -> None:
    offset = 7  # shared by fork: nothing but the item is sent
    for worth in (True, False):
        assert list(on_every_core(lambda item: item * item + offset, range(40), worth=worth)) == [
            item * item + 7 for item in range(40)
        ]


@pytest.mark.parametrize(("processes", "here"), [(1, True), (2, False)])
def test_a_second_core_is_worth_a_fork(monkeypatch: pytest.MonkeyPatch, processes: int, here: bool) -> None:
    monkeypatch.setattr("vivier.forked.cores", lambda: processes)
    ran_in = set(on_every_core(lambda _: os.getpid(), range(3), worth=True))
    assert (ran_in == {os.getpid()}) == here


def test_few_items_are_taken_ahead_of_the_results() -> None:
    taken = 0

    def items() -> object:
        nonlocal taken
        for item in range(1000):
            taken = item + 1
            yield item

    results = on_every_core(abs, items(), worth=True)  # type: ignore[arg-type,var-annotated]
    next(results)
    assert taken < 20
    results.close()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_an_error_of_the_work_is_the_caller_s() -> None:
    def fail(item: int) -> int:
        if item == 3:
            raise NotFound("Rien ici.")
        return item

    with pytest.raises(NotFound, match="Rien ici"):
        list(on_every_core(fail, range(10), worth=True))


@pytest.mark.slow
def test_a_worker_killed_by_the_system_is_said_and_nothing_hangs() -> None:
    def die(item: int) -> int:
        if item == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(WorkerEnded, match="arrêté par le système"):
        list(on_every_core(die, range(10), worth=True))
    assert threading.active_count() < 20


@pytest.mark.slow
def test_workers_leave_with_a_parent_that_is_killed() -> None:
    """They hold its output and its locks: who reads the one or waits for the others would wait for ever."""
    code = "import time\nfrom vivier.forked import on_every_core\n"
    code += "for _ in on_every_core(lambda item: time.sleep(item) or item, [0, 60, 60, 60], worth=True): print('begun', flush=True)"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"begun\n"
    parent.kill()
    told: list[bytes] = []
    reader = threading.Thread(target=lambda: told.append(parent.stdout.read()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    reader.join(timeout=15)
    parent.wait()
    assert told == [b""]

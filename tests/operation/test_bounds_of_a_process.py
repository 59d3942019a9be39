"""What a process may take: processor time, open files, processes beside it."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from vivier.deadline import Deadline, check, limited
from vivier.errors import StudyTooLong
from vivier.forked import WorkerEnded, apart, cores, on_every_core
from vivier.open_files import OpenFiles, open_files, raise_limit


def test_a_study_ends_when_its_processor_time_is_spent_or_nobody_waits_for_it() -> None:
    deadline = Deadline(1.0)
    deadline.spend(0.75)
    with pytest.raises(StudyTooLong):
        deadline.spend(0.25)
    left = Deadline(10.0)
    left.cancel()
    check()  # no deadline, no end
    with limited(left), pytest.raises(StudyTooLong):
        check()
    check()


def test_the_processor_time_between_two_checks_is_counted() -> None:
    with limited(Deadline(0.02)), pytest.raises(StudyTooLong):
        check()
        began = time.thread_time()
        while time.thread_time() - began < 0.03:
            pass
        check()


def test_files_are_near_their_limit_at_four_fifths_of_it(tmp_path: Path) -> None:
    assert [OpenFiles(used, 100).near for used in (79, 80, 81)] == [False, True, True]
    before = open_files()
    with (tmp_path / "one").open("w"), (tmp_path / "two").open("w"):
        assert open_files().used == before.used + 2
    assert before.limit == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert "79 fichiers et connexions ouverts, sur 100 possibles" in OpenFiles(79, 100).sentence


@pytest.mark.slow
def test_work_is_done_in_processes_of_its_own_when_it_is_worth_one() -> None:
    assert cores() == len(os.sched_getaffinity(0))
    here = os.getpid()
    assert apart(os.getpid, worth=False) == here != apart(os.getpid, worth=True)
    assert list(on_every_core(lambda item: item * 2, range(5), worth=True)) == [0, 2, 4, 6, 8]
    assert set(on_every_core(lambda _: os.getpid(), range(3), worth=False)) == {here}
    if cores() > 1:
        assert here not in set(on_every_core(lambda _: os.getpid(), range(3), worth=True))
    with pytest.raises(WorkerEnded):
        apart(lambda: os._exit(9), worth=True)


def test_a_process_raises_its_limit_and_never_lowers_it() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(65_536, hard) if hard != resource.RLIM_INFINITY else 65_536
    try:
        for begun in (wanted - 1, wanted):
            resource.setrlimit(resource.RLIMIT_NOFILE, (begun, hard))
            raise_limit()
            assert resource.getrlimit(resource.RLIMIT_NOFILE) == (wanted, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_limit_of_open_files_is_the_soft_one_and_is_raised_to_the_hard_one_at_most() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        assert open_files().limit == 256
        raise_limit()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert hard == before[1] and 256 < soft <= hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert [OpenFiles(used, 10).near for used in (7, 8)] == [False, True]

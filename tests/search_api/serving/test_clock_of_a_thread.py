"""The processor time of a request is counted thread by thread: what a thread of the pool computed for others is nobody's."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from vivier.deadline import Deadline, check, limited
from vivier.errors import StudyTooLong


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_thread_that_computed_long_for_others_does_not_end_the_next_request() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(burn, 0.4).result()
        with limited(Deadline(0.3)):
            check()  # as an async handler that reads its lines does, in its own thread
            pool.submit(copy_context().run, check).result()
            check()


def test_what_a_thread_computes_after_its_first_check_counts() -> None:
    def work() -> None:
        check()
        burn(0.2)
        check()

    with ThreadPoolExecutor(1) as pool, limited(Deadline(0.1)), pytest.raises(StudyTooLong):
        pool.submit(copy_context().run, work).result()

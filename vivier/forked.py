"""Work done on every core. Processes are forked, so that what the work needs is shared, never copied; what it gives comes back."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

from vivier.errors import VivierError

_LOOK_SECONDS = 0.5

T = TypeVar("T")
R = TypeVar("R")


class WorkerEnded(VivierError):
    """A process was ended from outside, most often for want of memory: what was under way is lost."""


_work: Callable[[Any], Any] | None = None


def cores() -> int:
    """Processes that may run at a time here; 1 where there is no fork."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def on_every_core(work: Callable[[T], R], items: Iterable[T], *, worth: bool) -> Iterator[R]:
    """``work`` of each item, in order; here when it is not ``worth`` a fork. ``items`` are small: they are sent.

    The threads of the caller, if any, do not exist in the workers. Few results wait at a time, so memory is bounded. Raises
    what ``work`` raises, and :class:`WorkerEnded` when the system ends a worker.
    """
    processes = cores()
    if not worth or processes < 2:
        yield from map(work, items)
        return
    gc.freeze()  # a collection in a worker would copy every page it touches
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin, (work, os.getpid()))
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(_run, item))
            if len(waiting) > processes + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise WorkerEnded("Un processus a été arrêté par le système (mémoire ?) : recommencez.") from error
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _begin(work: Callable[[Any], Any], parent: int) -> None:
    global _work
    _work = work
    Thread(target=_leave_with, args=(parent,), daemon=True).start()
    gc.disable()  # nothing a worker makes refers to itself


def _leave_with(parent: int) -> None:
    """End when the parent is gone, killed perhaps: a worker would wait for ever, holding its files and its locks."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _run(item: Any) -> Any:
    assert _work is not None
    return _work(item)


@contextmanager
def without_gc() -> Iterator[None]:
    """Millions of small values are made and none in a cycle: looking for cycles would be time lost."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

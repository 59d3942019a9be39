"""Runs work on every core. Processes are forked, so that they share the memory of the parent without a copy; results are sent back."""

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
    """The system ended a process, most often because memory was short. The work under way is lost."""


_work: Callable[[Any], Any] | None = None


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def cores() -> int:
    """Number of processes that may run at the same time on this machine; 1 where fork does not exist."""
    if not _can_fork():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def apart(work: Callable[[], R], *, worth: bool) -> R:
    """The result of ``work``, done in a process of its own, which gives back the memory that it took. It runs in this process when
    it is not ``worth`` a fork, or where fork does not exist. Raises what :func:`on_every_core` raises."""
    if not worth or not _can_fork():
        return work()
    with _forked(lambda _: work(), 1) as pool:
        result: R = pool.submit(_run, None).result()
        return result


def on_every_core(work: Callable[[T], R], items: Iterable[T], *, worth: bool) -> Iterator[R]:
    """The result of ``work`` for each item, in order. It runs in this process when the work is not ``worth`` a fork. ``items``
    should be small, because they are sent to the workers.

    The threads of the caller, if any, do not exist in the workers. Few results wait at a time, so memory is bounded. Raises the
    errors of ``work``, and :class:`WorkerEnded` when the system ends a worker.
    """
    processes = cores()
    if not worth or processes < 2:
        yield from map(work, items)
        return
    waiting: deque[Future[R]] = deque()
    with _forked(work, processes) as pool:
        for item in items:
            waiting.append(pool.submit(_run, item))
            if len(waiting) > processes + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _forked(work: Callable[[Any], Any], processes: int) -> Iterator[ProcessPoolExecutor]:
    gc.freeze()  # a garbage collection in a worker would copy every page that it touches
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin, (work, os.getpid()))
    try:
        yield pool
    except BrokenProcessPool as error:
        raise WorkerEnded("Un processus a été arrêté par le système (mémoire ?) : recommencez.") from error
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _begin(work: Callable[[Any], Any], parent: int) -> None:
    global _work
    _work = work
    Thread(target=_leave_with, args=(parent,), daemon=True).start()
    gc.disable()  # workers make no reference cycles


def _leave_with(parent: int) -> None:
    """Ends the worker when its parent is gone, for instance killed. It would otherwise wait for ever and hold files and locks."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _run(item: Any) -> Any:
    assert _work is not None
    return _work(item)


@contextmanager
def without_gc() -> Iterator[None]:
    """Disables the garbage collector, for code that makes millions of small values without reference cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

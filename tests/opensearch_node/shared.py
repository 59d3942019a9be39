"""One node for every process of a test run: the first that asks starts it and stops it once nobody uses it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.opensearch_node.node import Node, start_node


@contextlib.contextmanager
def shared_node(folder: Path) -> Iterator[str]:
    """Address of the node of all the processes that give the same ``folder``.

    Raises NodeUnavailableError and NodeFailedError as :func:`tests.opensearch_node.node.start_node` does.
    """
    mine, address = folder / f"node-user-{os.getpid()}", folder / "node-url"
    with _alone(folder):
        node = None if address.exists() else start_node()
        if node is not None:
            address.write_text(node.url)
        mine.touch()
    try:
        yield address.read_text()
    finally:
        mine.unlink()
        if node is not None:
            _stop_after_the_last(node, folder, address)


def _stop_after_the_last(node: Node, folder: Path, address: Path) -> None:
    """Who asks for a node after that starts another."""
    while True:
        with _alone(folder):
            if not _users(folder):
                address.unlink()
                node.stop()
                return
        time.sleep(0.1)


def _users(folder: Path) -> list[int]:
    """Processes at work with the node; one that crashed left its file behind."""
    pids = (int(path.name.rpartition("-")[2]) for path in folder.glob("node-user-*"))
    return [pid for pid in pids if psutil.pid_exists(pid)]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "node-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

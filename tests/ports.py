"""Ports that nobody listens on. The system gives others to connections: none of these is taken between its choice and its use."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from itertools import cycle, islice
from typing import Final

_FIRST: Final = 20_000
_EACH: Final = 1_500
"""Ports of a process of tests: the first that the system gives to connections is 32,768."""
_WORKERS: Final = 8
_mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % _WORKERS
_ports = islice(cycle(range(_FIRST + _mine * _EACH, _FIRST + (_mine + 1) * _EACH)), os.getpid() % _EACH, None)


def free_port() -> int:
    """A port of this machine that nobody listens on, and that no other process of the same tests is given."""
    for port in _ports:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("the ports are endless")

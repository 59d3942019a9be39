"""A socket that somebody else holds, as systemd does: a restart of the service drops no connection."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.house.walk import ROOT
from tests.search_api.serving.server import PATIENCE, until

pytestmark = pytest.mark.slow
_SERVE = "import os; os.environ['LISTEN_PID'] = str(os.getpid()); from vivier.cli import main; main()"


@contextmanager
def started(home: Path, listening: socket.socket, given: str = "1") -> Iterator[subprocess.Popen[str]]:
    """The service, given a socket as its third descriptor."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    environment |= {"VIVIER_HOME": str(home), "PYTHONPATH": str(ROOT), "VIVIER_WORKERS": "2", "LISTEN_FDS": given}
    held = f'exec "$@" 3<&{listening.fileno()}'
    command = ["bash", "-c", held, "sh", sys.executable, "-c", _SERVE, "serve", "--port", "1"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, text=True, env=environment, pass_fds=(listening.fileno(),), **pipes)
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_a_restart_drops_no_connection(home: Path) -> None:
    statuses: list[object] = []
    enough = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        port = listening.getsockname()[1]

        def ask() -> None:
            while not enough.is_set():
                connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
                try:
                    connection.request("GET", "/v1/suppliers?per_page=1", headers={"Connection": "close"})
                    statuses.append(connection.getresponse().status)
                except OSError as error:
                    statuses.append(error)
                finally:
                    connection.close()

        client = threading.Thread(target=ask)
        with started(home, listening) as first:
            assert wait_for(first).startswith(f"Vivier sert sur http://127.0.0.1:{port} ")
            client.start()
            until(lambda: len(statuses) >= 2)
            stop(first)
        before = len(statuses)
        with started(home, listening) as second:
            assert wait_for(second).startswith("Vivier sert sur")
            until(lambda: len(statuses) >= before + 5)
            enough.set()
            client.join()
            stop(second)
    assert len(statuses) >= before + 5 and set(statuses) == {200}


def test_several_sockets_are_refused(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, started(home, listening, "2") as process:
        assert process.wait(PATIENCE) == 1
        assert process.stderr is not None
        assert "ListenStream" in process.stderr.read()

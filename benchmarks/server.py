"""Starts a real server in its own process, and sends it requests over a persistent connection."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.ports import free_port
from vivier.settings import Settings


@dataclass
class Server:
    """A running ``vivier serve``."""

    port: int
    process: subprocess.Popen[bytes]
    connection: http.client.HTTPConnection

    def get(self, path: str, parameters: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> bytes:
        """The body of a 200 answer, as it was sent. Raises for any other status."""
        self.connection.request("GET", f"{path}?{urlencode(parameters)}" if parameters else path, headers=headers or {})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} {parameters}: {answer.status} {body[:300]!r}")
        return body

    def processes(self) -> list[psutil.Process]:
        """The process of the server and its workers."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def rss_mb(self) -> float:
        """Resident memory of the server in MB."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def busy_s(self) -> float:
        """Processor time of the live threads of the server so far, in seconds. A busy machine does not inflate it.

        Linux gives it to the nanosecond, where ``psutil`` counts in hundredths of a second.
        """
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def serving(settings: Settings, *, makes_all: bool = False) -> Iterator[Server]:
    """A running ``vivier serve`` with these settings, ready to answer; it is stopped at the end of the block.
    ``makes_all``: no answer is taken from those made before."""
    port = free_port()
    environment = os.environ | {
        "VIVIER_HOME": str(settings.home),
        "VIVIER_WORKERS": str(settings.workers or 1),
        "VIVIER_RATE": "0",
        "VIVIER_ENGINE": settings.engine,
        "VIVIER_OPENSEARCH_URL": settings.opensearch_url,
        "VIVIER_OPENSEARCH_PREFIX": settings.opensearch_prefix,
    }
    remade = "from search_api.answer_cache import AnswerCache as C; C.get = lambda *_: None; " if makes_all else ""
    command = [sys.executable, "-c", f"{remade}from vivier.cli import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    server = Server(port, process, http.client.HTTPConnection("127.0.0.1", port, timeout=30))
    try:
        _wait(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            server.get("/ready")
            return
        except (OSError, http.client.HTTPException, RuntimeError):
            server.connection.close()
            time.sleep(0.1)
    raise RuntimeError("the server did not become ready")

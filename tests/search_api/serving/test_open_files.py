"""The descriptors a server may have: as many as its owner lets it, and a word before they run out."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest

from tests.search_api.serving.server import Serving, serving

pytestmark = pytest.mark.slow

LIMIT = 64


def ready(server: Serving) -> dict[str, Any]:
    with urlopen(f"http://127.0.0.1:{server.port}/ready", timeout=10) as answer:
        body: dict[str, Any] = json.load(answer)
    return body


def test_a_server_takes_the_descriptors_it_may(home: Path) -> None:
    with serving(home, descriptors=256, hard=False) as server:
        limit = ready(server)["open_files"]["limit"]
        soft, hard = psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE)
        assert limit == soft == min(hard, 65_536) > 256


def test_descriptors_that_run_out_are_told_in_the_log_and_by_ready(home: Path) -> None:
    with serving(home, descriptors=LIMIT) as server, ExitStack() as clients:
        body = ready(server)
        assert body["open_files"]["limit"] == LIMIT and body["warnings"] == []
        for _ in range(LIMIT - 4 - body["open_files"]["used"]):
            clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        body = ready(server)
        assert body["status"] == "ready" and len(body["warnings"]) == 1
        assert f"sur {LIMIT} possibles" in body["warnings"][0] and "ulimit -n" in body["warnings"][0]
        lines = until_logged(server)
        assert len(lines) == 1 and f"sur {LIMIT} possibles" in lines[0]


def until_logged(server: Serving) -> list[str]:
    """The lines of the log, once it has a line; the server looks every two seconds."""
    for _ in range(100):
        if server.lines():
            break
        time.sleep(0.1)
    return server.lines()

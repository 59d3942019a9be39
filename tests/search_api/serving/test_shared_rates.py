"""What clients ask is counted by several processes together, in a real Redis; nobody is refused when it goes away."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from redis import Redis, RedisError

from tests.ports import free_port
from tests.search_api.serving.server import PATIENCE, Serving, serving, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server on this machine"),
]
SEARCH, CLIENT = "/v1/suppliers?per_page=1", "203.0.113.7"


@dataclass(frozen=True)
class Store:
    process: subprocess.Popen[bytes]
    url: str


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """A Redis of this machine, that keeps nothing."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with process, Redis(port=port, socket_timeout=PATIENCE) as client:
        try:
            until(lambda: answers(client))
            yield Store(process, f"redis://127.0.0.1:{port}")
        finally:
            process.kill()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False


def ask(
    server: Serving, path: str = SEARCH, client: str = CLIENT, content: dict[str, object] | None = None
) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        headers = {"X-Forwarded-For": client}
        if content is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, json.dumps(content), headers | {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.slow
def test_processes_that_share_a_store_count_together(home: Path, tmp_path: Path) -> None:
    limits: dict[str, Any] = {"VIVIER_RATE": "20", "VIVIER_WORKERS": "2", "VIVIER_TRUSTED_PROXIES": "127.0.0.1"}
    with store(tmp_path) as shared, serving(home, VIVIER_RATE_STORE=shared.url, **limits) as server:
        found = [ask(server)[0] for _ in range(25)]
    assert found == [200] * 20 + [429] * 5


@pytest.mark.slow
def test_a_store_that_goes_away_limits_nobody_and_is_told_once(home: Path, tmp_path: Path) -> None:
    limits: dict[str, Any] = {"VIVIER_RATE": "1", "VIVIER_TRUSTED_PROXIES": "127.0.0.1"}
    with store(tmp_path) as shared, serving(home, VIVIER_RATE_STORE=shared.url, **limits) as server:
        assert [ask(server)[0] for _ in range(2)] == [200, 429]
        shared.process.kill()
        shared.process.wait(PATIENCE)
        assert [ask(server)[0] for _ in range(4)] == [200] * 4
        (warning,) = json.loads(ask(server, "/ready")[1])["warnings"]
        lines = [line for line in server.lines() if "compteur" in line]
    assert "VIVIER_RATE_STORE" in warning and len(lines) == 1


@pytest.mark.slow
def test_a_store_that_is_not_there_at_the_start_limits_nobody(home: Path) -> None:
    with serving(home, VIVIER_RATE="1", VIVIER_RATE_STORE=f"redis://127.0.0.1:{free_port()}") as server:
        assert [ask(server)[0] for _ in range(3)] == [200] * 3


@pytest.mark.slow
def test_a_peer_that_is_not_named_is_not_believed_and_is_told_once(home: Path) -> None:
    with serving(home, VIVIER_RATE="1") as server:
        assert [ask(server, client=f"203.0.113.{number}")[0] for number in range(3)] == [200, 429, 429]
        (warning,) = json.loads(ask(server, "/ready")[1])["warnings"]
        lines = [line for line in server.lines() if "TRUSTED_PROXIES" in line]
    assert "VIVIER_TRUSTED_PROXIES" in warning and len(lines) == 1 and CLIENT not in "".join(lines)


@pytest.mark.slow
def test_an_address_of_ipv4_written_as_ipv6_is_one_client(home: Path) -> None:
    with serving(home, VIVIER_RATE="1", VIVIER_TRUSTED_PROXIES="127.0.0.1") as server:
        clients = ("::ffff:203.0.113.9", "::ffff:198.51.100.1", "203.0.113.9")
        assert [ask(server, client=client)[0] for client in clients] == [200, 200, 429]

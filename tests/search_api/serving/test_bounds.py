"""Bounds on clients and on work in flight, and what the operator sees of them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.search_api.serving.server import Serving, serving, until

pytestmark = pytest.mark.slow

PATIENCE = 60
CLIENT, OTHER = "203.0.113.7", "203.0.113.8"
"""Addresses for documentation (RFC 5737)."""


def ask(
    port: int, path: str, client: str | None = None, method: str = "GET"
) -> tuple[int, dict[str, str], bytes, float]:
    """Status, headers, body, and seconds."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    started = time.monotonic()
    try:
        connection.request(method, path, headers={} if client is None else {"X-Forwarded-For": client})
        answer = connection.getresponse()
        body = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, body, time.monotonic() - started
    finally:
        connection.close()


@pytest.fixture(scope="module")
def bounded(home: Path) -> Iterator[Serving]:
    """Thirty searches a minute for a client that a proxy of this machine names."""
    with serving(home, VIVIER_RATE="30", VIVIER_TRUSTED_PROXIES="127.0.0.1") as server:
        yield server


def test_a_client_that_asks_too_much_is_told_when_to_come_back(bounded: Serving) -> None:
    answers = [ask(bounded.port, "/v1/suppliers?per_page=1", CLIENT)]
    while answers[-1][0] == 200 and len(answers) < 60:  # on a busy machine the budget grows while it is spent
        answers.append(ask(bounded.port, "/v1/suppliers?per_page=1", CLIENT))
    assert len(answers) >= 31 and answers[-1][0] == 429
    assert answers[0][1]["ratelimit-policy"] == '"minute";q=30;w=60'
    assert answers[0][1]["ratelimit"].startswith('"minute";r=29;t=')
    _, headers, body, _ = answers[-1]
    assert 1 <= int(headers["retry-after"]) <= 60 and headers["cache-control"] == "no-store"
    assert json.loads(body)["type"] == "/docs#too-many-requests"


def test_the_limit_of_a_client_is_its_own_and_health_is_free(bounded: Serving) -> None:
    while ask(bounded.port, "/v1/suppliers?per_page=1", CLIENT)[0] == 200:
        pass
    assert ask(bounded.port, "/v1/suppliers?per_page=1", OTHER)[0] == 200
    assert ask(bounded.port, "/health", CLIENT)[0] == 200


def test_an_export_costs_more_than_a_search(bounded: Serving) -> None:
    client = "2001:db8:1:2::9"
    assert ask(bounded.port, "/v1/suppliers.csv", client)[1]["ratelimit"].startswith('"minute";r=10;')
    same_network = "2001:db8:1:2::10"
    assert ask(bounded.port, "/v1/suppliers.csv", same_network)[0] == 429


def test_a_client_that_is_not_behind_a_trusted_proxy_cannot_choose_its_address(home: Path) -> None:
    with serving(home, VIVIER_RATE="1") as server:
        found = [ask(server.port, "/v1/suppliers?per_page=1", client)[0] for client in (CLIENT, OTHER)]
    assert found == [200, 429], "both are this machine, whatever they say"


def test_many_exports_are_refused_at_once_and_searches_stay_quick(home: Path) -> None:
    bounds = {"VIVIER_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(home, **bounds) as server, ThreadPoolExecutor(40) as pool:
        clients = [f"203.0.113.{number}" for number in range(30)]
        exports = [pool.submit(ask, server.port, "/v1/suppliers.xlsx", client) for client in clients]
        searches = [ask(server.port, "/v1/suppliers?per_page=1") for _ in range(5)]
        alive = ask(server.port, "/health")
        found = [export.result() for export in exports]
    statuses = Counter(status for status, *_ in found)
    assert set(statuses) == {200, 503} and statuses[200] >= 5
    refused = [answer for answer in found if answer[0] == 503]
    assert all("retry-after" in headers for _, headers, _, _ in refused)
    assert "téléchargements" in json.loads(refused[0][2])["detail"]
    assert {status for status, *_ in (*searches, alive)} == {200}
    made = max(seconds for status, *_, seconds in found if status == 200)
    assert max(seconds for *_, seconds in (*searches, alive)) < made
    assert sorted(seconds for *_, seconds in refused)[len(refused) // 2] < made


def test_one_client_takes_half_of_a_lane_and_is_told_so(home: Path) -> None:
    bounds = {"VIVIER_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(home, **bounds) as server, ThreadPoolExecutor(20) as pool:
        exports = [pool.submit(ask, server.port, "/v1/suppliers.xlsx", CLIENT) for _ in range(20)]
        assert ask(server.port, "/v1/suppliers.xlsx", OTHER)[0] == 200
        found = [export.result() for export in exports]
    assert {status for status, *_ in found} == {200, 429}
    refused = next(answer for answer in found if answer[0] == 429)
    assert "chez vous" in json.loads(refused[2])["detail"] and "retry-after" in refused[1]


def test_figures_and_log_say_what_happened_and_not_who_asked_what(home: Path) -> None:
    port = free_port()
    with serving(home, VIVIER_LOG="json", VIVIER_METRICS_PORT=str(port), VIVIER_WORKERS="2") as server:
        ask(server.port, "/v1/suppliers?q=blanchisserie", CLIENT)
        ask(server.port, "/fournisseurs/vunknown", CLIENT)
        ask(server.port, "/nulle-part/jardinage", CLIENT)
        until(lambda: ask(port, "/metrics")[2].count(b"vivier_open_files{") == 3)
        figures = ask(port, "/metrics")[2].decode()
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    seen = [(line["method"], line["route"], line["status"]) for line in lines if line["message"] == "request"]
    assert seen == [("GET", "/v1/suppliers", 200), ("GET", "/fournisseurs/{id}", 404), ("GET", "unknown", 404)]
    assert all(line["request_id"] and line["ms"] >= 0 for line in lines if line["message"] == "request")
    assert 'vivier_requests_total{method="GET",route="/v1/suppliers",status="200"} 1.0' in figures
    assert 'vivier_generation_documents{collection="suppliers"}' in figures
    for private in ("blanchisserie", "jardinage", "vunknown", CLIENT):
        assert private not in log and private not in figures

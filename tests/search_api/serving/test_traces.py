"""Traces sent to a collector of OpenTelemetry, and the figures of the engine: what was done and how long it took, never who asked nor what."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from search_api.traces import Traces
from search_api.troubles import Troubles
from tests.ports import free_port
from tests.search_api.serving.server import PATIENCE, serving, until
from vivier.errors import VivierError

pytestmark = pytest.mark.slow

CALLER: Final = "0af7651916cd43dd8448eb211c80319c"
WANTED: Final = "menuiserie"


class Collector(ThreadingHTTPServer):
    """Takes traces as a real collector does (OTLP over HTTP), and remembers their spans."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.spans: list[Span] = []
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        read = ExportTraceServiceRequest.FromString(body)
        self.server.bodies.append(body)
        self.server.spans += [
            span for sent in read.resource_spans for scope in sent.scope_spans for span in scope.spans
        ]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.shutdown()


def get(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"traceparent": f"00-{CALLER}-b7ad6b7169203331-01"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_request_and_its_questions_to_the_engine_are_spans_of_the_trace_of_the_caller(
    home: Path, collector: Collector, workers: str
) -> None:
    metrics = free_port()
    with serving(
        home, VIVIER_WORKERS=workers, VIVIER_TRACE_URL=collector.url, VIVIER_METRICS_PORT=str(metrics)
    ) as server:
        assert get(server.port, f"/v1/suppliers?q={WANTED}") == 200
        assert get(server.port, "/v1/suppliers/nobody") == 404
        figures = urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=PATIENCE).read().decode()
        until(lambda: len(collector.spans) >= 3)
    requests = {span.name: span for span in collector.spans if span.kind == Span.SPAN_KIND_SERVER}
    assert requests.keys() == {"GET /v1/suppliers", "GET /v1/suppliers/{id}"}
    assert {span.trace_id.hex() for span in collector.spans} == {CALLER}
    searched = [span for span in collector.spans if span.name == "engine search"]
    assert requests["GET /v1/suppliers"].span_id in {span.parent_span_id for span in searched}
    told = {item.key: item.value for item in requests["GET /v1/suppliers/{id}"].attributes}
    assert told["http.response.status_code"].int_value == 404
    assert told["vivier.lane"].string_value == "search"
    assert 'vivier_engine_seconds_count{collection="suppliers",operation="search"}' in figures
    sent = b"".join(collector.bodies)
    assert WANTED.encode() not in sent
    assert b"nobody" not in sent
    assert b"127.0.0.1" not in sent


def test_a_collector_that_is_away_delays_nobody(home: Path) -> None:
    with serving(home, VIVIER_TRACE_URL=f"http://127.0.0.1:{free_port()}/v1/traces") as server:
        assert get(server.port, "/v1/suppliers?per_page=1") == 200
        assert get(server.port, "/health") == 200


def test_missing_libraries_are_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(VivierError, match=r"vivier\[traces\]"):
        Traces("http://127.0.0.1:4318/v1/traces", Troubles())

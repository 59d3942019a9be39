"""The spans that one process sends to a collector: their names, what they say and whose trace they continue; what is told when none is taken."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from search_api.traces import Traces, ended, span
from search_api.troubles import Troubles
from tests.search_api.serving.test_traces import CALLER, Collector
from vivier.settings import Settings

AWAY = "Le collecteur de traces (VIVIER_TRACE_URL) ne prend pas ce qui lui est envoyé. Rien d'autre n'en souffre."
PARENT = "b7ad6b7169203331"


class Refusing(BaseHTTPRequestHandler):
    """Takes nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(400)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def sent(traces: Traces, status: int) -> None:
    """One request that asks the engine once, and the end of the process."""
    scope = {"method": "GET", "headers": [(b"traceparent", f"00-{CALLER}-{PARENT}-01".encode())]}
    with traces.request(scope) as request:
        with span("engine search", "suppliers"):
            pass
        known: dict[str, str | int | None] = {"http.request.method": "GET", "http.response.status_code": status}
        ended(request, "/v1/suppliers", known | {"vivier.lane": None})
    traces.end()


def test_a_request_is_a_span_of_the_trace_of_its_caller_and_an_error_from_500_on() -> None:
    troubles = Troubles()
    troubles.begin("traces", AWAY)
    with Collector() as collector:
        threading.Thread(target=collector.serve_forever, args=(0.01,), daemon=True).start()
        for status in (499, 500):
            sent(Traces(collector.url, troubles), status)
        collector.shutdown()
    asked, first, again, last = collector.spans
    for inside, request, status in ((asked, first, 499), (again, last, 500)):
        assert (inside.name, request.name) == ("engine search", "GET /v1/suppliers")
        assert (request.kind, request.trace_id.hex(), request.parent_span_id.hex()) == (
            Span.SPAN_KIND_SERVER,
            CALLER,
            PARENT,
        )
        assert inside.parent_span_id == request.span_id and inside.attributes[0].value.string_value == "suppliers"
        values = {item.key: item.value.int_value or item.value.string_value for item in request.attributes}
        assert values == {"http.request.method": "GET", "http.response.status_code": status}
    assert [request.status.code for request in (first, last)] == [Status.STATUS_CODE_UNSET, Status.STATUS_CODE_ERROR]
    assert b"vivier" in collector.bodies[0] and troubles.sentences == ()


def test_a_collector_that_takes_nothing_is_told() -> None:
    troubles = Troubles()
    with HTTPServer(("127.0.0.1", 0), Refusing) as refusing:
        threading.Thread(target=refusing.serve_forever, args=(0.01,), daemon=True).start()
        sent(Traces(f"http://127.0.0.1:{refusing.server_address[1]}/v1/traces", troubles), 200)
        refusing.shutdown()
    assert troubles.sentences == (AWAY,)


def test_traces_are_those_that_the_settings_ask_for_and_a_span_without_them_is_nothing(tmp_path: Path) -> None:
    assert Traces.of(None, Troubles()) is Traces.of(Settings(home=tmp_path), Troubles()) is None
    asked = Settings(home=tmp_path, trace_url="http://127.0.0.1:4318/v1/traces")
    assert isinstance(Traces.of(asked, Troubles()), Traces)
    with span("engine search", "suppliers"):
        pass

"""Traces of requests for an operator who has a collector of OpenTelemetry: a span a request, one for each question to the engine.

A span says the route, the status and what the engine was asked to do, never who asked nor what: no address, no parameter, no text. The
libraries come with the extra « traces ». Nothing is sent anywhere unless the operator sets ``VIVIER_TRACE_URL``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from starlette.types import Scope

from search_api.troubles import Troubles
from vivier.errors import VivierError
from vivier.settings import Settings

_NAME: Final = "vivier"
_AWAY: Final = (
    "Le collecteur de traces (VIVIER_TRACE_URL) ne prend pas ce qui lui est envoyé. Rien d'autre n'en souffre."
)
_MISSING: Final = "VIVIER_TRACE_URL demande des bibliothèques absentes : « pip install 'vivier[traces]' »."
_tracer: Any = None
"""The tracer of this process; ``None`` when it sends no trace."""


class Traces:
    """Sends the spans of this process to a collector, by OTLP over HTTP."""

    def __init__(self, url: str, troubles: Troubles) -> None:
        """``url``: the whole address of the collector, as ``http://127.0.0.1:4318/v1/traces``. Every trace is sent, unless
        ``OTEL_TRACES_SAMPLER`` says which. Raises ``VivierError`` when the libraries are not installed."""
        self._url, self._troubles = url, troubles
        try:
            from opentelemetry import propagate, trace
        except ImportError as error:
            raise VivierError(_MISSING) from error
        self._propagate, self._trace = propagate, trace
        self._provider: Any = None

    @classmethod
    def of(cls, settings: Settings | None, troubles: Troubles) -> Traces | None:
        """The traces that the settings ask for, if any."""
        return None if settings is None or settings.trace_url is None else cls(settings.trace_url, troubles)

    @contextmanager
    def request(self, scope: Scope) -> Iterator[Any]:
        """The span of a request, which continues the trace of its caller. Its name is given by :func:`ended`, once the route is known."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        parent = self._propagate.extract(headers)
        kind = self._trace.SpanKind.SERVER
        with self._started().start_as_current_span(scope["method"], parent, kind, record_exception=False) as span:
            yield span

    def end(self) -> None:
        """Sends what waits, and stops sending."""
        global _tracer
        if self._provider is not None:
            self._provider.shutdown()
            self._provider = _tracer = None

    def _started(self) -> Any:
        """The tracer, made at the first request: the process that sends is the one that answers, not the one it was forked from."""
        global _tracer
        if self._provider is None:
            self._provider = _provider(self._url, self._troubles)
            _tracer = self._provider.get_tracer(_NAME)
        return _tracer


def ended(span: Any, route: str, attributes: Mapping[str, str | int | None]) -> None:
    """Names the span of a request after its route, and says how it ended."""
    span.update_name(f"{attributes['http.request.method']} {route}")
    span.set_attributes({name: value for name, value in attributes.items() if value is not None})
    status = attributes["http.response.status_code"]
    if isinstance(status, int) and status >= 500:
        from opentelemetry.trace import StatusCode

        span.set_status(StatusCode.ERROR)


@contextmanager
def span(name: str, collection: str) -> Iterator[None]:
    """A span inside that of the request; nothing when this process sends no trace."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name, attributes={"vivier.collection": collection}, record_exception=False):
        yield


def _provider(url: str, troubles: Troubles) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

    provider = TracerProvider(resource=Resource({SERVICE_NAME: _NAME}))

    class Exporter(OTLPSpanExporter):
        """Says when the collector does not take what is sent."""

        def export(self, spans: Any) -> Any:
            result = super().export(spans)
            if result is SpanExportResult.SUCCESS:
                troubles.end("traces")
            else:
                troubles.begin("traces", _AWAY)
            return result

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a line for each batch that is not taken
    provider.add_span_processor(BatchSpanProcessor(Exporter(url)))
    return provider

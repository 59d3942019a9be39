"""The outside lies: each dependency refuses, hangs, slows, cuts or garbles its answers while people search.

``python -m benchmarks outside [DEPENDENCY…]`` prints, for each dependency and fault, the slowest answer of each kind of route, and whether the operator was
told by ``/ready``, the log and the metrics. Exits 1 when a search or a sheet fails, or an answer takes over :data:`MOST` seconds.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, product
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from tests import built
from tests.given.postgresql import server as postgresql
from tests.mail.mailbox import mailbox
from tests.outside.lying import FAULTS, Fault, Lying, lying
from tests.ports import free_port
from tests.search_api.conftest import serve_corpus
from tests.search_api.serving.server import Serving, serving, until
from tests.search_api.serving.test_shared_rates import store
from vivier.lexicon import load_lexicon
from vivier.mail.sealing import new_key
from vivier.settings import Settings

MOST = 5.0
"""Seconds of an answer, whatever lies."""
TROUBLES = {"postgresql": "base", "redis": "rate", "relay": "relais", "collector": "traces"}
"""The dependencies, and the name of the trouble that the operator reads."""
BORNE = {("relay", "slow"), ("collector", "slow"), ("collector", "half")}
"""Faults that harm nothing: letters and traces leave, late, or their receipt is cut."""
_ROUNDS = 3
_LETTER_SECONDS = 4.0
"""Seconds between two letters: one client may ask for a hundred a day."""
_CLIENT_SECONDS = 20.0


@dataclass
class Seen:
    """What a fault did. ``seconds``: the slowest answer by kind of route; ``statuses``: all the answers of it; ``told``: where the operator
    read it."""

    dependency: str
    fault: Fault
    seconds: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, set[int]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    @property
    def wrong(self) -> list[str]:
        """What should not be."""
        found = [f"{kind} took {slowest:.1f} s" for kind, slowest in self.seconds.items() if slowest > MOST]
        for kind in ("search", "page", "sheet", "ready"):
            found += [f"{kind} answered {status}" for status in self.statuses.get(kind, ()) if status != 200]
        found += [
            f"gift answered {status}" for status in self.statuses.get("gift", ()) if status not in (201, 429, 503)
        ]
        if (self.dependency, self.fault) in BORNE:
            return found
        return [*found, *(f"not told by {where}" for where in ("ready", "log", "metrics") if where not in self.told)]


@dataclass
class Outside:
    """A service, and the proxies before what it depends on."""

    server: Serving
    metrics: int
    proxies: dict[str, Lying]
    sheet: str
    letters: Iterator[int] = field(default_factory=count)
    written: float = 0.0

    def tried(self, dependency: str, fault: Fault) -> Seen:
        """What a fault does, from its beginning to its end."""
        proxy, name, seen = self.proxies[dependency], TROUBLES[dependency], Seen(dependency, fault)
        before = len(self.server.lines())
        proxy.lie(fault)
        try:
            for _ in range(_ROUNDS):
                self._ask(seen)
            if (dependency, fault) not in BORNE:
                until(lambda: self._is_told(seen, name))
                seen.told.add("ready")
            self._ask(seen)
            figures = self._get(self.metrics, "/metrics")[1].decode()
            if f'vivier_trouble{{name="{name}"}} 1.0' in figures:
                seen.told.add("metrics")
            if len(self.server.lines()) > before:
                seen.told.add("log")
        finally:
            proxy.lie("none")
        until(lambda: self._is_over(name))
        return seen

    def _is_told(self, seen: Seen, name: str) -> bool:
        self._ask(seen)
        return name in self._troubles()

    def _is_over(self, name: str) -> bool:
        self._ask(Seen("relay" if name == "relais" else "", "none"))
        return name not in self._troubles()

    def _troubles(self) -> set[str]:
        warnings = json.loads(self._get(self.server.port, "/ready")[1])["warnings"]
        marks = {"base :": "base", "VIVIER_RATE_STORE": "rate", "relais": "relais", "traces": "traces"}
        return {name for mark, name in marks.items() if any(mark in warning for warning in warnings)}

    def _ask(self, seen: Seen) -> None:
        lot = {"text": "entretien des espaces verts", "place": "Rennes", "amount": 240_000}
        asked = {
            "search": ("/v1/suppliers?per_page=5", None),
            "page": ("/fournisseurs?q=nettoyage", None),
            "sheet": (self.sheet, None),
            "gift": ("/v1/dossiers", {"lots": [lot]}),
            "ready": ("/ready", None),
        }
        for kind, (path, content) in asked.items():
            began = time.monotonic()
            status = self._get(self.server.port, path, content)[0]
            seen.seconds[kind] = max(seen.seconds.get(kind, 0.0), time.monotonic() - began)
            seen.statuses.setdefault(kind, set()).add(status)
        if seen.dependency == "relay" and time.monotonic() - self.written > _LETTER_SECONDS:
            self.written = time.monotonic()
            form = f"address=a{next(self.letters)}@exemple.example&every=daily"
            self._get(self.server.port, "/courriel/suppliers?q=tonte", form)

    @staticmethod
    def _get(port: int, path: str, content: object = None) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=_CLIENT_SECONDS)
        try:
            if content is None:
                connection.request("GET", path)
            elif isinstance(content, str):
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                connection.request("POST", path, content, headers)
            else:
                connection.request("POST", path, json.dumps(content), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()


class _Collector(BaseHTTPRequestHandler):
    """A collector of traces that takes everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def outside(folder: Path) -> Iterator[Outside]:
    """A service whose every dependency is behind a proxy, all telling the truth."""
    home = folder / "home"
    serve_corpus(Settings(home=home).generations, load_lexicon()).close()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data.chmod(0o755)
        address = parse_qs(urlsplit(stack.enter_context(postgresql(data))).query)["host"][0]
        shared, box = stack.enter_context(store(folder)), stack.enter_context(mailbox())
        collector = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
        stack.callback(collector.shutdown)
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        upstreams: dict[str, int | str] = {
            "postgresql": f"{address}/.s.PGSQL.5432",
            "redis": urlsplit(shared.url).port or 0,
            "relay": box.port,
            "collector": collector.server_address[1],
        }
        proxies = {name: stack.enter_context(lying(upstream)) for name, upstream in upstreams.items()}
        ports, metrics = {name: proxy.port for name, proxy in proxies.items()}, free_port()
        variables: dict[str, Any] = {
            "VIVIER_GIVEN_URL": f"postgresql+psycopg://vivier@127.0.0.1:{ports['postgresql']}/postgres",
            "VIVIER_RATE": "100000",
            "VIVIER_RATE_STORE": f"redis://127.0.0.1:{ports['redis']}",
            "VIVIER_SMTP_URL": f"smtp://127.0.0.1:{ports['relay']}",
            "VIVIER_MAIL_FROM": "Vivier <vivier@exemple.example>",
            "VIVIER_MAIL_KEY": new_key(),
            "VIVIER_BACKUP_KEY": new_key(),
            "VIVIER_PUBLIC_URL": "https://vivier.exemple.example",
            "VIVIER_TRACE_URL": f"http://127.0.0.1:{ports['collector']}/v1/traces",
            "VIVIER_METRICS_PORT": str(metrics),
            "OTEL_BSP_SCHEDULE_DELAY": "500",
            "OTEL_BSP_EXPORT_TIMEOUT": "2000",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "2",
        }
        server = stack.enter_context(serving(home, look=1.0, **variables))
        found = json.loads(Outside._get(server.port, "/v1/suppliers?per_page=1")[1])["results"][0]["id"]
        yield Outside(server, metrics, proxies, f"/fournisseurs/{found}")


def main(dependency: Annotated[list[str] | None, typer.Argument(help="by default all")] = None) -> Iterator[str]:
    """Tries everything, a line for each."""
    kinds, failed = ("search", "page", "sheet", "gift", "ready"), False
    with tempfile.TemporaryDirectory(prefix="vivier-outside-") as folder:
        built.ROOT[:] = [Path(folder)]
        with outside(Path(folder)) as found:
            yield f"{'dependency':<12}{'fault':<9}{''.join(f'{kind:>8}' for kind in kinds)}  told by"
            for name, fault in product(dependency or TROUBLES, FAULTS):
                seen = found.tried(name, fault)
                figures = "".join(f"{seen.seconds.get(kind, 0):>7.2f}s" for kind in kinds)
                yield f"{name:<12}{fault:<9}{figures}  {', '.join(sorted(seen.told))} {'; '.join(seen.wrong)}"
                failed |= bool(seen.wrong)
    if failed:
        raise typer.Exit(1)

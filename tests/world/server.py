"""The server of the replica: a proxy that answers for every host by itself, http and https, and remembers what it was asked."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.world.certificates import Authority

EMPTY_PAGE = json.dumps({"count": 0, "next": None, "previous": None, "results": []}).encode()


@dataclass(frozen=True)
class Asked:
    """One request. ``path`` has its query; ``known`` is the tag of the copy that the client already has."""

    host: str
    path: str
    known: str | None = None
    key: str | None = None
    body: bytes = b""

    @property
    def url(self) -> str:
        """Host, path and query."""
        return f"{self.host}{self.path}"


@dataclass(frozen=True)
class Answer:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Play = Callable[[Asked], Answer | None]
"""Plays a host. ``None``: it has no such page."""


@dataclass
class Rate:
    """One request every ``seconds``, with as many ahead of time as a busy machine may deliver together (``ahead``)."""

    seconds: float
    ahead: int = 2
    due: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, now: float) -> bool:
        """Whether a request that comes now is within the rate; one that is not is not counted."""
        with self.lock:
            due = max(self.due, now)
            if due - now > self.ahead * self.seconds:
                return False
            self.due = due + self.seconds
            return True


@dataclass
class World:
    """What is served, and what was asked.

    ``pages``, ``faults`` and ``moved`` are keyed by a path (of any host) or by a host and a path. ``faults`` are statuses
    answered once each, before the real answer; ``moved`` says where a page has gone; ``hosts`` play what no page answers;
    ``rates`` are those of hosts: who asks faster is told to wait (429, ``Retry-After``), robots.txt left out, and noted in ``too_fast``.
    ``robots_of`` gives the robots.txt of a host; hosts that are ``down`` ask to come back in a day. ``keys`` are the keys sent, robots.txt left out.
    """

    pages: dict[str, bytes] = field(default_factory=dict)
    robots: bytes = b"User-agent: *\nDisallow: /private/\n"
    robots_of: dict[str, bytes] = field(default_factory=dict)
    hosts: dict[str, Play] = field(default_factory=dict)
    faults: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    requests: list[tuple[str, int]] = field(default_factory=list)
    asked: list[tuple[Asked, int]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    received: list[bytes] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    rates: dict[str, Rate] = field(default_factory=dict)
    too_fast: list[Asked] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
        if asked.host in self.down:
            return Answer(status=503, headers={"Retry-After": "86400"})
        if asked.path == "/robots.txt":
            return Answer(self.robots_of.get(asked.host, self.robots))
        rate = self.rates.get(asked.host)
        if rate is not None and not rate.allows(time.monotonic()):
            self.too_fast.append(asked)
            return Answer(status=429, headers={"Retry-After": "1"})
        for place in (asked.url, asked.path):
            if self.faults.get(place):
                status, headers = self.faults[place].pop(0)
                return Answer(status=status, headers=headers)
            if place in self.moved:
                return Answer(status=302, headers={"Location": self.moved[place]})
            if place in self.pages:
                return tagged(Answer(self.pages[place]), asked)
        played = self.hosts[asked.host](asked) if asked.host in self.hosts else None
        if played is None and urlsplit(asked.path).path == "/api/v1/siaes/":
            played = Answer(EMPTY_PAGE)
        return Answer(status=404) if played is None else tagged(played, asked)

    def count(self, status: int) -> int:
        """How many answers had this status, robots.txt left out."""
        return sum(1 for path, answered in self.requests if answered == status and path != "/robots.txt")

    def forget(self) -> None:
        """Forgets what was asked."""
        for seen in (self.requests, self.asked, self.times, self.received, self.keys, self.too_fast):
            seen.clear()


def tagged(answer: Answer, asked: Asked) -> Answer:
    """The answer with the tag of its content; « not modified » to who has it already. A page that was sent (POST) has none."""
    if answer.status != 200 or asked.body:
        return answer
    tag = f'"{hashlib.sha1(answer.body, usedforsecurity=False).hexdigest()}"'
    headers = {**answer.headers, "ETag": tag}
    return Answer(status=304, headers=headers) if asked.known == tag else Answer(answer.body, 200, headers)


def _handler(world: World, authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # two small writes would wait for each other some forty milliseconds
        tunnel: str | None = None

        def do_CONNECT(self) -> None:
            """Becomes the host that the client asks for, with a certificate in its name."""
            self.tunnel = self.path.rpartition(":")[0]
            self.send_response(200)
            self.end_headers()
            secured: Any = authority.context(self.tunnel).wrap_socket(self.connection, server_side=True)
            self.connection = secured
            self.rfile, self.wfile = secured.makefile("rb"), secured.makefile("wb", buffering=0)
            self.close_connection = False

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            world.received.append(body)
            self._answer(body)

        def _answer(self, body: bytes) -> None:
            asked = self._asked(body)
            world.times.append(time.monotonic())
            answer = world.answer(asked)
            world.requests.append((asked.path, answer.status))
            world.asked.append((asked, answer.status))
            world.agents.add(str(self.headers.get("User-Agent")))
            if asked.path != "/robots.txt":
                world.keys.append(asked.key)
            self._send(answer)

        def _asked(self, body: bytes) -> Asked:
            """A request inside a tunnel names its path; a plain one sent to a proxy names its whole address."""
            parts = urlsplit(self.path)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            host = self.tunnel or parts.hostname or ""
            return Asked(host, path, self.headers.get("If-None-Match"), self.headers.get("Authorization"), body)

        def _send(self, answer: Answer) -> None:
            body, headers = answer.body, dict(answer.headers)
            if len(body) > 200 and body[:2] != b"\x1f\x8b" and "gzip" in self.headers.get("Accept-Encoding", ""):
                body, headers = gzip.compress(body, mtime=0), {**headers, "Content-Encoding": "gzip"}
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError, OSError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    return Handler


@contextmanager
def served(world: World) -> Iterator[World]:
    """Serve a world on a free port of this machine. Processes started meanwhile trust its certificates."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(world, authority))
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        world.url = f"http://127.0.0.1:{server.server_address[1]}"
        trusted = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(authority.file)
        try:
            yield world
        finally:
            os.environ.pop("SSL_CERT_FILE")
            if trusted is not None:
                os.environ["SSL_CERT_FILE"] = trusted
            server.shutdown()
            server.server_close()

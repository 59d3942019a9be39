"""A small world to crawl: a local HTTP server that serves recorded layouts and remembers what it was asked."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.crawlers.samples import SAMPLES

EMPTY_PAGE = json.dumps({"count": 0, "next": None, "previous": None, "results": []}).encode()


@dataclass
class World:
    """What is served, and what was asked. ``faults`` maps a path to statuses answered once each, before the real answer;
    ``moved`` a path to where it has gone; ``keys`` are the keys sent, robots.txt left out.
    """

    pages: dict[str, bytes] = field(default_factory=dict)
    robots: bytes = b"User-agent: *\nDisallow: /private/\n"
    faults: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    requests: list[tuple[str, int]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    received: list[bytes] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def answer(self, path: str, known: str | None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a path and query."""
        if path == "/robots.txt":
            return 200, {}, self.robots
        if self.faults.get(path):
            status, headers = self.faults[path].pop(0)
            return status, headers, b""
        if path in self.moved:
            return 302, {"Location": self.moved[path]}, b""
        body = self.pages.get(path)
        if body is None and urlsplit(path).path == "/api/v1/siaes/":
            body = EMPTY_PAGE
        if body is None:
            return 404, {}, b""
        tag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        return (304, {"ETag": tag}, b"") if known == tag else (200, {"ETag": tag}, body)

    def count(self, status: int) -> int:
        """How many answers had this status, robots.txt left out."""
        return sum(1 for path, answered in self.requests if answered == status and path != "/robots.txt")


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = world.answer(self.path, self.headers.get("If-None-Match"))
            world.requests.append((self.path, status))
            world.times.append(time.monotonic())
            if self.path != "/robots.txt":
                world.keys.append(self.headers.get("Authorization"))
            world.agents.add(str(self.headers.get("User-Agent")))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            world.received.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    return Handler


@contextmanager
def served(world: World) -> Iterator[World]:
    """Serve a world on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(world))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()


def emplois_world() -> World:
    """Two pages for Ille-et-Vilaine, nothing elsewhere. The pages link to the real host, as recorded."""
    pages = {
        f"/api/v1/siaes/?departement=35&page_size=100{suffix}": (SAMPLES / "emplois" / name).read_bytes()
        for suffix, name in (("", "sample-page1.json"), ("&page=2", "sample-page2.json"))
    }
    return World(pages=pages)


def finess_world() -> World:
    """Two datasets with several resources each; the files are gzip and linked on another host, as in the catalogue."""
    world = World()
    for nature in ("structures", "activites"):
        body = gzip.compress((SAMPLES / "finess" / f"sample-{nature}.json").read_bytes(), mtime=0)
        newest = f"finess-{nature}-journalier-20260905.json.gz"
        world.pages[f"/resources/{newest}"] = body
        titles = (
            f"finess-{nature}-mensuel-202609.json.gz",
            newest,
            f"finess-{nature}-journalier-20260904.json.gz",
            "notice.pdf",
        )
        resources = [{"title": title, "url": f"https://static.data.gouv.fr/resources/{title}"} for title in titles]
        resources[1]["checksum"] = {"type": "sha1", "value": hashlib.sha1(body, usedforsecurity=False).hexdigest()}  # type: ignore[assignment]
        world.pages[f"/api/1/datasets/finess-{nature}-1/"] = json.dumps({"resources": resources}).encode()
    return world


def query_of(path: str) -> dict[str, list[str]]:
    """The query of an asked path."""
    return parse_qs(urlsplit(path).query)

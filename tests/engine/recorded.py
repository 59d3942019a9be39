"""What a node was asked and answered, kept in a file and answered again: our code speaks HTTP as to a node, in milliseconds.

``python -m tests.engine.recorded http://127.0.0.1:9200`` records it again, from a node that is there (``make opensearch``).
"""

from __future__ import annotations

import json
import re
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from tests.engine.compare import COLLECTION
from tests.engine.village import VILLAGE
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.text.vocabulary import Vocabulary

FILE: Final = Path(__file__).parent / "answers_of_a_node.jsonl"
PREFIX: Final = "recorded"
WORDS: Final = Vocabulary(len(VILLAGE), {"jardin": (3, "jardins")})
_NAME: Final = re.compile(rf"(?<={COLLECTION}-)\d{{20}}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00")
_BUILDER: Final = re.compile(r'"builder": ?"[^"]+"')
_FIELDS: Final = re.compile(r'(?<="properties":)\{.*\}(?=,"_meta"|\}\}\}$)')
"""The fields of an index: one more is no other question."""
_TOOK: Final = re.compile(r'"took":\d+')
Exchange = tuple[str, str, str, int, str]
"""Method, address, body, status, answer. Names of generations are ``{0}``, ``{1}``…; moments are those of the recording."""


class Recorded:
    """Answers as recorded, or passes to ``upstream`` what it is asked and notes the answer."""

    def __init__(self, kept: list[Exchange], upstream: str | None = None) -> None:
        self.kept, self.upstream, self.refused = kept, upstream, list[str]()
        self._moments: list[str] = []
        self._left = list(kept)
        self._names: list[str] = []
        self._alone = threading.Lock()

    def answer(self, method: str, path: str, body: str) -> tuple[int, str]:
        with self._alone:
            for name in _NAME.findall(path + body):
                if name not in self._names:
                    self._names.append(name)
            if self.upstream is None:
                return self._again(method, self._plain(path), self._plain(body))
            status, text = _passed(self.upstream, method, path, body)
            self.kept.append((method, self._plain(path), self._plain(body), status, self._plain(text)))
            return status, text

    def _again(self, method: str, path: str, body: str) -> tuple[int, str]:
        found = [one for one in self._left if one[:3] == (method, path, body)]
        if not found:
            self.refused.append(f"{method} {path}\n{body}")
            return 500, "{}"
        if len(found) > 1:
            self._left.remove(found[0])
        *_, status, text = found[0]
        for place, name in enumerate(self._names):
            text = text.replace(f"{COLLECTION}-{{{place}}}", f"{COLLECTION}-{name}")
        for place, moment in enumerate(self._moments):
            text = text.replace(f"{{moment {place}}}", moment)
        return status, text

    def _plain(self, text: str) -> str:
        for place, name in enumerate(self._names):
            text = text.replace(f"{COLLECTION}-{name}", f"{COLLECTION}-{{{place}}}")
        for moment in _MOMENT.findall(text):
            if moment not in self._moments:
                self._moments.append(moment)
        for place, moment in enumerate(self._moments):
            text = text.replace(moment, f"{{moment {place}}}")
        return _FIELDS.sub("{}", _TOOK.sub('"took":1', _BUILDER.sub('"builder":"here:1"', text)))


def _passed(upstream: str, method: str, path: str, body: str) -> tuple[int, str]:
    kind = "application/x-ndjson" if path.split("?")[0].endswith(("_bulk", "_msearch")) else "application/json"
    request = urllib.request.Request(upstream + path, body.encode() or None, {"Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@contextmanager
def served(recorded: Recorded) -> Iterator[OpenSearchStore]:
    """A store whose node is the recording."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, text = recorded.answer(self.command, self.path, body)
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is said of a request."""

    for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
        setattr(Handler, f"do_{method}", Handler._do)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        with closing(OpenSearchStore([f"http://127.0.0.1:{server.server_port}"], PREFIX)) as store:
            yield store
    except EngineUnavailable:
        again = "make opensearch; python -m tests.engine.recorded http://127.0.0.1:9200"
        assert recorded.refused == [], f"asked, and not in the recording: {again}"
        raise
    finally:
        server.shutdown()
        server.server_close()


def read() -> list[Exchange]:
    """What was recorded."""
    with FILE.open(encoding="utf8") as lines:
        return [tuple(json.loads(line)) for line in lines]


def lived(store: Store) -> list[str]:
    """Makes two generations, promotes both, removes the first; what there is after each step, in words."""
    told: list[str] = []
    for mark in ("first", "second"):
        building = store.build(COLLECTION)
        building.add(VILLAGE)
        made = building.finish({"mark": mark}, WORDS)
        told.append(f"{made.documents} {made.live} {made.meta} {store.promote(COLLECTION, made.name).meta}")
    every = store.generations(COLLECTION)
    told.append(str([(one.documents, one.live, one.meta["mark"], one.name > every[-1].name) for one in every]))
    former = store.open(COLLECTION, every[-1].name)
    told.append(f"{former.generation.live} {len(list(former.scan(All())))}")
    store.remove(COLLECTION, every[-1].name)
    told.append(str([one.meta["mark"] for one in store.generations(COLLECTION)]))
    begun = store.build(COLLECTION)
    begun.abandon()
    told.append(str(store.ready()))
    return told


def record(upstream: str, ask: Callable[[Store], object]) -> list[Exchange]:
    """What a node is asked and answers when it knows nothing yet; it knows nothing after."""
    kept: list[Exchange] = []
    nothing = f"/{PREFIX}-*,words-{PREFIX}-*"
    _passed(upstream, "DELETE", nothing, "")
    try:
        with served(Recorded(kept, upstream)) as store:
            lived(store)
            ask(store)
    finally:
        _passed(upstream, "DELETE", nothing, "")
    return kept


if __name__ == "__main__":
    from tests.engine.test_recorded_node import asked

    lines = (
        json.dumps(one, ensure_ascii=False) + "\n"
        for one in record(sys.argv[1], lambda store: asked(store.open(COLLECTION)))
    )
    FILE.write_text("".join(lines), encoding="utf8")

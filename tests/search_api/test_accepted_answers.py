"""Answers of the demonstration, page by page and route by route: none changes unless somebody wants it.

``ACCEPT_ANSWERS=1`` writes the answers of today; ``python -m scripts.answers`` shows what changed in them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from scripts.answers.__main__ import plain
from scripts.answers.requests import POSTS, urls
from tests.search_api.pages.demo import demonstration
from vivier.lexicon import Lexicon

ACCEPTED = Path(__file__).parents[1] / "fixtures" / "answers.txt"
ONE_IN = 6
"""Share of the requests that are sent: the first of each path, and one in six of the others, by the sum of its letters."""
LEFT_OUT = (
    "xlsx",
    "by=epci",
    "territory=FR",
    ".geojson",
    "/docs",
    "/support",
    ".svg",
    "/ready",
    "/metrics",
    "/qualite",
)
"""Words of the requests that are costly, or whose answer is of the moment."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    with demonstration(tmp_path_factory.mktemp("answers"), lexicon, keeps=True) as app, TestClient(app) as client:
        yield client


def test_no_answer_changes_that_nobody_accepted(client: TestClient) -> None:
    found = dict(_answers(client))
    if os.environ.get("ACCEPT_ANSWERS"):
        ACCEPTED.write_text("".join(f"{digest} {request}\n" for request, digest in found.items()), "utf8")
    lines = (line.partition(" ") for line in ACCEPTED.read_text("utf8").splitlines())
    accepted = {request: digest for digest, _, request in lines}
    assert [request for request in accepted | found if accepted.get(request) != found.get(request)] == []


def _answers(client: TestClient) -> Iterator[tuple[str, str]]:
    """A request, and the beginning of the hash of its status and body."""
    paths = set[str]()
    for url in urls(client):
        is_first = url.partition("?")[0] not in paths
        paths.add(url.partition("?")[0])
        if (is_first or crc32(url.encode()) % ONE_IN == 0) and not any(word in url for word in LEFT_OUT):
            yield f"GET {url}", _digest(client.get(url, follow_redirects=False))
    for path, body in POSTS:
        if path == "/v1/dossiers":
            continue  # its address is drawn
        yield f"POST {path} {json.dumps(body, ensure_ascii=False)}", _digest(client.post(path, json=body))


def _digest(answer: Response) -> str:
    status, media, body = answer.status_code, answer.headers.get("content-type", ""), answer.content
    return sha256(f"{status} {media} ".encode() + plain(media, body)).hexdigest()[:12]

"""Every answer of the API has the members of the type that its route publishes, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from scripts.answers.requests import POSTS, urls
from tests.search_api.conforms import conforms
from tests.search_api.pages.demo import demonstration
from vivier.lexicon import Lexicon

REQUESTS = 6
"""Requests of each route: its first parameters with their sample values."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, TestClient]]:
    with demonstration(Path(tmp_path_factory.mktemp("types")), lexicon) as app:
        yield app, TestClient(app)


def published(app: FastAPI, method: str, path: str) -> object:
    """The type that a route publishes for its answer in JSON; ``None`` for a file or a page."""
    for route in app.routes:
        if isinstance(route, APIRoute) and method in route.methods and route.path_regex.match(path):
            return route.responses.get(200, {}).get("model")
    return None


def test_answers_have_the_published_types(service: tuple[FastAPI, TestClient]) -> None:
    app, client = service
    of_route: dict[str, int] = defaultdict(int)
    for url in urls(client):
        path = url.partition("?")[0]
        kind = published(app, "GET", path)
        if kind is None or of_route[path] >= REQUESTS:
            continue
        response = client.get(url)
        if response.status_code == 200:
            of_route[path] += 1
            conforms(kind, response.json())
    assert len(of_route) > 25


def test_answers_to_posted_requests_have_the_published_types(service: tuple[FastAPI, TestClient]) -> None:
    app, client = service
    for path, body in POSTS:
        kind, response = published(app, "POST", path), client.post(path, json=body)
        if kind is not None and response.status_code == 200:
            conforms(kind, response.json())

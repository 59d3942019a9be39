"""An address that was issued and is no longer served says, in French, what to use instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Route, compile_path

from search_api.gone import GONE

FORMER = Path(__file__).parents[1] / "fixtures" / "addresses-0.3.0.txt"
ROWS = pytest.mark.parametrize(("pattern", "sentence"), GONE, ids=[pattern for pattern, _ in GONE])


def _issued(pattern: str) -> str:
    return re.sub(r"\{[^}]*\}", "abcdefghijk", pattern)


@ROWS
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_a_program_is_answered_with_what_replaces_the_address(
    client: TestClient, pattern: str, sentence: str, method: str
) -> None:
    response = client.request(method, _issued(pattern), headers={"Accept": "application/json"})
    assert response.status_code == 410
    if method != "HEAD" and pattern.startswith("/v1/"):
        assert (response.json()["type"], response.json()["detail"]) == ("/docs#gone", sentence)


@ROWS
def test_a_browser_is_answered_with_a_page_that_says_it(client: TestClient, pattern: str, sentence: str) -> None:
    if pattern.startswith("/v1/"):
        pytest.skip("the API answers with problem documents")
    response = client.get(_issued(pattern), headers={"Accept": "text/html"})
    assert response.status_code == 410 and response.headers["content-type"].startswith("text/html")
    assert sentence in response.text.replace("&#39;", "'").replace("\u00a0", " ").replace("\u202f", " ").replace(
        "’", "'"
    )


@ROWS
def test_no_route_is_served_at_an_address_that_is_gone(client: TestClient, pattern: str, sentence: str) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    gone = compile_path(pattern)[0]
    served = {route.path for route in app.routes if isinstance(route, APIRoute)}
    assert [path for path in served if gone.match(_issued(path))] == []


@ROWS
def test_each_sentence_has_twenty_words_at_most(pattern: str, sentence: str) -> None:
    assert all(0 < len(part.split()) <= 20 for part in re.split(r"(?<=[.!?]) ", sentence)) and sentence.endswith(".")


def test_no_address_of_a_closed_version_is_lost(client: TestClient) -> None:
    """Each address that 0.3.0 answered is one of a route, or of one that is gone."""
    app = client.app
    assert isinstance(app, FastAPI)
    known = {_shape(route.path) for route in app.routes if isinstance(route, Route)} | {
        _shape(path) for path, _ in GONE
    }
    issued = FORMER.read_text("utf8").splitlines()
    assert len(issued) > 100 and [path for path in issued if _shape(path) not in known] == []


def _shape(pattern: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", pattern)

"""An answer asked again is not made again; it is the same, in the form that the reader accepts; memory is bounded."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from search_api import responses
from search_api.answer_cache import AnswerCache, CachedAnswer
from search_api.pages import render

PAGES = (
    "/",
    "/espace/acheteur",
    "/fournisseurs?kind=ESAT",
    "/filieres?trade=entretien-espaces-verts",
    "/fournisseurs/{id}",
)


@pytest.mark.slow
@pytest.mark.parametrize("url", PAGES)
def test_a_page_asked_again_is_the_same_and_is_not_made_again(
    client: TestClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url.format(id=client.get("/v1/suppliers?per_page=1").json()["results"][0]["id"])
    first = client.get(url, headers={"Accept": "text/html"})
    monkeypatch.setattr(render, "environment", None)  # a template asked for now would be an error
    again = client.get(url, headers={"Accept": "text/html"})
    plain = client.get(url, headers={"Accept": "text/html", "Accept-Encoding": "identity"})
    assert first.status_code == 200 and first.text == again.text == plain.text
    assert again.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert again.headers["etag"] == f"W/{plain.headers['etag']}"
    assert "Accept-Encoding" in again.headers["vary"]
    unchanged = client.get(url, headers={"Accept": "text/html", "If-None-Match": plain.headers["etag"]})
    assert unchanged.status_code == 304


@pytest.mark.slow
@pytest.mark.parametrize(
    "url",
    (
        "/v1/suppliers?kind=ESAT&territory=departement:35",
        "/v1/feasibility?trade=entretien-espaces-verts&territory=departement:35",
        "/v1/depth?trade=entretien-espaces-verts",
    ),
)
def test_an_answer_in_json_asked_again_is_the_same_to_the_byte(client: TestClient, url: str) -> None:
    first, again = client.get(url), client.get(url)
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert (
        first.status_code == 200 and first.content == again.content == plain.content
    )  # « took_ms » too: it was made once
    assert again.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert client.get(url, headers={"If-None-Match": plain.headers["etag"]}).status_code == 304
    assert client.get(f"{url}&as_of=2026-01-01").content != first.content


def test_pages_with_the_same_answer_at_two_addresses_are_two(client: TestClient) -> None:
    plain = client.get("/fournisseurs?kind=ESAT&kind=EI", headers={"Accept": "text/html"}).text
    other = client.get("/fournisseurs?kind=EI&kind=ESAT", headers={"Accept": "text/html"}).text
    assert 'class="card' in plain and 'class="card' in other


def test_answers_of_more_bytes_than_the_bound_leave_the_oldest_first() -> None:
    answers = AnswerCache(most_bytes=10_000)
    for number in range(3):
        answers.keep((str(number),), CachedAnswer({}, bytes(4_000)))
    assert answers.get(("0",)) is None and answers.get(("1",)) is not None and answers.get(("2",)) is not None
    answers.keep(("huge",), CachedAnswer({}, bytes(12_000)))
    assert answers.get(("huge",)) is None and answers.get(("2",)) is not None


def test_the_headers_of_an_answer_count_among_its_bytes() -> None:
    answers = AnswerCache(most_bytes=10_000)
    answers.keep(("headers",), CachedAnswer({"Link": "x" * 12_000}, b""))
    assert answers.get(("headers",)) is None


def test_a_body_kept_is_sent_plain_as_it_was_made(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses.igzip, "decompress", None)  # undoing what was just compressed would be an error
    url = "/v1/suppliers?kind=EA&per_page=3"
    assert client.get(url, headers={"Accept-Encoding": "identity"}).status_code == 200

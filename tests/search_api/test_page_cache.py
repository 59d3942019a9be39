"""A page asked again is not made again; it is the same, in the form that the reader accepts; memory is bounded."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from search_api.page_cache import CachedPage, PageCache
from search_api.pages import render

PAGES = (
    "/",
    "/espace/acheteur",
    "/fournisseurs?kind=ESAT",
    "/filieres?trade=entretien-espaces-verts",
    "/fournisseurs/{id}",
)


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


def test_pages_with_the_same_answer_at_two_addresses_are_two(client: TestClient) -> None:
    plain = client.get("/fournisseurs?kind=ESAT&kind=EI", headers={"Accept": "text/html"}).text
    other = client.get("/fournisseurs?kind=EI&kind=ESAT", headers={"Accept": "text/html"}).text
    assert 'class="card' in plain and 'class="card' in other


def test_the_page_asked_longest_ago_leaves_first() -> None:
    pages = PageCache(most_bytes=10)
    for name in ("a", "b"):
        pages.keep((name,), CachedPage({}, b"12345"))
    assert pages.get(("a",)) is not None
    pages.keep(("c",), CachedPage({}, b"12345"))
    assert pages.get(("b",)) is None and pages.get(("a",)) is not None and len(pages) == 2
    pages.keep(("d",), CachedPage({}, b"123456789012"))
    assert pages.get(("d",)) is None and len(pages) == 2

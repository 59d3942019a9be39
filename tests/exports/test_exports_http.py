"""What HTTP promises of an export: a file name, refusals before the first byte, HEAD, caching, a cut when it is not whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.bodies import FORM
from tests.exports.conftest import download
from tests.search_api.conftest import Search, publish, search, today
from vivier.engine.embedded.store import EmbeddedReader, EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.search.port import Hit
from vivier.suppliers import whole

__all__ = ["search"]
TOOK = re.compile(rb'"took_ms":[0-9.]+')
EXTENSIONS = ("csv", "xlsx", "jsonl", "geojson")
MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "geojson": "application/geo+json",
}


@pytest.mark.slow
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_the_file_is_named_after_its_date_in_plain_ascii(client: TestClient, extension: str) -> None:
    for query, day in (("q=Élan", "2026-11-24"), ("as_of=2027-02-01", "2027-02-01")):
        headers = client.get(f"/v1/suppliers.{extension}?{query}").headers
        assert headers["content-type"] == MEDIA[extension]
        assert headers["content-disposition"] == f'attachment; filename="vivier-fournisseurs-{day}.{extension}"'


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_head_tells_the_same_without_making_the_file(
    client: TestClient, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/v1/suppliers.{extension}?kind=EI"
    got = client.get(url, headers={"Accept-Encoding": "identity"}).headers  # nothing is there to compress in a head
    monkeypatch.setattr(EmbeddedReader, "stream", None)
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-disposition", "etag", "cache-control"):
        assert head.headers[name] == got[name]


@pytest.mark.slow
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_export_held_already_is_not_made_again(client: TestClient, extension: str) -> None:
    url = f"/v1/suppliers.{extension}?kind=EI"
    etag = client.get(url).headers["etag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    assert len({client.get(f"/v1/suppliers.{one}?kind=EI").headers["etag"] for one in EXTENSIONS}) == len(EXTENSIONS)


@pytest.mark.slow
@pytest.mark.parametrize("extension", ["csv", "xlsx", "jsonl"])
def test_the_same_query_gives_the_same_bytes(client: TestClient, extension: str) -> None:
    query = "territory=region:84&sort=neutral&seed=x"
    assert download(client, extension, query) == download(client, extension, query)


def test_an_order_drawn_anew_is_not_cached(client: TestClient) -> None:
    headers = client.get("/v1/suppliers.csv?sort=neutral").headers
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_what_cannot_be_asked_is_refused_before_the_file(client: TestClient, extension: str) -> None:
    response = client.get(f"/v1/suppliers.{extension}?page=2&per_page=10&facets=kind")
    assert response.status_code == 422
    assert {one["field"]: one["code"] for one in response.json()["errors"]} == dict.fromkeys(
        ("page", "per_page", "facets"), "not_applicable"
    )
    assert "content-disposition" not in response.headers
    assert client.get(f"/v1/suppliers.{extension}?kindd=EI").status_code == 422
    assert client.get(f"/v1/suppliers.{extension}", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("extension", ["csv", "xlsx", "jsonl"])
def test_too_many_rows_are_refused_with_the_reason(
    client: TestClient, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(whole.whole.__kwdefaults__, "limit", 50)
    response = client.get(f"/v1/suppliers.{extension}")
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["code"] == "too_many_rows"
    assert "au plus 50 fournisseurs" in error["message"]
    assert client.get(f"/v1/suppliers.{extension}?kind=EI").status_code == 200


@pytest.mark.slow
def test_the_search_links_to_its_exports(client: TestClient, search: Search) -> None:
    links = search([("kind", "EI"), ("page", "2"), ("per_page", "5")])["links"]
    for extension in EXTENSIONS:
        assert links[extension] == f"/v1/suppliers.{extension}?kind=EI"
        assert client.get(links[extension]).status_code == 200


class Shortened(EmbeddedStore):
    """A store whose readers lose the last supplier on the way."""

    def open(self, *arguments: Any) -> EmbeddedReader:
        reader = super().open(*arguments)
        return ShortenedReader(reader.generation, reader._opened)


class ShortenedReader(EmbeddedReader):
    def stream(self, *arguments: Any) -> Iterator[Hit]:
        hits = list(super().stream(*arguments))
        yield from hits[:-1]


@pytest.mark.slow
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_export_that_is_not_whole_fails_instead_of_ending(
    tmp_path: Path, corpus: list[Supplier], lexicon: Lexicon, extension: str
) -> None:
    engine = Shortened(tmp_path)
    publish(engine, corpus[:80], lexicon)
    with (
        TestClient(create_app(engine, lexicon, today=today)) as client,
        pytest.raises(whole.ExportIncomplete, match="lus sur"),
    ):
        client.get(f"/v1/suppliers.{extension}")


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_posted_export_is_the_file_of_its_address(client: TestClient, extension: str) -> None:
    url, query = f"/v1/suppliers.{extension}", {"kind": ["EI", "ACI"], "territory": ["region:84"]}
    asked = client.get(url, params=query)
    for sent in ({"json": query}, {"data": query}):
        posted = client.post(url, **sent)  # type: ignore[arg-type]
        assert posted.status_code == 200, posted.text
        assert TOOK.sub(b"", posted.content) == TOOK.sub(b"", asked.content)
        assert posted.headers["content-disposition"] == asked.headers["content-disposition"]
        assert posted.headers["cache-control"] == "no-store"


def test_a_search_too_long_for_an_address_is_exported_by_posting_it(client: TestClient) -> None:
    north = [[4.0 + step / 300, 46.123456] for step in range(450)]
    polygon = {"type": "Polygon", "coordinates": [[*north, [5.5, 45.0], [4.0, 45.0], north[0]]]}
    assert client.get("/v1/suppliers.csv", params={"polygon": orjson.dumps(polygon)}).status_code == 414
    rows = client.post("/v1/suppliers.jsonl", json={"polygon": polygon}).content.splitlines()
    assert len(rows) == client.post("/v1/suppliers", json={"polygon": polygon}).json()["total"] > 0


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_what_cannot_be_asked_in_a_body_is_refused_too(client: TestClient, extension: str) -> None:
    url = f"/v1/suppliers.{extension}"
    assert client.post(url, json={"page": 2}).json()["errors"][0]["code"] == "not_applicable"
    assert client.post(url, json={"kindd": "EI"}).status_code == 422
    assert client.post(f"{url}?kind=EI", json={}).status_code == 422
    assert client.post(url, content=b"kind=EI", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post(url, content=b"q=\xff\xfe", headers={"Content-Type": FORM}).status_code == 400
    assert client.post(url, content=b"q=" + b"a" * 1_000_001, headers={"Content-Type": FORM}).status_code == 413

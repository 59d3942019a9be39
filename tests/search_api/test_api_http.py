"""What HTTP promises: caching, HEAD, headers, negotiation."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.asked import Late
from tests.search_api.conftest import publish, today
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Supplier

URL = "/v1/suppliers?territory=departement:35"
CACHED = (URL, "/v1/suppliers.geojson?kind=EI", "/v1/suppliers/essai-0001", "/v1/trades", "/v1/kinds", "/v1/sources")


@pytest.mark.parametrize("path", CACHED)
def test_what_is_held_already_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.slow
def test_each_query_and_each_form_has_its_own_etag(client: TestClient) -> None:
    tags = {
        client.get(URL).headers["etag"],
        client.get(URL + "&kind=EI").headers["etag"],
        client.get(URL + "&per_page=5").headers["etag"],
        client.get(URL, headers={"Accept": "application/geo+json"}).headers["etag"],
    }
    assert len(tags) == 4


@pytest.mark.slow
def test_a_new_generation_or_a_new_day_changes_the_etag(
    tmp_path: Path, corpus: list[Supplier], lexicon: Lexicon
) -> None:
    engine = EmbeddedStore(tmp_path)
    days = [date(2026, 11, 24)]
    client = TestClient(create_app(engine, lexicon, today=lambda: days[-1]))
    publish(engine, corpus[:5], lexicon)
    tags = [client.get(URL).headers["etag"]]
    publish(engine, corpus[:5], lexicon)
    tags.append(client.get(URL).headers["etag"])
    days.append(date(2026, 11, 25))
    tags.append(client.get(URL).headers["etag"])
    assert len(set(tags)) == 3


@pytest.mark.slow
def test_the_same_url_gives_the_same_bytes_but_for_the_time_taken(
    client: TestClient, engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    other = TestClient(create_app(engine, lexicon, today=today))  # a service keeps its answers: this one makes its own
    for path in (*CACHED, "/v1/suppliers?sort=neutral&seed=a", "/v1/labels", "/v1/territories?q=saint"):
        first, second = (re.sub(rb'"took_ms":[0-9.]+', b"", each.get(path).content) for each in (client, other))
        assert first == second


def test_a_neutral_order_drawn_anew_is_not_kept_by_caches(client: TestClient) -> None:
    response = client.get("/v1/suppliers?sort=neutral")
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_answers_may_be_kept_five_minutes_and_errors_never(client: TestClient) -> None:
    assert client.get(URL).headers["cache-control"] == "public, max-age=300, stale-while-revalidate=600"
    assert client.get("/v1/suppliers?x=1").headers["cache-control"] == "no-store"
    assert client.get("/health").headers["cache-control"] == "no-store"


@pytest.mark.slow
@pytest.mark.parametrize("path", [URL, "/v1/x", "/docs", "/health", "/v1/suppliers?x=1"])
def test_every_response_carries_the_common_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert re.fullmatch("[0-9a-f]{24}", headers["x-request-id"])
    assert re.fullmatch(r"total;dur=[0-9.]+", headers["server-timing"])
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers


def test_any_site_may_read_but_only_read(client: TestClient) -> None:
    assert client.get(URL, headers={"Origin": "https://example.org"}).headers["access-control-allow-origin"] == "*"
    posted = client.post("/v1/suppliers", json={}, headers={"Origin": "https://example.org"})
    assert "access-control-allow-origin" not in posted.headers
    assert "access-control-allow-credentials" not in posted.headers


def test_the_callers_own_request_id_is_kept_when_it_is_a_plain_one(client: TestClient) -> None:
    assert client.get("/health", headers={"X-Request-Id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    assert client.get("/health", headers={"X-Request-Id": "<b>"}).headers["x-request-id"] != "<b>"


def test_head_says_what_get_would_without_a_body(client: TestClient) -> None:
    head, got = client.head("/v1/kinds"), client.get("/v1/kinds")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["etag"] == got.headers["etag"]


PACKED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.slow
@pytest.mark.parametrize("path", [URL, "/fournisseurs", "/v1/suppliers.csv", "/v1/openapi.json"])
def test_an_answer_is_compressed_for_whoever_accepts_it(client: TestClient, path: str) -> None:
    packed, plain = client.get(path, headers=PACKED), client.get(path, headers=PLAIN)
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert "accept-encoding" in packed.headers["vary"].lower() and "accept-encoding" in plain.headers["vary"].lower()
    if path != URL:  # its body holds the time it took
        assert packed.content == plain.content


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/v1/suppliers.xlsx", "/health"])
def test_what_is_packed_already_or_short_is_sent_as_it_is(client: TestClient, path: str) -> None:
    assert "content-encoding" not in client.get(path, headers=PACKED).headers


def test_the_etag_of_a_compressed_answer_is_weak_and_still_spares_the_answer(client: TestClient) -> None:
    packed, plain = client.get(URL, headers=PACKED).headers["etag"], client.get(URL, headers=PLAIN).headers["etag"]
    assert packed == f"W/{plain}"
    assert client.get(URL, headers={"If-None-Match": packed, **PACKED}).status_code == 304
    assert client.get(URL, headers={"If-None-Match": packed, **PLAIN}).status_code == 304


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("application/geo+json", "application/geo+json"),
        ("application/json;q=0.5, application/geo+json", "application/geo+json"),
        ("application/geo+json;q=0.1, application/json", "application/json"),
    ],
)
def test_the_format_is_the_one_preferred(client: TestClient, accept: str, media: str) -> None:
    assert client.get(URL, headers={"Accept": accept}).headers["content-type"] == media


def test_a_post_answers_as_the_get_of_the_same_parameters(client: TestClient) -> None:
    body = {
        "territory": ["departement:35"],
        "kind": "EI",
        "near": [-1.68, 48.11],
        "radius_km": 60,
        "q": None,
        "page": 1,
    }
    posted = client.post("/v1/suppliers", json=body).json()
    got = client.get("/v1/suppliers?territory=departement:35&kind=EI&near=-1.68,48.11&radius_km=60").json()
    posted["meta"].pop("took_ms"), got["meta"].pop("took_ms")
    assert posted == got


def test_a_drawn_polygon_is_posted_as_geojson(client: TestClient) -> None:
    ring = [[-2.0, 47.9], [-1.2, 47.9], [-1.2, 48.4], [-2.0, 48.4], [-2.0, 47.9]]
    body = {"polygon": {"type": "Polygon", "coordinates": [ring]}, "per_page": 100}
    results = client.post("/v1/suppliers", json=body).json()["results"]
    assert results
    for result in results:
        point = result["address"]["value"]["point"]
        assert -2.0 <= point["lon"] <= -1.2
        assert 47.9 <= point["lat"] <= 48.4
    assert client.post("/v1/suppliers", json=body).headers["cache-control"] == "no-store"


@pytest.mark.slow
def test_today_is_asked_at_each_request(engine: EmbeddedStore, lexicon: Lexicon) -> None:
    days = [today()]
    client = TestClient(create_app(engine, lexicon, today=lambda: days[-1]))
    before = client.get("/v1/suppliers?kind=EI").json()
    days.append(date(2026, 11, 25))
    after = client.get("/v1/suppliers?kind=EI").json()
    assert before["meta"]["as_of"] == "2026-11-24"
    assert after["total"] < before["total"]


def test_a_route_is_studied_at_its_first_request_and_then_says_all_that_it_would(
    engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    routes = {route.path: route for route in create_app(engine, lexicon).routes if isinstance(route, Late)}
    sheet = routes["/v1/suppliers/{id}"]
    assert not any("app" in vars(route) for route in routes.values())
    assert (sheet.path_regex.match("/v1/suppliers/x") is not None, sheet.methods) == (True, {"GET"})
    assert "app" not in vars(sheet)
    assert [field.name for field in sheet.dependant.path_params] == ["id"]
    studied = vars(sheet)["app"]
    assert sheet.app is studied
    assert not hasattr(sheet, "unheard_of")
    assert sheet.app is studied

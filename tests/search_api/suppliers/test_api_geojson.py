"""GeoJSON: every match once, points in lon, lat, and nothing hidden when a point is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.schemas import FeatureCollection
from search_api.suppliers import geojson
from tests.search_api.conforms import conforms
from tests.search_api.conftest import Search


def collection(client: TestClient, query: str = "") -> dict[str, Any]:
    response = client.get(f"/v1/suppliers.geojson?{query}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/geo+json"
    body: dict[str, Any] = response.json()
    conforms(FeatureCollection, body)
    return body


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "territory=departement:35", "kind=EI&sort=name", "sort=neutral&seed=x"])
def test_features_are_the_results_in_their_order(client: TestClient, search: Search, query: str) -> None:
    body = collection(client, query)
    listed = client.get(f"/v1/suppliers?{query}&per_page=100").json()
    assert len(body["features"]) == body["total"] == listed["total"]
    assert [one["id"] for one in body["features"]][:100] == [one["id"] for one in listed["results"]]


def test_points_are_lon_lat_with_their_precision(client: TestClient) -> None:
    for feature in collection(client, "seat=commune:35238")["features"]:
        if feature["geometry"] is None:
            assert feature["properties"]["location_precision"] == "unknown"
            continue
        lon, lat = feature["geometry"]["coordinates"]
        assert -1.8 < lon < -1.5
        assert 48 < lat < 48.3
        assert feature["properties"]["location_precision"] == "street"


@pytest.mark.slow
def test_a_supplier_without_a_point_is_listed_with_a_null_geometry(client: TestClient) -> None:
    assert any(feature["geometry"] is None for feature in collection(client)["features"])


def test_the_bounding_box_is_that_of_the_points_and_there_is_no_crs(client: TestClient) -> None:
    body = collection(client, "seat=region:53")
    points = [feature["geometry"]["coordinates"] for feature in body["features"] if feature["geometry"] is not None]
    lons, lats = zip(*points, strict=True)
    assert body["bbox"] == [min(lons), min(lats), max(lons), max(lats)]
    assert "crs" not in body


@pytest.mark.slow
def test_properties_follow_the_same_list_of_fields(client: TestClient) -> None:
    properties = collection(client, "fields=website&territory=departement:38")["features"][0]["properties"]
    assert properties.keys() == {
        "group",
        "coverage",
        "distance_km",
        "score",
        "capacity",
        "reasons",
        "website",
        "location_precision",
    }


def test_nothing_found_is_an_empty_collection(client: TestClient) -> None:
    body = collection(client, "q=introuvable")
    assert body["features"] == []
    assert "bbox" not in body


def test_too_many_matches_become_counts_by_departement(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MAX_FEATURES", 50)
    body = client.get("/v1/suppliers.geojson").json()
    conforms(FeatureCollection, body)
    assert body["aggregated"] is True
    assert sum(feature["properties"]["count"] for feature in body["features"]) == body["total"]
    assert any("par département" in notice for notice in body["meta"]["notices"])
    assert body["sources"]


@pytest.mark.slow
def test_supposed_trades_are_a_property_of_their_own(client: TestClient) -> None:
    for query in ("territory=departement:38", "territory=departement:38&fields=offers"):
        features = collection(client, query)["features"]
        assert all(isinstance(feature["properties"]["supposed_trades"], list) for feature in features)

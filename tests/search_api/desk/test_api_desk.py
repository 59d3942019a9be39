"""The desk over HTTP: a lot studied, a depth map in its three forms."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

LOT = {"trade": "entretien-espaces-verts", "territory": "departement:35", "amount": "90000", "months": "24"}


def get(client: TestClient, path: str, **parameters: str) -> dict[str, Any]:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_lot_is_studied_by_article_with_its_reasons(client: TestClient) -> None:
    body = get(client, "/v1/feasibility", **LOT)
    assert [one["article"]["code"] for one in body["articles"]] == ["L2113-12", "L2113-13", "L2113-14", "L2113-15"]
    assert body["annual_amount"] == 45_000
    for one in body["articles"]:
        assert len(one["able"]) + len(one["unknown"]) + len(one["excluded"]) == one["candidates"]
    assert body["sensitivity"][0]["article"] in body["text"]
    assert body["meta"]["contracts_indexed"] is False and body["experience"] is None


def test_get_and_post_give_the_same_study(client: TestClient) -> None:
    posted = client.post("/v1/feasibility", json={**LOT, "amount": 90000, "months": 24, "prison": True})
    assert posted.status_code == 200, posted.text
    assert posted.json() == get(client, "/v1/feasibility", **LOT, prison="true")


def test_a_cpv_stands_for_its_trades(client: TestClient) -> None:
    body = get(client, "/v1/feasibility", cpv="77310000", territory="departement:35")
    assert "entretien-espaces-verts" in body["query"]["trade"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"territory": "departement:35"}, None),
        ({"trade": "entretien-espaces-verts"}, None),
        ({**LOT, "amount": "-1"}, "amount"),
        ({**LOT, "amount": "nan"}, "amount"),
        ({**LOT, "months": "0"}, "months"),
        ({**LOT, "share": "0.05"}, "share"),
        ({**LOT, "trade": "tonte"}, "trade"),
        ({**LOT, "territory": "departement:999"}, "territory"),
        ({**LOT, "contract": "bail"}, "contract"),
    ],
)
def test_what_cannot_be_studied_is_refused_by_name(
    client: TestClient, parameters: dict[str, str], field: str | None
) -> None:
    response = client.get("/v1/feasibility", params=parameters)
    assert response.status_code == 422, response.text
    if field is not None:
        assert field in {error["field"] for error in response.json()["errors"]}


@pytest.mark.slow
def test_a_depth_map_has_one_row_a_territory_and_says_that_they_overlap(client: TestClient) -> None:
    body = get(client, "/v1/depth", trade="entretien-espaces-verts", by="region")
    assert {row["territory"] for row in body["rows"]} >= {"region:53", "region:84", "region:04"}
    assert "recouvrent" in body["overlap"]
    assert all(row["declared"] + row["inferred"] == row["structures"] for row in body["rows"])


@pytest.mark.slow
def test_a_filiere_of_the_national_plan_stands_for_its_trades(client: TestClient) -> None:
    body = get(client, "/v1/depth", filiere="espaces-verts", by="region")
    alone = get(client, "/v1/depth", trade="entretien-espaces-verts", by="region")
    for row, of_trade in zip(body["rows"], alone["rows"], strict=True):
        assert row["structures"] >= of_trade["structures"]
        least, most = row["trade_unknown_expected"]
        assert 0 <= least <= most <= row["trade_unknown_sites"] or row["trade_unknown_sites"] == 0
    refused = client.get("/v1/depth", params={"filiere": "mines"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "filiere"


def test_a_depth_map_is_held_to_a_territory(client: TestClient) -> None:
    rows = get(client, "/v1/depth", group="espaces-verts", within="region:53")["rows"]
    assert {row["territory"] for row in rows} == {f"departement:{code}" for code in ("22", "29", "35", "56")}


@pytest.mark.slow
def test_the_figures_of_depth_and_of_a_study_are_the_same(client: TestClient) -> None:
    """Two ways of counting the same structures: a map by reach codes, and one search."""
    for row in get(client, "/v1/depth", trade="entretien-espaces-verts", within="region:53")["rows"]:
        study = get(client, "/v1/feasibility", trade="entretien-espaces-verts", territory=row["territory"])
        assert {one["article"]["code"]: one["eligible"] for one in study["articles"]} == row["by_article"]


@pytest.mark.slow
def test_who_is_on_the_spot_is_counted_alike_in_a_map_and_in_a_study(client: TestClient) -> None:
    names = ("seated_sites", "trade_unknown_sites")
    for row in get(client, "/v1/depth", trade="nettoyage-locaux", within="region:53")["rows"]:
        study = get(client, "/v1/feasibility", trade="nettoyage-locaux", territory=row["territory"])
        assert {name: study["presence"][name] for name in names} == {name: row[name] for name in names}


def test_the_country_counts_published_zones_as_its_territories_do(client: TestClient) -> None:
    body = get(client, "/v1/depth", trade="entretien-espaces-verts", by="region")
    most = max(row["declared"] for row in body["rows"])
    assert body["country"]["declared"] >= most > 0
    assert body["country"]["structures"] >= max(row["structures"] for row in body["rows"])


def test_the_csv_has_the_rows_of_the_map(client: TestClient) -> None:
    response = client.get("/v1/depth.csv", params={"trade": "entretien-espaces-verts"})
    assert response.status_code == 200 and response.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    rows = get(client, "/v1/depth", trade="entretien-espaces-verts")["rows"]
    assert [line["territoire"] for line in lines] == [row["territory"] for row in rows]
    assert [int(line["structures"]) for line in lines] == [row["structures"] for row in rows]


@pytest.mark.parametrize(
    "parameters", [{}, {"trade": "x"}, {"trade": "blanchisserie", "territory": "commune:35238"}, {"group": "x"}]
)
def test_a_map_that_cannot_be_drawn_is_refused(client: TestClient, parameters: dict[str, str]) -> None:
    assert client.get("/v1/depth", params=parameters).status_code == 422


def test_a_study_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/v1/feasibility", params=LOT)
    again = client.get("/v1/feasibility", params=LOT, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_the_country_counts_the_zones_published(client: TestClient) -> None:
    body = get(client, "/v1/depth", trade="entretien-espaces-verts", by="region")
    assert body["country"]["declared"] >= max(row["declared"] for row in body["rows"]) > 0
    assert body["country"]["declared"] + body["country"]["inferred"] == body["country"]["structures"]


@pytest.mark.slow
def test_a_place_smaller_than_the_level_gives_the_territory_that_holds_it(client: TestClient) -> None:
    asked = {"trade": "entretien-espaces-verts", "within": "commune:35047"}
    assert [row["territory"] for row in get(client, "/v1/depth", **asked)["rows"]] == ["departement:35"]
    rows = get(client, "/v1/depth", **asked, by="epci")["rows"]
    assert [row["territory"] for row in rows] == ["epci:243500139"]


def test_a_row_says_what_stands_beside_its_count(client: TestClient) -> None:
    body = get(client, "/v1/depth", trade="entretien-espaces-verts")
    for row in body["rows"]:
        km = row["distance_km"]
        assert (km["mean"] is None) == (km["least"] is None)
        assert km["mean"] is None or km["mean"] >= km["least"] >= 0
        assert row["trade_unknown_sites"] >= 0 and row["able"] + row["unknown"] <= row["structures"]
    assert body["calibration"]["basis"] == "assumed" and body["calibration"]["rate"] == 0.1
    assert "faute de marchés réservés aux offres connues" in body["calibration"]["text"]


def test_no_row_of_a_map_is_masked_alone(client: TestClient) -> None:
    """Beside a country that is shown: the others would tell it."""
    for by in ("departement", "region"):
        body = get(client, "/v1/depth", trade="entretien-espaces-verts", by=by)
        masked = [row["masked"] for row in body["rows"] if row["turnover_known"]]
        assert body["country"]["masked"] or sum(masked) != 1 or len(masked) == 1

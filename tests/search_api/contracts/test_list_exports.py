"""Files of contracts and leads: the rows of the list, in its order, harmless, with what they rest on."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from fastapi.testclient import TestClient

QUERIES = {"contracts": "territory=commune:44215&sort=amount", "leads": "supplier=pages-jardins"}


def rows(client: TestClient, of: str, query: str) -> list[dict[str, str]]:
    content = client.get(f"/v1/{of}.csv?{query}").content
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.slow
@pytest.mark.parametrize("of", QUERIES)
def test_the_three_files_hold_the_same_rows_in_the_order_of_the_list(client: TestClient, of: str) -> None:
    query = QUERIES[of]
    listed = client.get(f"/v1/{of}?{query}&per_page=100").json()
    ids = [one["id"] for one in listed["results"]]
    assert [row["Identifiant Vivier"] for row in rows(client, of, query)] == ids and len(ids) == listed["total"] > 0
    lines = client.get(f"/v1/{of}.jsonl?{query}").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    workbook = openpyxl.load_workbook(io.BytesIO(client.get(f"/v1/{of}.xlsx?{query}").content))
    assert [row[1].value for row in list(workbook.worksheets[0])[1:]] == ids
    told = [cell.value for row in workbook["Lisez-moi"] for cell in row if cell.value]
    assert any("Adresse qui la refait" in str(one) for one in told) and "Producteur d’essai" in told


def test_a_row_can_be_asked_again_and_says_whence_it_comes(client: TestClient) -> None:
    row = rows(client, "contracts", "q=pelouses")[0]
    assert client.get(row["Recherche"]).json()["total"] == 1
    assert row["À la date du"] == "2026-11-24" and "Licence Ouverte 2.0" in row["Sources"]
    assert row["SIRET de l'acheteur"] == "21590512600011" and row["Montant (€ HT)"] == "48000"
    assert "plusieurs titulaires sans groupement" in row["À vérifier"]


def test_no_cell_begins_a_formula(client: TestClient) -> None:
    row = next(one for one in rows(client, "contracts", "provision=reserved") if "HYPERLINK" in one["Objet"])
    assert row["Objet"].startswith("'=") and "\x07" not in row["Objet"]


@pytest.mark.parametrize("of", ["contracts", "leads"])
def test_paging_is_refused_and_the_file_is_named_and_cached(client: TestClient, of: str) -> None:
    query = QUERIES[of]
    assert client.get(f"/v1/{of}.csv?{query}&page=2").status_code == 422
    headers = client.get(f"/v1/{of}.csv?{query}").headers
    name = {"contracts": "marches", "leads": "opportunites"}[of]
    assert f'filename="vivier-{name}-2026-11-24.csv"' in headers["content-disposition"]
    assert client.get(f"/v1/{of}.csv?{query}", headers={"If-None-Match": headers["etag"]}).status_code == 304


@pytest.mark.slow
def test_a_list_links_its_files_and_its_feeds(client: TestClient) -> None:
    links = client.get("/v1/contracts?provision=clause&page=1&per_page=5&sort=amount").json()["links"]
    for name in ("csv", "xlsx", "jsonl", "feed_atom", "feed_json", "feed_ics"):
        assert client.get(links[name]).status_code == 200, links[name]


@pytest.mark.parametrize("of", [*QUERIES, "buyers"])
def test_a_map_holds_the_rows_of_the_list_at_points_that_say_what_they_are(client: TestClient, of: str) -> None:
    query = QUERIES.get(of, "sort=volume")
    response = client.get(f"/v1/{of}.geojson?{query}")
    assert response.headers["content-type"].startswith("application/geo+json")
    told = response.json()
    lines = [json.loads(line) for line in client.get(f"/v1/{of}.jsonl?{query}").text.splitlines()]
    assert told["type"] == "FeatureCollection" and told["total"] == len(lines) == len(told["features"]) > 0
    for feature, line in zip(told["features"], lines, strict=True):
        kept = {name: value for name, value in feature["properties"].items() if not name.startswith("location_")}
        assert kept == line
        lon, lat = feature["geometry"]["coordinates"]
        assert -6 < lon < 10 and 41 < lat < 52
        assert feature["properties"]["location_precision"] == "commune"
        assert feature["properties"]["location_of"] == ("buyer" if of == "buyers" else "place")
    assert told["sources"]


def test_indicators_are_nowhere_and_a_list_links_its_map(client: TestClient) -> None:
    assert client.get("/v1/indicators.geojson").status_code == 404
    assert "geojson" not in client.get("/v1/indicators").json().get("links", {})
    assert (
        client.get("/v1/contracts?q=pelouses").json()["links"]["geojson"].startswith("/v1/contracts.geojson?q=pelouses")
    )
    page = client.get("/marches?q=pelouses", headers={"Accept": "text/html"}).text
    assert "/v1/contracts.geojson" in page
    assert "geojson" not in client.get("/indicateurs", headers={"Accept": "text/html"}).text

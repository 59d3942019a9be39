"""A structure known by a label and its SIRET alone: found by name and nationally, never served nor drawn anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from crawlers.run import import_files
from indexer.publish import publish
from search_api.app import create_app
from tests.crawlers.samples import samples
from tests.indexer.records import ACI_SIRET, record, write_run
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

SIRET = "99300001700018"
"""Of « LOGICIELS INVENTES », in the sample of ess_numerique: a SIRET, no address."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("sans-lieu"))
    write_run(settings.records, "siae", [record("siae", "1", siret=ACI_SIRET, kind="ACI")])
    import_files("ess_numerique", samples("ess_numerique"), settings)
    lexicon = load_lexicon()
    engine = open_engine(settings)
    publish(engine, settings, lexicon, skip_judged=True)
    with TestClient(create_app(engine, lexicon, today=lambda: date(2026, 11, 24))) as client:
        yield client
    engine.close()


def sirets(body: dict[str, Any]) -> list[str]:
    return [result["siret"]["value"] for result in body["results"]]


@pytest.mark.parametrize("query", ["q=logiciels inventes", "kind=ESS", f"q={SIRET}", ""])
def test_it_is_found_by_name_by_number_and_nationally_and_says_that_its_place_is_not_published(
    asked: TestClient, query: str
) -> None:
    body = asked.get(f"/v1/suppliers?{query}").json()
    (found,) = (result for result in body["results"] if result["siret"]["value"] == SIRET)
    assert found["address"] is None and "place_unpublished" in found["issues"]
    assert (found["coverage"], found["distance_km"]) == (None, None)


@pytest.mark.parametrize(
    "where", ["territory=departement:38", "territory=commune:38421", "near=5.72,45.18&radius_km=100", "seat=region:84"]
)
def test_no_search_by_place_gives_it_as_served(asked: TestClient, where: str) -> None:
    body = asked.get(f"/v1/suppliers?kind=ESS&groups=results&{where}").json()
    assert body["total"] == 0 and not any(group["total"] for group in body["groups"])
    assert (body["meta"]["unknown_excluded"].get("location", 0) >= 1) == where.startswith("territory")
    assert ACI_SIRET in sirets(asked.get(f"/v1/suppliers?kind=ACI&{where}").json())


def test_the_card_and_the_sheet_say_that_its_place_is_not_published(asked: TestClient) -> None:
    (found,) = asked.get(f"/v1/suppliers?q={SIRET}").json()["results"]
    assert "lieu non publié" in asked.get(f"/fournisseurs?q={SIRET}").text
    assert "lieu non publié" in asked.get(f"/fournisseurs/{found['id']}").text


def test_the_map_leaves_it_out_and_the_export_gives_no_place(asked: TestClient) -> None:
    (feature,) = asked.get(f"/v1/suppliers.geojson?q={SIRET}").json()["features"]
    assert feature["geometry"] is None
    (line,) = asked.get(f"/v1/suppliers.jsonl?q={SIRET}").text.splitlines()
    assert not json.loads(line).get("address")

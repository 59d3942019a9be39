"""``/v1/missed``: every parameter, good and bad, answers as the documentation says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.demo_home import TODAY, demo_home
from vivier.contracts.missed import FACTS
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon

PROFILE = {"trade": "entretien-espaces-verts", "kind": "EI", "near": "-1.68,48.11", "radius_km": "40"}
WIDE = {"trade": "entretien-espaces-verts,nettoyage-locaux", "kind": "EI", "territory": "FR", "turnover": "100000"}
"""A profile that many purchases of the demonstration are near to."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    engine = EmbeddedStore(demo_home(tmp_path_factory.mktemp("missed")).generations)
    with TestClient(create_app(engine, lexicon, today=lambda: TODAY)) as made:
        yield made
    engine.close()


def missed(client: TestClient, **more: str) -> dict[str, Any]:
    response = client.get("/v1/missed", params={**PROFILE, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"months": "1"},
        {"months": "120"},
        {"more_km": "5"},
        {"more_km": "200"},
        *({"fact": fact} for fact in FACTS),
        {"fact": "trade,farther"},
        {"label": "RGE"},
        {"label": "RGE,BIO"},
        {"turnover": "500000"},
        {"as_of": "2026-06-30"},
        {"page": "2", "fact": "trade"},
        {"per_page": "1", "fact": "trade"},
    ],
)
def test_a_good_parameter_is_read_and_told_back(client: TestClient, more: dict[str, str]) -> None:
    body = missed(client, **more)
    for name, given in more.items():
        told = body["query"][name]
        assert (",".join(told) if isinstance(told, list) else str(told).removesuffix(".0")) == given
    counts = {fact: counted["count"] for fact, counted in body["totals"].items()}
    wanted = more["fact"].split(",") if "fact" in more else counts
    assert body["total"] == sum(counts.get(fact, 0) for fact in wanted)
    assert body["meta"]["looked_at"] == sum(counts.values()) + body["meta"]["several_facts"]
    assert {one["fact"] for one in body["results"]} <= set(more.get("fact", ",".join(FACTS)).split(","))
    assert len(body["results"]) <= int(more.get("per_page", "1000"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"months": "0"}, "months"),
        ({"months": "121"}, "months"),
        ({"months": "trois"}, "months"),
        ({"more_km": "4"}, "more_km"),
        ({"more_km": "201"}, "more_km"),
        ({"fact": "chance"}, "fact"),
        ({"label": "ZZ"}, "label"),
        ({"trade": "zzyzx"}, "trade"),
        ({"kind": "ZZ"}, "kind"),
        ({"near": "1000,2"}, "near"),
        ({"near": "Rennes"}, "near"),
        ({"radius_km": "0"}, "radius_km"),
        ({"radius_km": "inf"}, "radius_km"),
        ({"territory": "departement:999"}, "territory"),
        ({"turnover": "-1"}, "turnover"),
        ({"as_of": "30/06/2026"}, "as_of"),
        ({"page": "0"}, "page"),
        ({"per_page": "101"}, "per_page"),
        ({"inconnu": "1"}, "inconnu"),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name_in_french(client: TestClient, more: dict[str, str], field: str) -> None:
    response = client.get("/v1/missed", params={**PROFILE, **more})
    assert response.status_code == 422, response.text
    body = response.json()
    assert field in [error["field"] for error in body["errors"]] and body["status"] == 422


def test_nobody_and_an_unknown_supplier_are_told_apart(client: TestClient) -> None:
    assert client.get("/v1/missed").status_code == 422
    assert client.get("/v1/missed", params={"supplier": "viv-000000000000"}).status_code == 404
    assert client.get("/v1/missed", params=PROFILE, headers={"Accept": "text/html"}).status_code == 406


def test_a_wider_question_holds_the_narrower_one(client: TestClient) -> None:
    looked = [missed(client, months=months)["meta"]["looked_at"] for months in ("6", "36", "120")]
    assert looked == sorted(looked)


@pytest.mark.slow
def test_each_fact_is_asked_again_by_its_own_address(client: TestClient) -> None:
    body: dict[str, Any] = client.get("/v1/missed", params={**WIDE, "months": "120"}).json()
    results = [one for one in body["results"] if one["again"] is not None]
    assert results
    for one in results[:5]:
        again = client.get(one["again"])
        assert again.status_code == 200 and again.json()["totals"]["nothing"]["count"] > 0


def test_the_pages_that_the_links_name_are_the_whole_list_each_purchase_once(client: TestClient) -> None:
    url: str | None = "/v1/missed?" + urlencode({**WIDE, "per_page": "7", "months": "120"})
    seen: list[tuple[str, str]] = []
    while url is not None:
        body = client.get(url).json()
        seen += [(one["fact"], one["id"]) for one in body["results"]]
        assert all("non vérifié" not in one["fact_fr"] for one in body["results"])
        url = body["links"]["next"]
    assert len(seen) == len(set(seen)) == body["total"] > 7 and body["page"] > 1
    facts = [fact for fact, _ in seen]
    assert facts == sorted(facts, key=list(FACTS).index)


@pytest.mark.slow
def test_pages_of_one_fact_follow_one_another(client: TestClient) -> None:
    whole = missed(client, fact="trade", per_page="10")["results"]
    pages = [
        one["id"] for page in ("1", "2") for one in missed(client, fact="trade", per_page="5", page=page)["results"]
    ]
    assert pages == [one["id"] for one in whole][: len(pages)]

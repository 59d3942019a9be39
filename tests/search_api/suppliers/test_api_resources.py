"""``/v1/resources``, and what ``/auto-evaluation`` refuses and links: shapes, strict parameters, and no index needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.parameters import openapi_parameters
from search_api.resource_schemas import ResourcesAnswer
from tests.search_api.conforms import conforms
from tests.search_api.conftest import today
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.resources import CONSIDERATIONS, KINDS, ResourceQuery
from vivier.self_assessment import questions

API_MD = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf8")
DESK_MD = (Path(__file__).parents[3] / "docs" / "desk.md").read_text(encoding="utf8")
ANSWERED = (
    "/auto-evaluation?family=proprete,90&answer=proprete:social:none,90:volume:small,team:nobody&territory=dep:35"
)


def answer(client: TestClient, url: str, status: int = 200) -> dict[str, Any]:
    response = client.get(url)
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    return body


def test_resources_have_their_facets_with_french_names(client: TestClient) -> None:
    body = answer(client, "/v1/resources?trade=blanchisserie&kind=label&territory=reg:53")
    conforms(ResourcesAnswer, body)
    assert body["query"]["territory"] == ["region:53"]
    assert body["total"] == len(body["results"]) > 0
    kinds = {one["value"]: one for one in body["facets"]["kind"]["values"]}
    assert kinds["label"]["selected"] and kinds["label"]["count"] == body["total"]
    assert kinds["guide"]["label_fr"] == "Guide" and not kinds["guide"]["selected"]
    places = {one["value"]: one["label_fr"] for one in body["facets"]["territory"]["values"]}
    assert places.get("region:53", "Bretagne (région)").startswith("Bretagne")


def test_every_answer_says_that_addresses_are_to_check(client: TestClient) -> None:
    body = answer(client, "/v1/resources")
    assert "à vérifier" in body["meta"]["notices"][0]
    assert {one["status_fr"] for one in body["results"]} == {"adresse à vérifier"}


def test_an_old_place_is_replaced_and_said(client: TestClient) -> None:
    body = answer(client, "/v1/resources?territory=region:82")
    assert body["query"]["territory"] != ["region:82"] and len(body["meta"]["notices"]) > 1


def test_the_links_of_an_answer_ask_it_again(client: TestClient) -> None:
    body = answer(client, "/v1/resources?q=clauses&kind=guide,facilitators&consideration=social")
    assert answer(client, body["links"]["self"])["results"] == body["results"]
    assert client.get(body["links"]["page"]).status_code == 200


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/v1/resources?kindd=guide", "kindd"),
        ("/v1/resources?kind=blog", "kind"),
        ("/v1/resources?trade=nettoyage-lune", "trade"),
        ("/v1/resources?consideration=morale", "consideration"),
        ("/v1/resources?territory=53", "territory"),
        ("/v1/resources?q=a", "q"),
        ("/v1/resources?q=" + "a" * 201, "q"),
    ],
)
def test_what_cannot_be_asked_names_its_field(client: TestClient, url: str, field: str) -> None:
    assert field in {error["field"] for error in answer(client, url, 422)["errors"]}


@pytest.mark.parametrize(
    "wrong",
    [
        "families=proprete",
        "family=66",
        "answer=proprete:volume:large",
        "territory=region:53&territory=region:11",
        "&".join(f"family={n}" for n in (15, 18, 22, 30, 34, 45, 77, 79, 90)),
    ],
)
def test_the_self_assessment_refuses_what_it_does_not_know(client: TestClient, wrong: str) -> None:
    assert client.get(f"/auto-evaluation?{wrong}").status_code == 422


@pytest.mark.slow
def test_priorities_have_links_that_answer(client: TestClient) -> None:
    page = Page(ANSWERED, client.get(ANSWERED).text)
    links = {str(link.attributes["href"]) for link in page.all("a") if "territory=departement" in str(link.attributes)}
    assert any("cpv=90" in link for link in links) and any(link.startswith("/ressources") for link in links)
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.slow
def test_nothing_of_it_needs_an_index(tmp_path: Path, lexicon: Lexicon) -> None:
    engine = EmbeddedStore(tmp_path)
    with TestClient(create_app(engine, lexicon, today=today)) as alone:
        for url in ("/v1/resources", ANSWERED, "/ressources", "/auto-evaluation?family=proprete"):
            assert alone.get(url).status_code == 200, url
    engine.close()


@pytest.mark.slow
def test_every_parameter_is_published_and_written_down(client: TestClient, lexicon: Lexicon) -> None:
    told = client.get("/v1/openapi.json").json()["paths"]["/v1/resources"]["get"]["parameters"]
    assert [one["name"] for one in told] == list(ResourceQuery.model_fields)
    assert told == openapi_parameters(ResourceQuery, lexicon)
    section = API_MD.partition("## Parameters of `/v1/resources`")[2].partition("\n## ")[0]
    assert [name for name in ResourceQuery.model_fields if f"| `{name}` |" not in section] == []


def test_every_word_of_the_catalogue_and_of_the_questionnaire_is_in_the_page_on_the_desk() -> None:
    words = (*KINDS, *CONSIDERATIONS, *(one.code for one in questions()))
    assert [word for word in words if f"`{word}`" not in DESK_MD] == []

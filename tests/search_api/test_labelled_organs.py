"""A labelled company that is not inclusive goes through each organ: twelve tests, one an organ, on the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import anyio
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.demo_home import TODAY, demo_home
from vivier.engine import open_engine
from vivier.lexicon import Lexicon

LABEL, TRADE = "EU_ECOLABEL", "nettoyage-locaux"


@dataclass(frozen=True)
class Company:
    """A cleaner of the demonstration that holds the EU Ecolabel and has no kind."""

    client: TestClient
    record: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def name(self) -> str:
        """Its name, without the mark of fiction that a page may show apart."""
        return str(self.record["name"]["value"]).removesuffix(" (fictif)")

    @property
    def siret(self) -> str:
        return str(self.record["siret"]["value"])

    @property
    def commune(self) -> str:
        return f"commune:{self.record['address']['value']['commune']}"

    @property
    def town(self) -> str:
        return str(self.record["address"]["value"]["town"])

    def get(self, path: str, **parameters: object) -> Any:
        response = self.client.get(path, params={name: str(value) for name, value in parameters.items()})
        assert response.status_code == 200, response.text
        return response.json()

    def page(self, url: str) -> str:
        response = self.client.get(url, headers={"Accept": "text/html"})
        assert response.status_code == 200, response.text[:500]
        return response.text


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Company]:
    """The first such company that has leads."""
    home = demo_home(tmp_path_factory.mktemp("organs"))
    with closing(open_engine(home)) as engine, TestClient(create_app(engine, lexicon, today=lambda: TODAY)) as client:
        found = client.get("/v1/suppliers", params={"label": LABEL, "trade": TRADE, "per_page": 50}).json()["results"]
        ordinary = [record for record in found if not record["agreements"] and record["address"]]
        assert len(ordinary) > 2
        yield next(
            company
            for company in (Company(client, record) for record in ordinary)
            if company.get("/v1/leads", supplier=company.id)["total"]
            and company.get("/v1/buyers", supplier=company.id)["total"]
        )


@pytest.mark.slow
def test_search_understands_the_label_and_finds_it(company: Company) -> None:
    found = company.get("/v1/suppliers", need=f"nettoyage de locaux avec l'écolabel européen à {company.town}")
    result = next(each for each in found["results"] if each["id"] == company.id)
    assert any(reason["code"] == "label" and reason["fits"] for reason in result["reasons"])


def test_it_is_in_the_group_that_answers_everything_and_others_are_called_for_their_label(company: Company) -> None:
    asked = {"trade": TRADE, "territory": company.commune, "groups": "results"}
    groups = {each["group"]: each for each in company.get("/v1/suppliers", label=LABEL, **asked)["groups"]}
    assert groups["exact"]["total"] and "label_unknown" in groups
    other = {each["group"]: each for each in company.get("/v1/suppliers", label="IMPRIM_VERT", **asked)["groups"]}
    assert company.id in [each["id"] for each in other["label_unknown"]["results"]]


@pytest.mark.slow
def test_a_label_that_has_ended_is_to_ask_and_says_on_which_day_it_ended(company: Company) -> None:
    asked = {"trade": TRADE, "territory": "FR", "label": LABEL, "as_of": "2028-06-01"}
    groups = {each["group"]: each for each in company.get("/v1/suppliers", **asked, groups="results")["groups"]}
    over = [each for each in groups["label_unknown"]["results"] if _lacks_only_a_label(each["reasons"])]
    page = company.page("/fournisseurs?" + urlencode(asked))
    cards = [page[page.index(f'id="f-{each["id"]}"') :].split("</li>")[0] for each in over]
    assert cards and all("expiré depuis le " in card for card in cards)
    assert all("À vérifier en appelant" in card and "Ne répond pas" not in card for card in cards)


def _lacks_only_a_label(reasons: list[dict[str, Any]]) -> bool:
    unmet = {reason["code"] for reason in reasons if not reason["fits"]} - {"kind", "distance"}
    return unmet == {"label"} and any("expiré" in reason["text"] for reason in reasons if reason["code"] == "label")


def test_the_sheet_tells_its_label_its_term_and_its_source(company: Company) -> None:
    sheet = company.get(f"/v1/suppliers/{company.id}")["supplier"]
    (label,) = sheet["labels"]
    assert label["value"]["code"] == LABEL and label["value"]["valid_until"] and label["provenance"]["producer"]
    page = company.page(f"/fournisseurs/{company.id}")
    assert "Écolabel européen" in page and company.name in page


def test_it_is_compared_with_others(company: Company) -> None:
    page = company.page(f"/comparer?trade={TRADE}&choix={company.id}")
    assert company.name in page and "Écolabel européen" in page


def test_it_is_a_point_of_the_living_map(company: Company) -> None:
    asked = {"trade": TRADE, "label": LABEL, "territory": company.commune}
    drawn = company.get("/carte/fournisseurs", **asked)["groups"]
    exact = next(group for group in drawn if group["code"] == "exact")
    assert sum(exact["places"]["counts"]) == company.get("/v1/suppliers", **asked)["total"]
    points = company.get("/v1/suppliers.geojson", **asked)["features"]
    assert company.id in [each["id"] for each in points]


@pytest.mark.slow
def test_the_environmental_lever_of_the_desk_names_it_as_a_holder(company: Company) -> None:
    lot = {"lot": "1", "text": "nettoyage des locaux", "place": company.town, "amount": 90_000, "months": 24}
    answer = company.client.post("/v1/consultations", json={"lots": [lot]})
    assert answer.status_code == 200, answer.text
    lever = answer.json()["lots"][0]["environment"]
    assert company.id in [holder["id"] for holder in lever["holders"]]
    assert LABEL in [label["code"] for label in lever["choices"][0]["labels"]] and "ou équivalent" in lever["wording"]


def test_the_clauses_of_its_trade_have_an_environmental_one_that_its_label_proves(company: Company) -> None:
    clauses = company.get("/v1/clauses", trade=TRADE)["clauses"]
    environmental = [clause for clause in clauses if clause["kind"] == "environmental"]
    assert environmental and "Écolabel européen" in str(environmental)


@pytest.mark.slow
def test_its_leads_are_neither_reserved_nor_hours_to_work(company: Company) -> None:
    found = company.get("/v1/leads", supplier=company.id, per_page=100)
    assert found["total"] and found["profile"]["labels"] == [{"code": LABEL, "label_fr": "Écolabel européen"}]
    assert not found["totals"]["clause_holder"]["count"]
    for lead in found["results"]:
        assert "reserved" not in [piece["provision"] for piece in lead["record"].get("evidence", ())]
    assert "Écolabel européen" in company.page(f"/pistes?supplier={company.id}")


def test_buyers_are_ranked_for_it(company: Company) -> None:
    found = company.get("/v1/buyers", supplier=company.id)
    assert found["total"] and found["results"][0]["factors"]["proximity"] > 0
    assert found["meta"]["record"] == "environmental"
    assert "à considération environnementale" in company.page(f"/acheteurs?supplier={company.id}")
    assert company.name in company.page(f"/acheteurs?supplier={company.id}")


@pytest.mark.slow
def test_an_alert_follows_its_leads(company: Company) -> None:
    total = company.get("/v1/leads", supplier=company.id)["total"]
    assert len(company.get("/v1/feeds/leads.json", supplier=company.id)["items"]) == total
    for form in ("atom", "ics"):
        assert company.client.get(f"/v1/feeds/leads.{form}", params={"supplier": company.id}).status_code == 200


def test_a_ledger_counts_what_is_bought_from_it_as_labelled_and_not_as_inclusive(company: Company) -> None:
    table = f"SIRET;Montant;Famille\n{company.siret};300;Nettoyage\n73282932000074;100;Nettoyage\n"
    answer = company.client.post("/v1/ledger", content=table.encode(), headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    read = answer.json()
    assert read["whole"]["labelled"]["amounts"]["yes"] == 300 and not read["whole"]["inclusive"]["amounts"].get("yes")
    assert read["lines"][0]["labels"] == [LABEL] and read["lines"][0]["supplier"] == company.id


@pytest.mark.slow
def test_an_assistant_finds_it_and_its_leads(company: Company, lexicon: Lexicon) -> None:
    from mcp import Client

    from search_api.assistants.door import server

    async def visit() -> tuple[Any, Any]:
        async with Client(server(company.client.app, lexicon)) as assistant:  # type: ignore[arg-type]
            found = await assistant.call_tool("search_suppliers", {"label": [LABEL], "territory": [company.commune]})
            leads = await assistant.call_tool("find_leads", {"supplier": company.id, "label": [LABEL]})
        return found.structured_content, leads.structured_content

    found, leads = anyio.run(visit)
    assert company.id in [each["id"] for each in found["results"]]
    assert leads["total"] == company.get("/v1/leads", supplier=company.id)["total"]

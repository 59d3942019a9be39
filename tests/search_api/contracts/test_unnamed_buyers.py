"""A buyer whose name no source gives keeps its rank, in every order, and is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.contracts.conftest import serve_contracts, today
from tests.search_api.contracts.corpus import ROUBAIX, contract_of
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Organisation

SILENT = "999290018"
ORDERS = ("rank", "call", "volume")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    """A buyer without a name that bought much lately, and one that has a name."""
    engine = EmbeddedStore(tmp_path_factory.mktemp("unnamed"))
    silent = Organisation(siren=SILENT, siret=f"{SILENT}00011")
    made = [contract_of(f"s{n}", "Tonte", buyer=SILENT, social=("clause",), amount=900_000.0) for n in range(3)]
    made = [contract.model_copy(update={"buyer": silent}) for contract in made]
    serve_contracts(engine, [*made, contract_of("n1", "Tonte", social=("clause",))], lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        yield client
    engine.close()


@pytest.mark.parametrize("order", ORDERS)
def test_a_buyer_without_a_name_keeps_its_rank(service: TestClient, order: str) -> None:
    body = service.get("/v1/buyers", params={"sort": order}).json()
    assert [buyer["siren"] for buyer in body["results"]] == [SILENT, ROUBAIX]
    assert body["meta"]["unnamed"] == 1


@pytest.mark.parametrize("order", ORDERS)
def test_the_page_tells_its_order(service: TestClient, order: str) -> None:
    page = Page("/acheteurs", service.get(f"/acheteurs?sort={order}", headers={"Accept": "text/html"}).text)
    assert ("Ordre :" in page.text.replace("\u00a0", " ")) == (order != "call")

"""Names that a register writes in capitals are readable on every page and in a workbook; the index keeps them as they came."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from search_api.app import create_app
from tests.search_api.conftest import publish, today
from tests.search_api.pages.corpus import SOURCE, fact
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Address, Supplier

WRITTEN, READ = "ESAT LES ATELIERS DU LAC", "ESAT les Ateliers du Lac"
PAGES = (
    "/fournisseurs",
    "/fournisseurs?choix=lac",
    "/fournisseurs/lac",
    "/comparer?choix=lac",
    "/consultation?choix=lac",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    engine = EmbeddedStore(tmp_path_factory.mktemp("names"))
    lake = Supplier(
        id="lac",
        name=fact(WRITTEN),
        brand=fact("LAC SERVICES"),
        address=fact(Address(town="LA GUERCHE DE BRETAGNE", commune="35125")),
        sources=(SOURCE,),
    )
    publish(engine, [lake], lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        yield client
    engine.close()


@pytest.mark.parametrize("url", PAGES)
def test_a_name_in_capitals_is_readable_on_the_pages(client: TestClient, url: str) -> None:
    text = client.get(url, headers={"Accept": "text/html"}).text
    assert READ in text and WRITTEN not in text
    assert "GUERCHE" not in text and "LAC SERVICES" not in text


def test_the_town_is_written_as_insee_writes_it(client: TestClient) -> None:
    assert "La Guerche-de-Bretagne (35)" in client.get("/fournisseurs/lac").text


@pytest.mark.slow
def test_a_workbook_is_for_people_and_other_files_keep_what_the_register_wrote(client: TestClient) -> None:
    sheet = load_workbook(BytesIO(client.get("/v1/suppliers.xlsx").content)).worksheets[0]
    cells = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in sheet[2]), strict=True))
    assert cells["Nom"] == READ and cells["Commune du siège"] == "La Guerche de Bretagne"
    assert WRITTEN in client.get("/v1/suppliers.csv").text
    assert client.get("/v1/suppliers").json()["results"][0]["name"]["value"] == WRITTEN

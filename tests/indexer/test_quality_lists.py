"""What is known of contracts and notices: counted while they are built, told with its words, one mechanism."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from search_api.app import create_app
from tests.crawlers.samples import samples
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.runs.quality_lists import list_sections, live_lists
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    settings = Settings(home=tmp_path_factory.mktemp("quality"))
    import_files("esat", samples("esat"), settings)
    import_files("decp", [path for path in samples("decp") if path.suffix == ".json"], settings)
    engine = open_engine(settings)
    publish(engine, settings, load_lexicon(), skip_judged=True)
    publish_contracts(engine, settings, load_lexicon())
    yield engine
    engine.close()


def figures(engine: Store) -> dict[str, dict[str, int]]:
    (listed, generation), *_ = live_lists(Snapshot(engine))
    return {
        section.id: {figure.title: figure.count for figure in section.figures}
        for section in list_sections(listed, generation)
    }


def test_every_field_of_a_contract_is_counted_out_of_all(engine: Store) -> None:
    total = engine.live("contracts").documents
    known = figures(engine)["contracts-champs"]
    assert set(known) >= {"Nom de l'acheteur", "Nom d'un titulaire au moins", "Code CPV", "Lieu d'exécution résolu"}
    assert all(0 <= count <= total for count in known.values())
    assert known["SIREN de l'acheteur"] == total


def test_the_states_of_a_consideration_add_up_to_all(engine: Store) -> None:
    total = engine.live("contracts").documents
    counts = figures(engine)["contracts-considerations"]
    assert sum(count for title, count in counts.items() if "sociale" in title) == total


def test_the_page_and_the_api_say_the_same(engine: Store) -> None:
    with TestClient(create_app(engine, load_lexicon())) as client:
        page, body = client.get("/qualite"), client.get("/v1/sources").json()
    assert page.status_code == 200 and "Marchés et concessions" in page.text
    (contracts,) = body["lists"]
    assert contracts["collection"] == "contracts" and contracts["results"][0]["id"] == "decp"
    assert contracts["results"][0]["seen"] >= contracts["results"][0]["kept"] > 0
    for section in contracts["sections"]:
        assert section["title"].replace("'", "&#39;") in page.text


def test_a_source_of_contracts_has_its_own_sheet(engine: Store) -> None:
    with TestClient(create_app(engine, load_lexicon())) as client:
        assert client.get("/v1/sources/decp").json()["source"]["licence"] == "Licence Ouverte 2.0"


def test_nothing_is_told_where_no_other_collection_is_in_service(tmp_path: Path) -> None:
    engine = open_engine(Settings(home=tmp_path))
    assert list(live_lists(Snapshot(engine))) == []
    engine.close()

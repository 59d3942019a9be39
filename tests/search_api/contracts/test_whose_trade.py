"""A lead is « dans vos métiers » when its purchase means a trade of the structure first, not when its CPV only borders on one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of
from tests.search_api.contracts.corpus import contract_of
from vivier.lexicon import Lexicon

LEADS = {
    "cappels": ("Centre d'appels, hotline et relation usagers", "79512000", "proche de vos métiers"),
    "cpli": ("Mise sous pli, routage et publipostage", "79571000", "proche de vos métiers"),
    "cbureau": ("Secrétariat et gestion administrative", "79500000", "dans vos métiers"),
    "cnomme": ("Secrétariat et gestion administrative, lot 2", "79512000", "dans vos métiers"),
    "ctonte": ("Tonte des pelouses", "77310000", "dans vos métiers"),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    made = [contract_of(key, text, cpv=cpv) for key, (text, cpv, _) in LEADS.items()]
    with asked_of(tmp_path_factory.mktemp("whose"), made, lexicon) as client:
        yield client


def test_a_lead_is_in_a_trade_of_the_structure_only_when_its_purchase_means_it_first(client: TestClient) -> None:
    asked = "trade=traduction&trade=entretien-espaces-verts&trade=secretariat&trade=elagage-abattage"
    found = client.get(f"/v1/leads?{asked}&territory=FR&lead=expiring_contract").json()["results"]
    sector = {row["id"]: [each for each in row["reasons"] if each["code"] == "sector"] for row in found}
    assert {id_: reason["text"] for id_, (reason,) in sector.items()} == {
        id_: words for id_, (*_, words) in LEADS.items()
    }
    assert {reason["inferred"] for (reason,) in sector.values() if reason["text"].startswith("proche")} == {True}

"""The call that a buyer announces in a notice: on the notice, in the buyer's calendar, and in the forecast of the contracts it led to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from search_api.app import create_app
from tests.crawlers.samples import NOW
from tests.notices.test_shapes import SHAPES
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import contract_of
from tests.search_api.pages.html import Page, plain
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Organisation
from vivier.settings import Settings

BUYER = "999350010"
TODAY = date(2016, 12, 1)
SAID = "<RECURRENT_CONTRACT/><ESTIMATED_TIMING><P>2 e trimestre 2017.</P></ESTIMATED_TIMING>"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("announced")
    text = (SHAPES / "ted-r208-contract.xml").read_text(encoding="utf8")
    end = "</FD_CONTRACT>"
    assert end in text
    notice = folder / "notice.xml"
    notice.write_text(text.replace(end, SAID + end), encoding="utf8")
    settings = Settings(home=folder)
    import_files("ted", [notice], settings, now=NOW)
    engine = EmbeddedStore(folder / "engine")
    bought: dict[str, Any] = {"cpv": "77311000", "buyer": BUYER, "months": 48, "place": "commune:35238"}
    made = [
        contract_of("csuite", "Entretien des jardins", notified=date(2013, 9, 1), **bought),
        contract_of("cavant", "Entretien des parcs", notified=date(2013, 1, 1), **{**bought, "months": 57}),
        contract_of("cautre", "Linge", notified=date(2013, 9, 1), **{**bought, "cpv": "98310000"}),
        contract_of(
            "cvoisin",
            "Entretien des talus",
            notified=date(2013, 9, 1),
            **{**bought, "holders": (Organisation(siren="552100554"),), "buyer": "214402158"},
        ),
    ]
    serve_contracts(engine, made, lexicon)
    publish_notices(engine, settings, lexicon)
    with TestClient(create_app(engine, lexicon, today=lambda: TODAY)) as client:
        yield client
    engine.close()


def test_only_the_contracts_that_the_notice_led_to_are_followed_by_what_it_announces(client: TestClient) -> None:
    announced = {
        key: client.get(f"/v1/contracts/{key}").json()["renewal"]["announced"]
        for key in ("csuite", "cavant", "cautre", "cvoisin")
    }
    said = announced.pop("csuite")
    assert (said["first"], said["last"], said["text"]) == ("2017-04-01", "2017-06-30", "2e trimestre 2017")
    assert set(announced.values()) == {None}


@pytest.mark.slow
def test_the_lead_and_its_pages_say_what_the_buyer_announces(client: TestClient) -> None:
    asked = "trade=entretien-espaces-verts&kind=EI&territory=FR&lead=expiring_contract"
    leads = {lead["id"]: lead for lead in client.get(f"/v1/leads?{asked}").json()["results"]}
    assert "suite annoncée par l'acheteur : 2e trimestre 2017" in leads["csuite"]["renewal"]["text"]
    said = "nouvel avis annoncé par l'acheteur : 2e trimestre 2017"
    assert said in [reason["text"] for reason in leads["csuite"]["reasons"]]
    for url in (f"/pistes?{asked}", "/marches/csuite"):
        assert said in plain(client.get(url, headers={"Accept": "text/html"}).text)


def test_the_notice_and_the_calendar_of_its_buyer_say_it(client: TestClient) -> None:
    notices = client.get("/v1/notices").json()["results"]
    page = plain(client.get(f"/avis/{notices[0]['id']}", headers={"Accept": "text/html"}).text)
    assert "Nouvel avis annoncé : 2e trimestre 2017" in page
    assert len(client.get(f"/v1/buyers/{BUYER}").json()["announced"]) == 1
    text = Page("/", client.get(f"/acheteurs/{BUYER}", headers={"Accept": "text/html"}).text).text
    assert "Nouveaux avis qu" in text and "2e trimestre 2017 : Entretien des espaces verts" in plain(text)


@pytest.mark.slow
def test_a_period_that_is_over_announces_nothing(client: TestClient) -> None:
    assert client.get(f"/v1/buyers/{BUYER}?as_of=2017-07-01").json()["announced"] == []
    assert client.get(f"/v1/buyers/{BUYER}?as_of=2012-07-01").json()["announced"] == []

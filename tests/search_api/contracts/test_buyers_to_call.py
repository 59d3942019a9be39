"""Whom a buyer bought from and where it is written to, from the sample of a notice to the page. All fictitious."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from search_api.app import create_app
from tests.crawlers.samples import NOW, SAMPLES
from tests.search_api.contracts.conftest import serve_contracts, today
from tests.search_api.contracts.corpus import contract_of
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import InclusiveHolder
from vivier.settings import Settings

HOSPITAL = "999290018"
"""The buyer of the sample in eForms."""
ASKED = "/acheteurs?trade=blanchisserie&sort=call"
WRITTEN = "COURRIEL-FICTIF@exemple.invalid"
SERVICE = "marches@hopital.example"
PERSON = "jeanne.fictive@hopital.example"
SITE = "<cbc:WebsiteURI>https://hopital.example</cbc:WebsiteURI>"


def laundry() -> InclusiveHolder:
    return InclusiveHolder(
        siren="732829320",
        supplier_id="linge",
        name="Le Linge d'Essai",
        kinds=("ESAT",),
        match="siret",
        confidence=0.95,
    )


@pytest.fixture(scope="module", params=[SERVICE, PERSON])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon
) -> Iterator[tuple[str, TestClient]]:
    """The mailbox that the notice publishes, and the service on that notice and on a contract of its buyer."""
    folder = tmp_path_factory.mktemp("call")
    sample = (SAMPLES / "ted" / "sample-2.xml").read_text(encoding="utf8")
    notice = folder / "sample.xml"
    notice.write_text(
        sample.replace(WRITTEN, request.param).replace("<efac:Company>", f"<efac:Company>{SITE}", 1), encoding="utf8"
    )
    settings = Settings(home=folder)
    import_files("ted", [notice], settings, now=NOW)
    engine = EmbeddedStore(folder / "engine")
    bought = {"cpv": "98310000", "buyer": HOSPITAL}
    made = [
        contract_of("clinge", "Blanchisserie du linge", inclusive=(laundry(),), **bought),
        contract_of("cautre", "Blanchisserie des draps", **bought),
    ]
    serve_contracts(engine, made, lexicon)
    publish_notices(engine, settings, lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        yield request.param, client
    engine.close()


def buyer(client: TestClient) -> dict[str, Any]:
    (found,) = client.get("/v1/buyers?trade=blanchisserie&sort=call").json()["results"]
    answer: dict[str, Any] = found
    return answer


def test_a_buyer_is_written_to_where_its_notice_says_and_never_to_a_person(asked: tuple[str, TestClient]) -> None:
    mailbox, client = asked
    contact = buyer(client)["contact"]
    assert contact["website"] == "https://hopital.example"
    assert contact.get("mailbox") == (SERVICE if mailbox == SERVICE else None)
    assert contact["source"]["producer"] and contact["source"]["licence"]


def test_what_a_buyer_bought_from_inclusive_structures_is_named(asked: tuple[str, TestClient]) -> None:
    found = buyer(asked[1])
    (bought,) = found["inclusive_bought"]
    assert (bought["id"], bought["holder"], bought["kinds"]) == ("clinge", "Le Linge d'Essai", ["ESAT"])
    assert found["inclusive"] == 1 and found["next_end"] == "2027-06-01"


def test_the_page_links_the_contact_and_says_its_source(asked: tuple[str, TestClient]) -> None:
    mailbox, client = asked
    page = Page(ASKED, client.get(ASKED, headers={"Accept": "text/html"}).text)
    assert "https://hopital.example" in page.links() and ("mailto:" + SERVICE in page.links()) == (mailbox == SERVICE)
    assert PERSON not in page.source and "Le Linge d'Essai" in page.text and "TED" in page.text

"""An amendment has a day: the value it changed is dated by it, and feeds and filters tell the contract again on its day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from search_api.app import create_app
from tests.contracts.conftest import TODAY
from tests.crawlers.samples import NOW
from tests.search_api.pages.html import plain
from tests.shared_data import shared_data
from vivier.contracts.feed import updated_of
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings


def _contract(number: str, months: int, *changes: dict[str, Any]) -> dict[str, Any]:
    """A fictitious contract of 100,000 € notified on 10 January 2024."""
    return {
        "id": number,
        "acheteur": {"id": "21440215800015"},
        "objet": f"Entretien fictif {number}",
        "codeCPV": "77310000",
        "montant": 100000,
        "dureeMois": months,
        "dateNotification": "2024-01-10",
        "datePublicationDonnees": "2024-02-01",
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": "10000021500010"}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
        "modifications": [{"modification": change} for change in changes],
    }


def _change(day: str, published: str | None, **values: object) -> dict[str, Any]:
    told = {"id": 1, "dateNotificationModification": day, **values}
    return told if published is None else told | {"datePublicationDonneesModification": published}


RECORDS = (
    _contract("PLAIN", 48),
    _contract("DEARER", 48, _change("2026-03-05", "2026-03-20", montant=130000)),
    _contract("LONGER", 24, _change("2025-06-01", "2025-06-15", dureeMois=48)),
    _contract("RENTED", 12, _change("2025-06-01", "2025-06-15", dureeMois=8)),
    _contract("LATE", 12, _change("2026-05-02", None, montant=120000)),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings, lexicon = Settings(home=tmp_path_factory.mktemp("amended")), load_lexicon()
    document = settings.home / "decp.json"
    document.write_text(json.dumps({"marches": {"marche": RECORDS}}), encoding="utf-8")
    import_files("decp", [document], settings, now=NOW)
    engine = open_engine(settings)
    publish_contracts(engine, settings, lexicon)
    with TestClient(create_app(engine, lexicon, today=lambda: TODAY)) as client:
        yield client
    engine.close()


def numbers(client: TestClient, query: str) -> set[str]:
    return {one["number"] for one in client.get(f"/v1/contracts?{query}").json()["results"]}


@pytest.fixture(scope="module")
def shown(client: TestClient) -> dict[str, dict[str, Any]]:
    return {one["number"]: one for one in client.get("/v1/contracts").json()["results"]}


def test_an_amended_value_has_the_day_of_the_amendment_that_gave_it(shown: dict[str, dict[str, Any]]) -> None:
    dearer, longer = shown["DEARER"], shown["LONGER"]
    assert (dearer["amount"], dearer["amount_since"], dearer["amended"]) == (130000.0, "2026-03-05", "2026-03-05")
    assert "months_since" not in dearer
    assert (longer["months"], longer["months_since"]) == (48, "2025-06-01") and "amount_since" not in longer
    assert not {"amended", "amount_since", "months_since"} & shown["PLAIN"].keys()


def test_a_shorter_duration_that_ended_before_its_amendment_is_a_difference(shown: dict[str, dict[str, Any]]) -> None:
    rented = shown["RENTED"]
    assert (rented["months"], rented["ends"]) == (12, "2025-01-10") and "months_since" not in rented
    assert {"modif_duration_suspect", "amended_after_end"} <= set(rented["quality"])


def test_an_amendment_is_published_on_its_day_and_the_contract_on_its_own(shown: dict[str, dict[str, Any]]) -> None:
    days = {number: (one["published"], one["changed_on"]) for number, one in shown.items()}
    assert days == {
        "PLAIN": ("2024-02-01", "2024-02-01"),
        "DEARER": ("2024-02-01", "2026-03-20"),
        "LONGER": ("2024-02-01", "2025-06-15"),
        "RENTED": ("2024-02-01", "2025-06-15"),
        "LATE": ("2024-02-01", "2026-05-02"),  # published on a day that nobody tells: that of its notification
    }


def test_published_from_finds_what_was_amended_since(client: TestClient, shown: dict[str, dict[str, Any]]) -> None:
    assert numbers(client, "published_from=2026-03-20") == {"DEARER", "LATE"}
    assert numbers(client, "published_from=2026-03-21") == {"LATE"}
    assert numbers(client, "published_from=2024-02-01") == set(shown)


def test_a_feed_tells_an_amended_contract_again_on_its_day(client: TestClient) -> None:
    items = client.get("/v1/feeds/contracts.json?since=2026-01-01").json()["items"]
    assert [item["date_modified"][:10] for item in items] == ["2026-05-02", "2026-03-20"]
    assert len(client.get("/v1/feeds/contracts.json").json()["items"]) == len(RECORDS)


def test_a_feed_of_a_past_day_does_not_tell_an_amendment_of_later(client: TestClient) -> None:
    feed = client.get("/v1/feeds/contracts.json?as_of=2025-12-31&since=2025-01-01").json()
    assert {item["date_modified"][:10] for item in feed["items"]} == {"2025-06-15"} and len(feed["items"]) == 2
    assert updated_of({"published": "2024-02-01", "changed_on": "2026-03-20"}, date(2025, 1, 1)) == date(2024, 2, 1)


def test_leads_since_a_day_hold_the_contracts_amended_since(client: TestClient) -> None:
    leads = client.get(
        "/v1/leads?trade=entretien-espaces-verts&territory=FR&kind=EI&lead=expiring_contract&since=2026-01-01"
    ).json()["results"]
    assert {lead["record"]["number"] if "record" in lead else lead["number"] for lead in leads} == {"DEARER"}


def test_reasons_say_what_the_amendment_changed(shown: dict[str, dict[str, Any]]) -> None:
    texts = [reason["text"].replace("\u202f", " ").replace("\xa0", " ") for reason in shown["DEARER"]["reasons"]]
    assert "montant porté de 100 000 € HT à 130 000 € HT par l'avenant du 5 mars 2026" in texts
    texts = [reason["text"].replace("\xa0", " ") for reason in shown["LONGER"]["reasons"]]
    assert "durée portée de 24 à 48 mois par l'avenant du 1er juin 2025" in texts


@pytest.mark.slow
def test_an_end_that_a_later_amendment_contradicts_says_so(
    client: TestClient, shown: dict[str, dict[str, Any]]
) -> None:
    late = shown["LATE"]
    assert late["ends"] == "2025-01-10" and "amended_after_end" in late["quality"]
    codes = {reason["code"] for reason in late["reasons"]}
    assert "end_contradicted" in codes and "ended" not in codes
    page = client.get(f"/marches/{late['id']}", headers={"Accept": "text/html"}).text
    sheet = plain(page).replace("\xa0", " ")
    assert "10 janvier 2025, contredite par l'avenant du 2 mai 2026" in sheet
    assert "depuis l'avenant du 2 mai 2026" in sheet


@pytest.mark.slow
def test_a_real_contract_told_by_its_amendment_alone_has_no_first_day(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    import_files("decp_tabular", [shared_data("contracts", "tabular/decp_mini_2026-08.parquet")], settings)
    engine = open_engine(settings)
    publish_contracts(engine, settings, load_lexicon())
    with TestClient(create_app(engine, load_lexicon(), today=lambda: TODAY)) as client:
        found = client.get("/v1/contracts?per_page=100").json()["results"]
        doubted = {one["number"]: one for one in found if "first_version_missing" in one.get("quality", ())}
        fcs = doubted["20212021FCS022"]  # made in 2021; its only row is the amendment of 3 June 2026
        assert len(doubted) == 9 and fcs["amended"] == "2026-06-03" and fcs["amount"] == 241697.0
        assert not {"notified", "starts", "ends", "initial_amount"} & fcs.keys()
        sheet = client.get(f"/marches/{fcs['id']}", headers={"Accept": "text/html"}).text
        assert "Marché signé" not in sheet and "la première version manque dans la source" in sheet
    engine.close()

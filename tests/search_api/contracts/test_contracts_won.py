"""What the sheet of a supplier tells of the contracts it won: the same as the list of contracts."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import Open
from tests.search_api.contracts.corpus import TODAY
from vivier.contracts.won import won
from vivier.engine.embedded.store import EmbeddedStore
from vivier.search.snapshot import Snapshot

SIREN = "732829320"


def test_the_figures_are_those_of_the_list(client: TestClient, engine: EmbeddedStore) -> None:
    found = won(SIREN, Snapshot(engine), TODAY)
    listed = client.get(f"/v1/contracts?holder={SIREN}&per_page=100").json()
    assert found.all.contracts == listed["total"] > 0
    amounts = [one["amount"] for one in listed["results"] if one.get("amount") is not None]
    assert (found.all.amount, found.all.amounts) == (sum(amounts) if amounts else None, len(amounts))
    dated = [one for one in listed["results"] if one.get("notified")]
    assert sum(year.contracts for year in found.years) == len(dated)
    assert sum(buyer.contracts for buyer in found.buyers) <= found.all.contracts
    years = [int(year.of) for year in found.years]
    assert years == list(range(min(years), max(years) + 1))


def test_a_company_without_contract_has_none(engine: EmbeddedStore) -> None:
    assert won("123456782", Snapshot(engine), TODAY).all.contracts == 0


def test_the_sheet_tells_them_with_links(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    (section,) = [one for one in page.all("section") if one.attributes["aria-labelledby"] == "titre-marches"]
    assert {one.attributes["href"].split("/")[1].partition("?")[0] for one in section.all("a")} == {
        "marches",
        "acheteurs",
    }
    assert f"/marches?holder={SIREN}" in [one.attributes["href"] for one in section.all("a")]
    bars = section.all("rect")
    assert bars and max(float(bar.attributes["width"]) for bar in bars) == 100

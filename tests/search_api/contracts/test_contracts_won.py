"""What the sheet of a supplier tells of the contracts it won: the same as the list of contracts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import Open, serve_contracts, today
from tests.search_api.contracts.corpus import TODAY, contract_of
from tests.search_api.pages.corpus import pages_suppliers
from vivier.contracts.won import won
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
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
    (section,) = [fold for fold in page.all("details") if fold.all("h2", id="titre-marches")]
    assert {one.attributes["href"].split("/")[1].partition("?")[0] for one in section.all("a")} == {
        "marches",
        "acheteurs",
    }
    assert f"/marches?holder={SIREN}" in [one.attributes["href"] for one in section.all("a")]
    bars = section.all("rect")
    assert bars and max(float(bar.attributes["width"]) for bar in bars) == 100


def test_the_sheet_tells_a_contract_without_a_day(tmp_path: Path, lexicon: Lexicon) -> None:
    undated = contract_of("sans-jour", "Tonte").model_copy(update={"notified": None})
    with closing(EmbeddedStore(tmp_path)) as engine:
        publish(engine, pages_suppliers(lexicon), lexicon)
        serve_contracts(engine, [undated], lexicon)
        with TestClient(create_app(engine, lexicon, today=today)) as client:
            page = client.get("/fournisseurs/pages-jardins", headers={"Accept": "text/html"})
    assert page.status_code == 200 and "date inconnue, 48" in page.text

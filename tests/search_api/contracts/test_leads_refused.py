"""« Ce n'est pas notre métier » on a lead: it leaves that list alone, teaches, is listed, withdrawn, bounded and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.demo.identifiers import siret as siret_of
from search_api.app import create_app
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contracts
from tests.search_api.pages.corpus import fact, gardens
from tests.search_api.pages.html import Page
from vivier.belief.learnt import Lessons
from vivier.contracts.moved import moves, yearly_amount
from vivier.contracts.profile import Profile, Zone
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.leads_refused import DAYS, MOST_A_DAY
from vivier.given.lessons import lessons, taught, withdraw
from vivier.given.queue import Queue, queue_of
from vivier.given.rounds import Rounds, rounds_of
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings
from vivier.trades.table import load_trades

WHO, SILENT = "jardins-connus", "jardins-muets"
TRADE = "entretien-espaces-verts"


@dataclass
class Space:
    """The space of a structure, on a service that takes what people say."""

    client: TestClient
    queue: Queue
    rounds: Rounds
    settings: Settings

    def leads(self, **more: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/v1/leads", params={"supplier": WHO} | more).json()["results"]
        return found

    def refuse(self, lead: str, why: str = "trade", status: int = 201, who: str = WHO, **more: str) -> dict[str, Any]:
        body = {"supplier": who, "lead": lead, "why": why, **more}
        response = self.client.post("/v1/leads/refusals", json=body)
        assert response.status_code == status, response.text
        found: dict[str, Any] = response.json()
        return found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    """Two structures of Roubaix with a SIRET: one publishes its trade, the name of the other lets suppose it."""
    engine, known = EmbeddedStore(tmp_path_factory.mktemp("two")), gardens(lexicon)
    sirets = {id_: siret_of(n, 1) for n, id_ in enumerate((WHO, SILENT))}
    made = [known.changed(id=id_, siret=fact(siret), identifiers=(siret,)) for id_, siret in sirets.items()]
    publish(engine, [made[0], made[1].changed(offers=())], lexicon)
    serve_contracts(engine, contracts(), lexicon)
    yield engine
    engine.close()


@pytest.fixture
def space(two: EmbeddedStore, lexicon: Lexicon, tmp_path: Path) -> Iterator[Space]:
    settings = Settings.model_validate({"home": tmp_path, "opposition_salt": "un sel assez long pour servir"})
    queue, rounds = queue_of(settings), rounds_of(settings)
    with TestClient(create_app(two, lexicon, today=lambda: TODAY, queue=queue), client=("203.0.113.7", 5)) as client:
        yield Space(client, queue, rounds, settings)
    queue.database.close()
    rounds.database.close()


@pytest.mark.slow
def test_a_lead_set_aside_leaves_the_list_its_files_and_its_feed_and_the_reader_can_bring_it_back(space: Space) -> None:
    page = Page("/pistes", space.client.get(f"/pistes?supplier={WHO}", headers={"Accept": "text/html"}).text)
    form = page.one("form", action="/pistes/ecarter")
    fields = {field.attributes["name"]: field.attributes["value"] for field in form.all("input")}
    title = page.one("li", class_="card").one("h3").text
    sent = space.client.post("/pistes/ecarter", data={**fields, "why": "trade"}, follow_redirects=False)
    assert sent.status_code == 303
    after = space.client.get(sent.headers["location"], headers={"Accept": "text/html"}).text
    assert title not in Page("/pistes", after).text
    assert "Écartée" in after  # a chip, whose cross brings it back

    query = sent.headers["location"].partition("?")[2]
    id_ = fields["lead"].partition(":")[2]
    for path in ("/v1/leads.jsonl", "/v1/feeds/leads.json", "/v1/leads"):
        assert id_ in space.client.get(f"{path}?supplier={WHO}").text  # nobody else loses it
        assert id_ not in space.client.get(f"{path}?{query}").text.replace(query, "")


@pytest.mark.slow
def test_only_a_refusal_of_the_trade_teaches_and_all_are_listed(space: Space) -> None:
    first = space.leads()[0]["id"]
    others = [each["id"] for each in space.client.get("/v1/contracts").json()["results"] if each["id"] != first]
    second, third = others[:2]
    assert [each["code"] for each in space.refuse(f"contracts:{first}")["teaches"]]
    assert space.refuse(f"contracts:{second}", "far")["teaches"] == []
    assert space.refuse(f"contracts:{third}", "large")["teaches"] == []
    every = taught(space.rounds, TODAY)
    assert len(every) == 3 and [each.lesson is not None for each in every].count(True) == 1
    [lesson] = lessons(space.rounds, TODAY)
    assert (
        lesson.no == 1.0 and lesson.departement and not lesson.silent
    )  # it publishes its trades: it teaches of itself alone
    [id_] = [each.id for each in every if each.lesson is not None]
    assert withdraw(space.rounds, id_) == 1 and lessons(space.rounds, TODAY) == []


def test_what_is_said_again_replaces_it_and_nothing_is_kept_after_half_a_year_nor_of_who_opposed(space: Space) -> None:
    lead = space.leads()[0]["id"]
    space.refuse(f"contracts:{lead}", "far")
    space.refuse(f"contracts:{lead}", "trade")
    assert len(lessons(space.rounds, TODAY)) == len(taught(space.rounds, TODAY)) == 1
    assert lessons(space.rounds, TODAY + timedelta(days=DAYS + 1)) == []
    space.queue.purge(TODAY + timedelta(days=DAYS + 1))
    assert taught(space.rounds, TODAY) == []
    space.refuse(f"contracts:{lead}")
    with space.queue.database.transaction() as connection:
        siret = connection.exec_driver_sql("SELECT siret FROM leads_refused").scalar_one()
    Opposition(space.settings).add(siret)
    assert taught(space.rounds, TODAY) == []
    space.queue.purge(TODAY)
    with space.queue.database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM leads_refused").scalar_one() == 0


@pytest.mark.slow
def test_a_silent_structure_teaches_of_the_trade_that_was_supposed_of_it(space: Space) -> None:
    lead = space.leads(supplier=SILENT)[0]["id"]
    assert [each["code"] for each in space.refuse(f"contracts:{lead}", who=SILENT)["teaches"]] == [TRADE]
    [lesson] = lessons(space.rounds, TODAY)
    assert lesson.silent and lesson.trades == (TRADE,) and lesson.asked_by is not None
    again = Lessons([lesson], load_trades())
    assert again.of(lesson.unit, ("ESAT",), "59")[TRADE].no == 6.0 and again.of("x", ("ESAT",), "59")[TRADE].no == 1.0


@pytest.mark.slow
def test_too_far_and_too_large_narrow_the_list_by_half_at_most_and_a_cross_takes_it_off(space: Space) -> None:
    lead = space.leads()[0]
    profile = space.client.get("/v1/leads", params={"supplier": WHO}).json()["profile"]
    far = space.refuse(f"contracts:{lead['id']}", "far")["moves"]
    assert far["near"] == profile["zone"]["near"]
    assert profile["zone"]["radius_km"] / 2 <= far["radius_km"] < profile["zone"]["radius_km"]
    large = space.refuse(f"contracts:{lead['id']}", "large")["moves"]
    largest = (profile["turnover"] or profile["assumed_turnover"]) * value("largest_lot")
    assert largest / 2 <= large["lot_amount_most"] < largest and "turnover" not in large
    assert space.refuse(f"contracts:{lead['id']}", "trade")["moves"] == {}

    back = {"supplier": WHO, "lead": f"contracts:{lead['id']}", "why": "large", "back": f"supplier={WHO}"}
    sent = space.client.post("/pistes/ecarter", data=back, follow_redirects=False)
    assert "lot_amount_most=" in sent.headers["location"] and "turnover=" not in sent.headers["location"]
    page = Page("/pistes", space.client.get(sent.headers["location"], headers={"Accept": "text/html"}).text)
    assert any("lot_amount_most" not in link and f"supplier={WHO}" in link for link in page.links())


def test_a_move_needs_a_known_distance_or_amount_and_stops_at_five_kilometres() -> None:
    near = Profile((), Zone((3.17, 50.69), 8.0), people=10, supplier="x")
    assert (
        moves("far", near, {}, None)
        == moves("large", near, {}, 3.0)
        == moves("trade", near, {"amount": 1.0}, 3.0)
        == {}
    )
    assert moves("far", near, {}, 7.35) == {"near": (3.17, 50.69), "radius_km": 7.2}
    assert moves("far", near, {}, 1.0) == {"near": (3.17, 50.69), "radius_km": 5.0}
    assert yearly_amount({"amount": 48_000.0, "months": 24}) == 24_000.0
    assert yearly_amount({"amount_max": 48_000.0}) == 48_000.0 and yearly_amount({}) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lead", "why", "status"),
    [
        ("contracts:inconnu", "trade", 404),
        ("suppliers:x", "trade", 422),
        ("contracts:x", "boring", 422),
    ],
)
def test_what_is_no_lead_or_no_reason_is_refused(space: Space, lead: str, why: str, status: int) -> None:
    space.refuse(lead, why, status)
    assert taught(space.rounds, TODAY) == []


@pytest.mark.slow
def test_another_site_sets_nothing_aside_and_one_client_no_more_than_fifty_a_day(space: Space) -> None:
    lead = space.leads()[0]["id"]
    given = {"supplier": WHO, "lead": f"contracts:{lead}", "why": "far", "back": ""}
    crossed = space.client.post("/pistes/ecarter", data=given, headers={"Origin": "https://ailleurs.example"})
    assert crossed.status_code == 403
    assert space.client.post("/v1/leads/refusals", json=given).status_code == 422  # « back » is of the form alone
    del given["back"]
    statuses = [space.client.post("/v1/leads/refusals", json=given).status_code for _ in range(MOST_A_DAY + 1)]
    assert statuses == [*(MOST_A_DAY * [201]), 429]

"""One question a week: kept, answered on the page, by the API and by mail; its answer changes the leads, teaches, is listed, withdrawn and erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from indexer.demo.identifiers import siret as siret_of
from tests.contracts.test_outlook import CALLS, call
from tests.mail.conftest import READER, House, made_house
from tests.mail.mailbox import html_of, link_in, mailbox, text_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contracts
from tests.search_api.pages.corpus import fact, gardens
from tests.search_api.pages.html import Page
from vivier.contracts.leads_query import LeadsQuery
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.lead_questions import DAYS, LATER_DAYS, MOST_A_DAY, with_answer
from vivier.given.lessons import lessons, taught, withdraw
from vivier.given.mail_tables import SUBSCRIPTIONS
from vivier.given.rounds import Rounds, rounds_of
from vivier.given.tables import LEAD_QUESTIONS
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

WHO, SIRET = "jardins-muets", siret_of(1, 1)
HERE = f"supplier={WHO}&near=3.1746,50.6901&radius_km=10"
PAPERS = [
    call(
        40 + n,
        f"Impression du journal {n}",
        "Travaux d'impression",
        "59100",
        "Roubaix",
        "2026-12-10",
        criteres=["sociaux"],
    )
    for n in range(4)
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    """A structure of Roubaix that publishes no trade, and the calls of Roubaix."""
    settings = Settings(home=tmp_path_factory.mktemp("questions"))
    path = settings.home / "records.json"
    path.write_text(json.dumps({"total_count": len(CALLS + PAPERS), "results": CALLS + PAPERS}), encoding="utf8")
    import_files("boamp", [path], settings)
    silent = gardens(lexicon).changed(id=WHO, siret=fact(SIRET), identifiers=(SIRET,), offers=())
    with closing(EmbeddedStore(settings.generations)) as made:
        publish(made, [silent], lexicon)
        serve_contracts(made, contracts(), lexicon)
        publish_notices(made, settings, lexicon)
        yield made


@pytest.fixture
def house(tmp_path: Path, engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[House]:
    with mailbox() as box, made_house(tmp_path, engine, box, lexicon) as house:
        yield house


@pytest.fixture
def rounds(house: House) -> Iterator[Rounds]:
    rounds = rounds_of(house.settings)
    yield rounds
    rounds.database.close()


def question(house: House) -> dict[str, Any]:
    """The question of the week, as the API gives it."""
    response = house.client.get(f"/v1/leads/question?supplier={WHO}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["question"]
    return found


def reply(house: House, trade: str, answer: str, status: int = 200) -> dict[str, Any]:
    response = house.client.post("/v1/leads/question", json={"supplier": WHO, "trade": trade, "answer": answer})
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found


def leads(house: House, more: str = "") -> dict[str, list[str]]:
    """The leads with their reasons of trade."""
    results = house.client.get(f"/v1/leads?{HERE}{more}").json()["results"]
    return {
        each["id"]: [reason["text"] for reason in each["reasons"] if reason["code"] == "sector"] for each in results
    }


def rows(house: House) -> int:
    with house.office.database.transaction() as connection:
        return connection.scalar(select(func.count()).select_from(LEAD_QUESTIONS)) or 0


@pytest.mark.slow
def test_the_question_stays_the_same_for_the_week_and_another_comes_once_it_is_answered(house: House) -> None:
    first = question(house)
    assert first["text_fr"].startswith("Faites-vous « ") and first["week"] == "2026-11-23" and first["answer"] is None
    house.clock.later(3)
    assert question(house) == first and rows(house) == 1
    reply(house, first["trade"], "no")
    assert question(house)["answer"] == "no"
    house.clock.later(7)
    second = question(house)
    assert second is None or (second["trade"] != first["trade"] and second["week"] == "2026-11-30")


def test_a_yes_ranks_the_trade_first_and_a_no_takes_it_out_of_the_list_of_who_answers_alone(house: House) -> None:
    before = leads(house)
    lawns = {"boamp-26-1", "boamp-26-2"}
    assert lawns <= set(before)
    trade = "entretien-espaces-verts"
    yes, no = leads(house, f"&also_trade={trade}"), leads(house, f"&not_trade={trade}")
    mine = [id_ for id_, reasons in yes.items() if reasons == ["dans un métier que vous dites faire"]]
    assert lawns <= set(mine) and mine == list(yes)[: len(mine)]
    assert not lawns & set(no)
    assert leads(house) == before


@pytest.mark.slow
def test_the_page_asks_with_three_buttons_and_the_answer_is_in_the_address_of_the_list(house: House) -> None:
    page = Page("/pistes", house.client.get(f"/pistes?{HERE}", headers={"Accept": "text/html"}).text)
    form = page.one("form", action="/pistes/question")
    assert [button.text for button in form.all("button")] == ["Oui", "Non", "Plus tard"]
    fields = {field.attributes["name"]: field.attributes["value"] for field in form.all("input")}
    sent = house.client.post("/pistes/question", data={**fields, "answer": "no"}, follow_redirects=False)
    assert sent.status_code == 303 and f"not_trade={fields['trade']}" in sent.headers["location"]
    after = house.client.get(sent.headers["location"], headers={"Accept": "text/html"})
    assert after.status_code == 200 and "/pistes/question" not in after.text
    assert "Métier que nous ne faisons pas" in after.text  # a chip, whose cross brings it back


@pytest.mark.slow
def test_an_answer_teaches_is_listed_and_withdrawn_and_later_teaches_nothing(house: House, rounds: Rounds) -> None:
    trade = question(house)["trade"]
    reply(house, trade, "later")
    assert lessons(rounds, house.clock.day) == [] and len(taught(rounds, house.clock.day)) == 1
    reply(house, trade, "yes")
    (lesson,) = lessons(rounds, house.clock.day)
    assert lesson.trades == (trade,) and (lesson.yes, lesson.no) == (1.0, 0.0) and lesson.silent
    (listed,) = taught(rounds, house.clock.day)
    assert listed.answer.endswith(": oui") and listed.id.startswith("q")
    assert withdraw(rounds, listed.id) == 1 and lessons(rounds, house.clock.day) == []


@pytest.mark.slow
def test_an_answer_is_kept_half_a_year_a_later_four_weeks_and_an_opposition_erases_all(house: House) -> None:
    trade = question(house)["trade"]
    reply(house, trade, "later")
    house.clock.later(LATER_DAYS - 7)
    assert (question(house) or {}).get("trade") != trade
    queue = house.office.invitations.queue
    queue.purge(house.clock.day + timedelta(days=8))
    assert rows(house) == 0
    house.clock.later(14)
    asked = question(house)
    reply(house, asked["trade"], "yes")
    queue.purge(house.clock.day + timedelta(days=DAYS - 1))
    assert rows(house) == 1
    Opposition(house.settings).add(SIRET)
    queue.purge(house.clock.day)
    assert rows(house) == 0


def test_only_the_question_of_the_week_is_answered_and_each_fault_is_named(house: House) -> None:
    reply(house, "imprimerie", "yes", 404)
    trade = question(house)["trade"]
    reply(house, trade, "peut-être", 422)
    house.clock.later(7)
    reply(house, trade, "yes", 404)
    assert house.client.get("/v1/leads/question?supplier=personne").status_code == 404
    crossed = house.client.post("/pistes/question", data={}, headers={"Origin": "https://ailleurs.example"})
    assert crossed.status_code == 403


def test_the_letter_asks_and_its_answer_changes_the_subscription(house: House) -> None:
    house.follow(f"/courriel/leads?{HERE}")
    with house.office.database.transaction() as connection:
        connection.execute(update(SUBSCRIPTIONS).values(began_on=TODAY - timedelta(days=300)))
    house.clock.later(1)
    assert house.notify().delivered == {"sent": 1}
    (message,) = house.box.to(READER)
    asked = question(house)
    assert asked["text_fr"] in text_of(message) and asked["text_fr"] in html_of(message)
    link = link_in(message, "/courriel/question")
    assert "Plus tard" in house.client.get(link).text and question(house)["answer"] is None
    said = house.client.post(link, data={"trade": asked["trade"], "answer": "no"})
    assert said.status_code == 200 and "C'est noté : non" in said.text.replace("’", "'").replace("\xa0", " ")
    (followed,) = house.office.subscriptions.due(house.clock.day + timedelta(days=30))
    assert f"not_trade={asked['trade']}" in followed.search and followed.stop in link
    assert "not_trade" in str(with_answer(LeadsQuery(supplier=WHO), asked["trade"], "no"))
    assert house.client.get("/courriel/question/" + "0" * 40).status_code == 404


@pytest.mark.slow
def test_one_client_has_no_more_than_fifty_answers_a_day(house: House) -> None:
    trade = question(house)["trade"]
    statuses = [
        house.client.post(
            "/v1/leads/question",
            json={"supplier": WHO, "trade": trade, "answer": "later"},
            headers={"X-Unused": str(number)},
        ).status_code
        for number in range(MOST_A_DAY + 1)
    ]
    assert statuses[:MOST_A_DAY] == MOST_A_DAY * [200]
    assert date.fromisoformat(question(house)["week"]).weekday() == 0

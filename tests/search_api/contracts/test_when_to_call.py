"""Every surface says in one sentence when to call the buyer of a contract that ends: never « bientôt » for two years from now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import icalendar
import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of
from tests.search_api.contracts.corpus import TODAY, contract_of
from tests.search_api.pages.html import plain
from vivier.contracts.months import call_day
from vivier.contracts.reasons import call_text
from vivier.lexicon import Lexicon

CASES = (  # day of notification, months, day to call, words
    ("cfar", date(2026, 2, 10), 30, date(2027, 11, 10), "acheteur à appeler en novembre 2027"),
    ("cnow", date(2025, 6, 1), 24, TODAY, "acheteur à appeler dès maintenant"),
    ("clate", date(2025, 12, 15), 13, TODAY, "acheteur à appeler dès maintenant (renouvellement sans doute préparé)"),
)
WINDOW = "kind=EI&territory=FR&lead=expiring_contract&ends_after_months=0&ends_before_months=60"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    made = [contract_of(key, f"Tonte {key}", notified=day, months=months) for key, day, months, *_ in CASES]
    folder: Path = tmp_path_factory.mktemp("calls")
    with asked_of(folder, made, lexicon) as client:
        yield client


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_every_surface_says_the_month_to_call(client: TestClient, case: tuple[str, date, int, date, str]) -> None:
    key, _, _, day, words = case
    lead = next(lead for lead in client.get(f"/v1/leads?{WINDOW}").json()["results"] if lead["id"] == key)
    assert lead["call"] == day.isoformat() and lead["reasons"][0]["text"].startswith(
        f"{words} ; finit au plus tard le "
    )
    page = plain(client.get(f"/pistes?{WINDOW}", headers={"Accept": "text/html"}).text)
    assert words[1:] in page and "bientôt fini" not in page
    for feed in (f"/v1/feeds/leads.ics?{WINDOW}", f"/v1/feeds/contracts/{key}.ics", "/v1/feeds/contracts.ics"):
        events = icalendar.Calendar.from_ical(client.get(feed).content).walk("VEVENT")
        event = next(event for event in events if f"-{key}@" in event["uid"])
        assert event.decoded("dtstart") == day and event["summary"].startswith("Acheteur à appeler")
        assert words in plain(event["description"])
    assert words in plain(client.get(f"/v1/feeds/leads.atom?{WINDOW}").text)


@pytest.mark.slow
def test_every_surface_is_honest_about_the_call_that_follows(client: TestClient) -> None:
    leads = {lead["id"]: lead for lead in client.get(f"/v1/leads?{WINDOW}").json()["results"]}
    sheet, key = client.get("/v1/contracts/cfar").json(), "cfar"
    honest = {"ends": "2028-08-10", "method": "renewal-2", "announced": None}
    assert sheet["renewal"] == {**honest, "text": "fin prévue en août 2028 ; acheteur à appeler en novembre 2027"}
    assert leads[key]["renewal"] == sheet["renewal"]
    pages = [f"/pistes?{WINDOW}", "/marches/cfar", "/marches?need=tonte"]
    said = [plain(client.get(url, headers={"Accept": "text/html"}).text).replace("\xa0", " ") for url in pages]
    assert all("finit au plus tard le 10 août 2028" in text and "suite inconnue" not in text for text in said)


def test_a_lead_says_where_and_how_much(client: TestClient) -> None:
    texts = [plain(reason["text"]) for reason in client.get(f"/v1/leads?{WINDOW}").json()["results"][0]["reasons"]]
    assert texts[1] == "lieu d'exécution : Nord" and texts[2].replace("\u202f", " ").startswith(
        "montant précédent : 48 000"
    )


def test_the_call_of_a_contract_that_has_ended_is_its_end() -> None:
    assert call_day(date(2026, 1, 31), TODAY) == date(2026, 1, 31)
    assert call_text(date(2027, 8, 24), TODAY) == "acheteur à appeler dès maintenant"
    assert call_text(date(2027, 8, 25), TODAY) == "acheteur à appeler en novembre 2026"

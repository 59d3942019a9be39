"""The letter of leads: for each, its object, place, amount, reason, day to act and one link; its calendar marks the day to act."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import update

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from tests.contracts.test_outlook import CALLS
from tests.mail.conftest import READER, House, made_house
from tests.mail.mailbox import Mailbox, html_of, text_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, _sign, contract_of
from tests.search_api.pages.corpus import pages_suppliers
from vivier.contracts.acts import act_day, act_text
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.mail_tables import SUBSCRIPTIONS
from vivier.lexicon import Lexicon
from vivier.settings import Settings

pytestmark = pytest.mark.slow
LEADS = "kind=ESAT&kind=EI&near=3.1746,50.6901&radius_km=30&trade=entretien-espaces-verts"


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    """A contract about to end, one with a clause and without an amount, and two open calls."""
    settings = Settings(home=tmp_path_factory.mktemp("digest"))
    path = settings.home / "records.json"
    path.write_text(json.dumps({"total_count": len(CALLS), "results": CALLS}), encoding="utf8")
    import_files("boamp", [path], settings)
    new = {"published": TODAY - timedelta(days=5)}
    unknown: dict[str, object] = {"amount": None, "initial_amount": None, "evidence": (_sign("clause"),)}
    made = [
        contract_of("cfin", "Entretien du parc", notified=TODAY - timedelta(days=300), months=20, **new),
        contract_of(
            "cclause", "Taille", notified=TODAY - timedelta(days=20), months=36, social=("clause",), **new, **unknown
        ),
    ]
    with closing(EmbeddedStore(settings.generations)) as engine:
        publish(engine, pages_suppliers(lexicon), lexicon)
        serve_contracts(engine, made, lexicon)
        publish_notices(engine, settings, lexicon)
        yield engine


@pytest.fixture
def letter(tmp_path: Path, stream: EmbeddedStore, box: Mailbox, lexicon: Lexicon) -> Iterator[House]:
    with made_house(tmp_path, stream, box, lexicon) as house:
        house.follow(f"/courriel/leads?{LEADS}")
        with house.office.database.transaction() as connection:
            connection.execute(update(SUBSCRIPTIONS).values(began_on=TODAY - timedelta(days=300)))
        house.clock.later(1)
        assert house.notify().delivered == {"sent": 1}
        yield house


def spaced(text: str) -> str:
    """A text with ordinary spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def items(text: str) -> dict[str, list[str]]:
    """The lines of each item of a letter, by its object."""
    body = text.partition("\n--")[0]
    found = (part.splitlines() for part in re.split(r"\n\* ", body)[1:])
    return {lines[0]: [line.strip(" -") for line in lines[1:] if line.strip()] for lines in found}


def test_each_lead_says_its_place_its_amount_why_when_to_act_and_has_one_link(letter: House) -> None:
    (message,) = letter.box.to(READER)
    found = items(spaced(text_of(message)))
    assert set(found) == {"Entretien du parc", "Taille", "Entretien des pelouses", "Tonte des stades"}
    for lines in found.values():
        assert {"Nord, à 1 km", "Nord, acheteur à 1 km"} & {*lines} and "dans vos métiers" in lines
        assert [line for line in lines if line.startswith("Montant")] and sum("https://" in line for line in lines) == 1
    assert found["Entretien du parc"][0].startswith("Acheteur à appeler en décembre 2026. Finit au plus tard le")
    assert "Montant précédent : 48 000 € HT sur 20 mois" in found["Entretien du parc"]
    assert found["Taille"][0].startswith("Titulaire à appeler dès maintenant. Clause jusqu")
    assert "Montant non publié" in found["Taille"]
    assert found["Entretien des pelouses"][0] == "Réponse à préparer dès maintenant. Répondre avant le 27 novembre 2026"
    stadium = "Réponse à préparer dès le 4 décembre 2026. Répondre avant le 18 décembre 2026"
    assert found["Tonte des stades"][0] == stadium


def test_the_html_says_the_same_and_each_lead_has_one_link(letter: House) -> None:
    (message,) = letter.box.to(READER)
    html = unescape(spaced(html_of(message)))
    for lines in items(spaced(text_of(message))).values():
        shown = [line for line in lines[1:] if line.startswith(("Nord", "Montant", "dans vos"))]
        assert len(shown) == 3 and all(line in html for line in (lines[0], *shown))
    links = re.findall(r'href="(https://vivier.example/(?:marches|avis)/[^"]+)"', html)
    assert len(links) == len(set(links)) == 4


def test_the_calendar_marks_the_day_to_prepare_the_answer_and_the_last_day_to_call_a_holder(letter: House) -> None:
    content = letter.client.get(f"/v1/feeds/leads.ics?{LEADS}").content
    events = {
        str(event["summary"]): event.decoded("dtstart")
        for event in icalendar.Calendar.from_ical(content).walk("VEVENT")
    }
    days = {spaced(name): day for name, day in events.items()}
    assert days["Réponse à préparer : Tonte des stades"] == date(2026, 12, 4)
    assert days["Acheteur à appeler : Entretien du parc"] == date(2026, 12, 28)
    assert days["Titulaire à appeler au plus tard : Taille"] == date(2029, 8, 4)
    assert "Réponse à préparer : Entretien des pelouses" not in days, "that day is past: it would move each morning"
    one = letter.client.get("/v1/feeds/notices/boamp-26-2.ics").text
    assert "DTSTART;VALUE=DATE:20261204" in one and "DTSTART:20261218T110000Z" in one


def test_a_lead_without_a_day_says_so() -> None:
    assert act_day("open_notice", None, None) is None
    assert act_text("open_notice", None, None, {}, TODAY) == "Date limite inconnue"
    supposed = act_text("open_notice", date(2026, 12, 30), None, {"issues": ["deadline_supposed"]}, TODAY)
    assert "Répondre sans doute avant le 30 décembre" in spaced(supposed)

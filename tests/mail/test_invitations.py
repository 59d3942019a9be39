"""A structure is reminded once that what it declared ends, and its link lets it declare again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.publish import publish
from search_api.app import create_app
from tests.mail.conftest import House, posting, settings_for
from tests.mail.mailbox import Mailbox, link_in, text_of
from tests.search_api.pages.html import plain
from vivier.engine import open_engine
from vivier.given.queue import IN_FORCE_DAYS, queue_of
from vivier.given.requests import Subject
from vivier.lexicon import Lexicon
from vivier.mail.office import REMIND_DAYS

MAILBOX = "contact@structure-essai.example"


def declared(house: House, **content: object) -> Subject:
    """A structure whose declaration is accepted today."""
    queue = queue_of(house.settings)
    subject = Subject("vessai000000a", "73282932000074", "Les Jardins d'Essai")
    trade = next(iter(house.lexicon.trade_names))
    queue.send("declaration", subject, {"trades": [{"trade": trade, "service_types": []}], **content}, house.clock.day)
    queue.accept(queue.waiting()[0].number, house.clock.day)
    queue.database.close()
    return subject


@pytest.mark.slow
def test_the_reminder_leaves_once_and_its_link_serves(house: House) -> None:
    subject = declared(house, mailbox=MAILBOX)
    assert house.notify().letters["renewal"] == 0
    house.clock.later(IN_FORCE_DAYS - REMIND_DAYS)
    for _ in range(REMIND_DAYS):
        house.notify()
        house.clock.later(1)
    (message,) = house.box.to(MAILBOX)
    assert subject.name in text_of(message).replace("\xa0", " ") and "/courriel/refuser/" in message["List-Unsubscribe"]
    token = link_in(message, "/i").rpartition("/")[2]
    assert queue_of(house.settings).invited(token, house.clock.day - timedelta(days=1)).siret == subject.siret


def test_nothing_leaves_to_a_structure_that_gave_no_mailbox(house: House) -> None:
    declared(house)
    house.clock.later(IN_FORCE_DAYS - 1)
    assert house.notify().letters["renewal"] == 0 and house.box.messages == []


HEADER = "GEIQ;ADRESSE;COMPLEMENT ADRESSE;VILLE;CODE POSTAL;EMAIL;SIRET;NAF;TEL\n"
ROWS = (
    "GEIQ FICTIF UN;1 RUE FICTIVE;;RENNES;35000;accueil@geiq-fictif.example;73282932000074;8413Z;01 99 00 12 34\n"
    "GEIQ FICTIF DEUX;2 RUE FICTIVE;;RENNES;35000;;55208131766522;8413Z;\n"
)
ITS = "accueil@geiq-fictif.example"


@pytest.fixture
def service(tmp_path: Path, box: Mailbox, lexicon: Lexicon) -> Iterator[TestClient]:
    """A service that writes by mail and takes declarations, on two fictitious structures of which a register gives one mailbox."""
    settings, file = settings_for(tmp_path / "home", box), tmp_path / "geiq.csv"
    file.write_text(HEADER + ROWS, encoding="utf8")
    import_files("geiq", [file], settings)
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, sources=["geiq"], skip_judged=True)
        made = create_app(engine, lexicon, queue=queue_of(settings), **posting(settings))
        with TestClient(made) as client:
            yield client


def sheet_of(service: TestClient, siret: str) -> str:
    return f"/fournisseurs/{service.get('/v1/suppliers', params={'q': siret}).json()['results'][0]['id']}"


@pytest.mark.slow
def test_who_reads_the_mailbox_of_the_register_speaks_for_the_structure(service: TestClient, box: Mailbox) -> None:
    sheet = sheet_of(service, "73282932000074")
    assert "Recevoir un lien" in service.get(f"{sheet}/completer").text
    for _ in range(2):
        assert "Un lien est parti" in service.post(f"{sheet}/lien", data={"action": "link"}).text
    (message,) = box.to(ITS)
    link = link_in(message, "/i")
    said = {"siret": "73282932000074", "trade1": "entretien-espaces-verts"}
    assert service.post(link, data=said, follow_redirects=False).status_code == 303
    assert "Déclaré par la structure" in plain(service.get(sheet).text)
    assert service.get(link).status_code == 410


def test_no_link_leaves_for_a_structure_of_which_no_register_gives_the_mailbox(
    service: TestClient, box: Mailbox
) -> None:
    sheet = sheet_of(service, "55208131766522")
    assert "Recevoir un lien" not in service.get(f"{sheet}/completer").text
    assert service.post(f"{sheet}/lien", data={"action": "link"}).status_code == 404
    refused = service.post(f"{sheet}/lien", data={"action": "link"}, headers={"Origin": "https://ailleurs.example"})
    assert refused.status_code == 403 and box.messages == []

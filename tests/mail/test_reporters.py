"""Who reports an error, or opposes, is written the decision once, and their address is forgotten with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from search_api.app import create_app
from tests.mail.conftest import PUBLIC, House, settings_for
from tests.mail.mailbox import Mailbox, html_of, text_of
from tests.search_api.pages.html import plain
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.mail_tables import REPORTERS
from vivier.given.queue import Queue, queue_of
from vivier.given.requests import Subject
from vivier.lexicon import Lexicon
from vivier.mail.answers import ANSWER_DAYS
from vivier.mail.office import office_of, purge_mail
from vivier.mail.sealing import Unsealable, new_key
from vivier.privacy.keys import new_id
from vivier.settings import Settings

REPORTER = "lecteur@mairie.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REPORT = {"fact": "website", "right": "Le site a changé de nom", "source": "https://registre.example"}


class Desk:
    """A service whose queue is open, with its mail."""

    def __init__(self, house: House, client: TestClient, queue: Queue, sheet: str) -> None:
        self.house, self.client, self.queue, self.sheet = house, client, queue, sheet

    def report(self, address: str = REPORTER, **more: str) -> str:
        """Report an error; the address of follow-up."""
        sent = {**REPORT, "address": address, **more}
        answer = self.client.post(f"{self.sheet}/signaler", data=sent, follow_redirects=False)
        assert answer.status_code == 303, plain(answer.text)[:1_000]
        return answer.headers["location"]

    def reporters(self) -> int:
        """How many addresses are kept."""
        with self.queue.database.transaction() as connection:
            return len(connection.execute(select(REPORTERS)).all())


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    queue = queue_of(house.settings)
    app = create_app(
        house.engine, house.lexicon, today=house.clock.today, mail=house.office, queue=queue, public_url=PUBLIC
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        listed = client.get("/v1/suppliers", params={"per_page": 1}).json()
        yield Desk(house, client, queue, f"/fournisseurs/{listed['results'][0]['id']}")
    queue.database.close()


@pytest.mark.slow
@pytest.mark.parametrize(("accepts", "word"), [(True, "retenue"), (False, "refusée")])
def test_the_decision_is_written_once_and_the_address_forgotten(desk: Desk, accepts: bool, word: str) -> None:
    link = desk.report()
    assert desk.house.notify().letters["answer"] == 0 and desk.reporters() == 1
    reason = "Corrigé à la source."
    decide = desk.queue.accept if accepts else desk.queue.refuse
    decide(1, desk.house.clock.day, reason=reason)
    assert desk.house.notify().letters["answer"] == 1 and desk.reporters() == 0
    (message,) = desk.house.box.to(REPORTER)
    assert word in message["Subject"] and "/courriel/refuser/" in message["List-Unsubscribe"]
    for body in (text_of(message), html_of(message)):
        assert reason in body.replace("&#39;", "'") and f"{PUBLIC}{link}" in body
    assert "Le site a changé" not in text_of(message), "what was typed is repeated to nobody"
    desk.house.clock.later(1)
    assert desk.house.notify().letters["answer"] == 0 and len(desk.house.box.messages) == 1


@pytest.mark.slow
def test_a_structure_that_opposes_is_answered_though_its_name_is_erased(desk: Desk) -> None:
    about, id_, day = Subject("x", "90000000100017", "Atelier fictif"), new_id(), desk.house.clock.day
    beside = desk.house.office.answers.expecting(REPORTER, id_, about, day)
    desk.queue.send("opposition", about, {"role": "Direction"}, day, id_, beside)
    desk.queue.accept(1, desk.house.clock.day)
    desk.house.notify()
    (message,) = desk.house.box.to(REPORTER)
    assert "ne paraît plus" in text_of(message) and "Atelier fictif" in text_of(message) and desk.reporters() == 0


@pytest.mark.slow
def test_the_address_is_nowhere_in_clear(desk: Desk) -> None:
    desk.report()
    for path in desk.house.settings.home.iterdir():
        assert REPORTER.encode() not in (path.read_bytes() if path.is_file() else b"")


@pytest.mark.slow
def test_what_its_author_withdraws_is_forgotten_without_a_letter(desk: Desk) -> None:
    link = desk.report()
    assert desk.client.post(link, data={}, headers=FORM, follow_redirects=False).status_code == 303
    assert desk.house.notify().letters["answer"] == 0 and desk.reporters() == 0


def test_an_address_is_forgotten_after_its_days_though_nobody_decided(desk: Desk) -> None:
    desk.report()
    last = desk.house.clock.day + timedelta(days=ANSWER_DAYS)
    assert purge_mail(desk.house.settings, last) == 0
    without = desk.house.settings.model_copy(update={"mail_key": None})
    assert purge_mail(without, last + timedelta(days=1), dry_run=True) == 1
    assert purge_mail(without, last + timedelta(days=1)) == 1 and desk.reporters() == 0


@pytest.mark.slow
def test_a_lost_key_loses_no_address_in_silence(desk: Desk) -> None:
    desk.report()
    desk.queue.accept(1, desk.house.clock.day)
    office = office_of(desk.house.settings.model_copy(update={"mail_key": settings_key()}))
    assert office is not None
    with pytest.raises(Unsealable):
        office.answers.write(0)
    assert desk.reporters() == 1
    office.database.close()


@pytest.mark.slow
def test_an_address_is_sealed_anew_with_the_newest_key(desk: Desk) -> None:
    desk.report()
    former, newest = desk.house.settings.mail_key, new_key()
    assert former is not None
    both = SecretStr(f"{newest},{former.get_secret_value()}")
    office = office_of(desk.house.settings.model_copy(update={"mail_key": both}))
    assert office is not None and office.answers.reseal() == 1 and office.answers.reseal() == 0
    alone = office_of(desk.house.settings.model_copy(update={"mail_key": SecretStr(newest)}))
    desk.queue.accept(1, desk.house.clock.day)
    assert alone is not None and alone.answers.write(0) == 1
    office.database.close()
    alone.database.close()


def settings_key() -> object:
    return Settings.model_validate({"mail_key": new_key()}).mail_key


@pytest.mark.slow
def test_an_address_that_is_none_is_refused_by_name_and_nothing_is_kept(desk: Desk) -> None:
    for wrong in ("personne", "a@b", "a@b.example, c@d.example", "x" * 300 + "@example.org"):
        answer = desk.client.post(f"{desk.sheet}/signaler", data={**REPORT, "address": wrong})
        assert answer.status_code == 422 and "adresse électronique" in plain(answer.text)
    assert desk.queue.count("pending") == 0 and desk.reporters() == 0


@pytest.mark.slow
def test_a_report_without_an_address_is_as_before(desk: Desk) -> None:
    desk.report("")
    assert desk.queue.count("pending") == 1 and desk.reporters() == 0


def test_a_service_without_mail_offers_no_address_and_says_why(
    tmp_path: Path, engine: EmbeddedStore, box: Mailbox, lexicon: Lexicon
) -> None:
    queue = queue_of(settings_for(tmp_path, box))
    with TestClient(create_app(engine, lexicon, queue=queue)) as client:
        id_ = client.get("/v1/suppliers", params={"per_page": 1}).json()["results"][0]["id"]
        for verb in ("signaler", "s-opposer"):
            page = client.get(f"/fournisseurs/{id_}/{verb}").text
            assert 'name="address"' not in page and "n'envoie pas de courriel" in plain(page).replace("’", "'")
    queue.database.close()

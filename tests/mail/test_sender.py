"""No form waits for a relay: letters are written down, and sent by a thread of the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.troubles import Troubles
from tests.mail.conftest import PUBLIC, READER, settings_for
from tests.mail.mailbox import Mailbox, mailbox
from tests.search_api.contracts.corpus import TODAY
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.queue import queue_of
from vivier.lexicon import Lexicon
from vivier.mail.letter import Letter
from vivier.mail.office import office_of
from vivier.mail.sender import Sender


class Silent(Mailbox):
    """A relay that reads a message and says nothing until it is freed."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.freed, self.taken = threading.Event(), threading.Event(), threading.Semaphore(0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.reached.set()
        await asyncio.to_thread(self.freed.wait)
        reply = await super().handle_DATA(server, session, envelope)
        self.taken.release()
        return reply


@pytest.fixture
def silent() -> Iterator[Silent]:
    box = Silent()
    with mailbox(box=box):
        yield box
        box.freed.set()


def test_a_sender_never_keeps_its_process_alive(tmp_path: Path, silent: Silent) -> None:
    office = office_of(settings_for(tmp_path, silent))
    assert office is not None
    with Sender(office, lambda: TODAY, lambda: 0.0):
        (thread,) = (thread for thread in threading.enumerate() if thread.name == "vivier-sender")
        assert thread.daemon
    assert not thread.is_alive()
    office.database.close()


@pytest.mark.slow
def test_a_form_is_answered_while_the_relay_says_nothing(
    tmp_path: Path, engine: EmbeddedStore, silent: Silent, lexicon: Lexicon
) -> None:
    settings = settings_for(tmp_path / "home", silent)
    office, queue = office_of(settings), queue_of(settings)
    assert office is not None
    sender = Sender(office, lambda: TODAY, lambda: 1_700_000_000.0)
    app = create_app(engine, lexicon, today=lambda: TODAY, mail=office, queue=queue, sender=sender, public_url=PUBLIC)
    with TestClient(app) as client:
        asked = client.post("/courriel/contracts?q=tonte", data={"address": READER, "every": "daily"})
        assert asked.status_code == 200
        assert silent.reached.wait(60), "the sender of the process gave the letter to the relay"
        id_ = client.get("/v1/suppliers", params={"per_page": 1}).json()["results"][0]["id"]
        report = {"fact": "name", "right": "Un autre nom", "source": "son registre"}
        sent = client.post(f"/fournisseurs/{id_}/signaler", data=report, follow_redirects=False)
        other = client.post("/courriel/contracts?q=tonte", data={"address": f"x{READER}", "every": "daily"})
        assert (sent.status_code, other.status_code) == (303, 200)
        assert not silent.freed.is_set() and silent.messages == [], "the relay had not answered yet"
        silent.freed.set()
        for _ in range(2):
            assert silent.taken.acquire(timeout=60)
    assert sorted(silent.recipients) == [[READER], [f"x{READER}"]]
    office.database.close()
    queue.database.close()


def test_a_relay_that_takes_no_letter_is_told_until_it_does(tmp_path: Path, box: Mailbox) -> None:
    office, troubles, now = office_of(settings_for(tmp_path, box)), Troubles(), [1_700_000_000.0]
    assert office is not None
    sender = Sender(office, lambda: TODAY, lambda: now[0])
    with office.database.transaction() as connection:
        for address in (READER, "b@structure.example"):
            office.post.outbox.add(connection, "report", Letter(address, "Essai", "a\n", "<p>a</p>", now[0]))
    box.busy = {READER, "b@structure.example"}
    assert sender.once() > 0, "nobody is told"
    sender.listener, box.busy = troubles, {READER}
    now[0] += 86_400
    sender.once()
    assert len(box.messages) == 1
    box.busy = {READER}
    now[0] += 86_400
    assert sender.once() == 1 and "VIVIER_SMTP_URL" in troubles.sentences[0]
    box.busy = set()
    now[0] += 86_400
    assert (sender.once(), sender.once(), troubles.sentences) == (1, 0, ())
    office.database.close()

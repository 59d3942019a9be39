"""A service that writes by mail: a real engine, a real database of SQLite, a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from search_api.app import create_app
from tests.given.conftest import empty_home
from tests.mail.mailbox import Mailbox, link_in, mailbox
from tests.search_api.contracts.conftest import serve_both
from tests.search_api.contracts.corpus import TODAY
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.queue import queue_of
from vivier.given.rounds import rounds_of
from vivier.given.shelf import registry_of, studies_of
from vivier.lexicon import Lexicon
from vivier.mail.notify import Run, notify
from vivier.mail.office import Office, office_of
from vivier.mail.sealing import new_key
from vivier.mail.sender import Sender
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

READER = "lectrice@structure.example"
PUBLIC = "https://vivier.example"
KEY = f"{'A' * 43}="


@dataclass
class Clock:
    """The day and the moment that the service believes it is."""

    day: date = TODAY
    second: float = 1_700_000_000.0

    def today(self) -> date:
        return self.day

    def now(self) -> float:
        return self.second

    def later(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.second += days * 86_400


class AtOnce(Sender):
    """The sender of a service, in the thread of who wakes it: a test reads the letters as soon as the form is answered."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing runs."""

    def wake(self) -> None:
        self.once()


def posting(settings: Settings) -> dict[str, Any]:
    """What an application that writes by mail is given besides the rest: its office, and a sender at once."""
    office = office_of(settings)
    assert office is not None
    return {"mail": office, "sender": AtOnce(office, lambda: TODAY, lambda: 1_700_000_000.0)}


@dataclass
class House:
    """What a test may touch."""

    settings: Settings
    engine: EmbeddedStore
    lexicon: Lexicon
    office: Office
    client: TestClient
    box: Mailbox
    clock: Clock = field(default_factory=Clock)

    def ask(self, url: str = "/courriel/contracts?q=tonte", address: str = READER, **more: str) -> Response:
        """Ask to follow a list, as its form does."""
        return self.client.post(url, data={"address": address, "every": "daily", **more})

    def confirm(self, address: str = READER) -> Response:
        """Follow the link of the last message of an address."""
        return self.client.post(link_in(self.box.to(address)[-1], "/courriel/confirmer"))

    def follow(self, url: str = "/courriel/contracts?q=tonte", address: str = READER, **more: str) -> None:
        """Follow a list, confirmed; its letters so far are taken out of the box."""
        assert self.ask(url, address, **more).status_code == 200
        assert self.confirm(address).status_code == 200
        self.box.messages.clear()
        self.box.recipients.clear()

    def notify(self) -> Run:
        """One run of « vivier notify », today."""
        return notify(self.office, Snapshot(self.engine), lambda: self.lexicon, self.clock.day, self.clock.now)


def settings_for(home: Path, box: Mailbox, **more: object) -> Settings:
    """The settings of a service that writes by this server."""
    own = {"smtp_url": box.url, "mail_from": "Vivier <vivier@exemple.example>", "mail_key": new_key()}
    return Settings.model_validate(
        {"home": home, "public_url": PUBLIC, "opposition_salt": "un sel assez long pour servir", **own, **more}
    )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The mail of a service without pages, whose relay does not answer: an empty database of its own."""
    own = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "Vivier <vivier@exemple.example>", "mail_key": KEY}
    home = empty_home(tmp_path)
    common = {"home": home, "public_url": PUBLIC, "opposition_salt": "un sel assez long pour servir"}
    made = office_of(Settings.model_validate({**common, **own}))
    assert made is not None
    with closing(made.database):
        yield made


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[EmbeddedStore]:
    with closing(serve_both(tmp_path_factory.mktemp("mail"), lexicon)) as engine:
        yield engine


@pytest.fixture
def house(tmp_path: Path, engine: EmbeddedStore, box: Mailbox, lexicon: Lexicon) -> Iterator[House]:
    with made_house(tmp_path, engine, box, lexicon) as house:
        yield house


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory, engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[House]:
    """One service for all the cases of a refusal: nothing is kept nor sent, so that none sees another."""
    with mailbox() as box, made_house(tmp_path_factory.mktemp("refusing"), engine, box, lexicon) as house:
        yield house


@contextmanager
def made_house(
    tmp_path: Path, engine: EmbeddedStore, box: Mailbox, lexicon: Lexicon, **more: object
) -> Iterator[House]:
    """A service of its own, with its settings."""
    settings, clock = settings_for(tmp_path / "home", box, **more), Clock()
    office, rounds, queue = office_of(settings), rounds_of(settings), queue_of(settings)
    assert office is not None
    app = create_app(
        engine,
        lexicon,
        today=clock.today,
        dossiers=registry_of(settings),
        studies=studies_of(settings),
        rounds=rounds,
        queue=queue,
        mail=office,
        sender=AtOnce(office, clock.today, clock.now),
        public_url=PUBLIC,
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield House(settings, engine, lexicon, office, client, box, clock)
    office.database.close()
    rounds.database.close()
    queue.database.close()

"""A service that keeps rounds and dossiers: a real engine behind a real opposition list, a real database of SQLite."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from search_api.app import create_app
from tests.built import copy_of
from tests.given.postgresql import server
from tests.search_api.conforms import conforms
from tests.search_api.conftest import serve_corpus
from tests.search_api.corpus import TODAY
from vivier.dossiers.registry import Registry
from vivier.dossiers.studies import Studies
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.withheld import WithheldStore
from vivier.given.database import Database, database_of
from vivier.given.queue import Queue, queue_of
from vivier.given.rounds import Rounds, rounds_of
from vivier.given.shelf import DatabaseShelf
from vivier.given.tell import RoundBody
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

LOT: dict[str, Any] = {
    "text": "entretien des espaces verts",
    "place": "Rennes",
    "amount": 240000,
    "months": 48,
    "lot": "1",
}
REVIEW_TOKEN = "un mot de passe d'essai, assez long"
ASKED: dict[str, Any] = {"title": "Entretien 2027", "organisation": "Ville de Rennes", "lots": [LOT]}


@dataclass
class Clock:
    """The day that the service believes it is."""

    day: date = TODAY

    def __call__(self) -> date:
        return self.day

    def later(self, days: int) -> None:
        self.day += timedelta(days=days)


@dataclass
class House:
    """What a test may touch."""

    settings: Settings
    engine: EmbeddedStore
    lexicon: Lexicon
    client: TestClient
    rounds: Rounds
    queue: Queue
    clock: Clock = field(default_factory=Clock)

    def open(self, **more: Any) -> dict[str, Any]:
        """Open the round of the tests; what the answer says of it."""
        response = self.client.post("/v1/rounds", json={**ASKED, **more})
        assert response.status_code == 201, response.text
        body: dict[str, Any] = response.json()
        return body

    def read(self, made: dict[str, Any]) -> dict[str, Any]:
        response = self.client.get(made["links"]["self"])
        assert response.status_code == 200, response.text
        body: dict[str, Any] = conforms(RoundBody, response.json())
        return body

    def note(self, made: dict[str, Any], *answers: dict[str, Any], status: int = 200) -> dict[str, Any]:
        response = self.client.post(made["links"]["answers"], json={"answers": list(answers)})
        assert response.status_code == status, response.text
        body: dict[str, Any] = response.json()
        return conforms(RoundBody, body) if status == 200 else body

    def dossier(self, made: dict[str, Any]) -> dict[str, Any]:
        response = self.client.post(made["links"]["self"] + "/dossier")
        assert response.status_code == 201, response.text
        body: dict[str, Any] = self.client.get(response.json()["links"]["self"]).json()
        return body


def empty_home(folder: Path) -> Path:
    """The folder with an empty database of this version, made once a run."""

    def make(begun: Path) -> None:
        with closing(Database(f"sqlite:///{begun}/given.sqlite")) as database, database.transaction():
            pass

    return copy_of("empty-given-database", make, folder)


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty database of a real PostgreSQL server."""
    with tempfile.TemporaryDirectory() as folder:  # a path of a socket is 107 bytes at most, and its user must enter it
        Path(folder).chmod(0o755)
        with server(Path(folder)) as url:
            yield url


@pytest.fixture
def house(tmp_path: Path, lexicon: Lexicon) -> Iterator[House]:
    with made_house(tmp_path, lexicon) as house:
        yield house


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[House]:
    """One service for all the cases of a refusal: none of them is kept, so that none sees another."""
    with made_house(tmp_path_factory.mktemp("refusing"), lexicon) as house:
        yield house


@pytest.fixture(scope="module")
def refusing_round(refusing: House) -> dict[str, Any]:
    """A round of that service, which keeps no answer."""
    return refusing.open()


@pytest.fixture
def house_on_postgresql(tmp_path: Path, lexicon: Lexicon, postgresql: str) -> Iterator[House]:
    with made_house(tmp_path, lexicon, given_url=postgresql) as house:
        yield house


@contextmanager
def made_house(tmp_path: Path, lexicon: Lexicon, **more: str) -> Iterator[House]:
    """A service of its own, with its settings."""
    given = {"home": tmp_path / "home", "opposition_salt": "un sel assez long pour servir", **more}
    settings = Settings.model_validate(given)
    engine = serve_corpus(settings.generations, lexicon)
    opposition, clock, rounds, queue = Opposition(settings), Clock(), rounds_of(settings), queue_of(settings)
    shelf = DatabaseShelf(database_of(settings), "dossier", 365, 50)
    app = create_app(
        WithheldStore(engine, opposition),
        lexicon,
        today=clock,
        dossiers=Registry(shelf, opposition),
        studies=Studies(DatabaseShelf(shelf.database, "study", 30, 50)),
        rounds=rounds,
        queue=queue,
        review_token=SecretStr(REVIEW_TOKEN),
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield House(settings, engine, lexicon, client, rounds, queue, clock)
    shelf.database.close()
    rounds.database.close()
    queue.database.close()
    engine.close()

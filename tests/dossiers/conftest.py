"""A service that keeps dossiers: a real engine behind a real opposition list, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from search_api.app import create_app
from tests.search_api.conftest import serve_corpus, today
from vivier.dossiers.compose import sealed
from vivier.dossiers.issue import stored
from vivier.dossiers.registry import Registry
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.withheld import WithheldStore
from vivier.given.database import Database, database_of
from vivier.given.shelf import DatabaseShelf
from vivier.given.tables import SHELF
from vivier.lexicon import Lexicon
from vivier.privacy.keys import new_id
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

LOT = {"text": "entretien des espaces verts", "place": "Rennes", "amount": 240000, "months": 48, "lot": "1"}
SECOND = {"text": "nettoyage des locaux", "place": "Ille-et-Vilaine", "lot": "2"}
ASKED: dict[str, Any] = {"title": "Entretien 2027", "lots": [LOT, SECOND, {"text": "zzyzx", "lot": "3"}]}


@dataclass
class House:
    """What a test may touch: settings, the engine below, the service above."""

    settings: Settings
    engine: EmbeddedStore
    lexicon: Lexicon
    client: TestClient
    shelf: DatabaseShelf

    def issue(self, **more: Any) -> dict[str, Any]:
        """Issue the dossier of the tests; what the answer says of it."""
        response = self.client.post("/v1/dossiers", json={**ASKED, **more})
        assert response.status_code == 201, response.text
        body: dict[str, Any] = response.json()
        return body

    def read(self, made: dict[str, Any]) -> dict[str, Any]:
        response = self.client.get(made["links"]["self"])
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def former(self, made: dict[str, Any], **members: Any) -> dict[str, Any]:
        """A dossier as former versions of Vivier issued it after another: with its log of contacts, its draws, what it replaced.
        ``members``: what its log says of the first structure of its list."""
        before = self.read(made)
        first = listed(before)[0]
        contact = {
            "date": "2026-11-20",
            "structure": first["id"],
            "name": first["name"],
            "channel": "phone",
            "channel_fr": "téléphone",
            "questions": len(before["questionnaire"]),
            "role": "responsable commercial",
            "answer": "Oui, dès janvier.",
            **members,
        }
        id_ = new_id()
        body = sealed(
            {
                **before,
                "dossier_id": id_,
                "supersedes": before["dossier_id"],
                "supersedes_sha256": before["sha256"],
                "contact_log": [contact],
                "draws": [*before["draws"], {**before["draws"][0], "reason": "liste transmise"}],
            }
        )
        self.shelf.keep(id_, date.fromisoformat(body["kept_until"]), stored(body))
        links = {name: link.replace(made["dossier_id"], id_) for name, link in made["links"].items()}
        return {**made, "dossier_id": id_, "sha256": body["sha256"], "links": links}


@pytest.fixture
def house(tmp_path: Path, lexicon: Lexicon) -> Iterator[House]:
    with made_house(tmp_path, lexicon) as house:
        yield house


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[House]:
    """One service for all the cases of a refusal: none of them is kept, so that none sees another."""
    with made_house(tmp_path_factory.mktemp("refusing"), lexicon) as house:
        yield house


@contextmanager
def made_house(tmp_path: Path, lexicon: Lexicon) -> Iterator[House]:
    """A service of its own."""
    settings = Settings.model_validate({"home": tmp_path / "home", "opposition_salt": "un sel assez long pour servir"})
    engine = serve_corpus(settings.generations, lexicon)
    opposition = Opposition(settings)
    shelf = DatabaseShelf(database_of(settings), "dossier", 365, 50)
    app = create_app(WithheldStore(engine, opposition), lexicon, today=today, dossiers=Registry(shelf, opposition))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield House(settings, engine, lexicon, client, shelf)
    shelf.database.close()
    engine.close()


def contents(database: Database) -> list[bytes]:
    """The bytes of every dossier and study that the database keeps."""
    with database.transaction() as connection:
        return list(connection.scalars(select(SHELF.c.content).where(SHELF.c.content.is_not(None))))


def listed(dossier: dict[str, Any], lot: int = 0) -> list[dict[str, Any]]:
    """The list of a lot."""
    found: list[dict[str, Any]] = dossier["lots"][lot]["contacts"]["structures"]
    return found

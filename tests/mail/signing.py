"""A service on three fictitious structures, of which a register gives the mailbox of two: what tests of signatures touch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

from crawlers.run import import_files
from indexer.publish import publish
from search_api.app import create_app
from search_api.schemas import SupplierAnswer
from tests.mail.conftest import AtOnce, Clock, settings_for
from tests.mail.mailbox import Mailbox, text_of
from tests.search_api.conforms import conforms
from tests.search_api.pages.html import plain
from vivier.engine import open_engine
from vivier.given.queue import Queue, queue_of
from vivier.given.rounds import Rounds, rounds_of
from vivier.given.shelf import registry_of
from vivier.lexicon import Lexicon
from vivier.mail.office import Office, office_of
from vivier.search.port import Store
from vivier.settings import Settings

HEADER = "GEIQ;ADRESSE;COMPLEMENT ADRESSE;VILLE;CODE POSTAL;EMAIL;SIRET;NAF;TEL\n"
ROWS = (
    "GEIQ FICTIF UN;1 RUE FICTIVE;;RENNES;35000;{mailbox};73282932000074;8413Z;01 99 00 12 34\n"
    "GEIQ FICTIF DEUX;2 RUE FICTIVE;;RENNES;35000;contact@geiq-deux.example;55208131766522;8413Z;\n"
    "GEIQ FICTIF TROIS;3 RUE FICTIVE;;RENNES;35000;;44306184100047;8413Z;\n"
)
FIRST, SECOND, THIRD = "73282932000074", "55208131766522", "44306184100047"
ITS, ITS_NEW, OTHERS = "accueil@geiq-fictif.example", "bureau@geiq-fictif.example", "contact@geiq-deux.example"
SAID = {"trade1": "entretien-espaces-verts"}
PASSWORD = "un mot de passe d'essai, assez long"


@dataclass
class Service:
    """A service that takes declarations and answers, and writes by mail, on three fictitious structures; a register gives the mailbox of two."""

    settings: Settings
    engine: Store
    lexicon: Lexicon
    box: Mailbox
    client: TestClient
    office: Office
    queue: Queue
    rounds: Rounds
    clock: Clock = field(default_factory=Clock)

    def sheet(self, siret: str) -> str:
        found = self.client.get("/v1/suppliers", params={"q": siret}).json()["results"][0]["id"]
        return f"/fournisseurs/{found}"

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(path, data=fields, follow_redirects=False)

    def declare(self, siret: str = FIRST, **more: str) -> str:
        """Send a declaration; the address of its follow-up."""
        answer = self.post(f"{self.sheet(siret)}/completer", **{"siret": siret, **SAID, **more})
        assert answer.status_code == 303, plain(answer.text)[:1_000]
        return str(answer.headers["location"])

    def send(self, page: str, status: int = 303) -> str:
        answer = self.post(f"{page}/signer", action="send")
        assert answer.status_code == status, plain(answer.text)[:1_000]
        return plain(answer.text)

    def code(self, address: str = ITS) -> str:
        """The code of the last message of a mailbox."""
        (found,) = re.findall(r"\b\d{3} \d{3}\b", text_of(self.box.to(address)[-1]).replace("\xa0", " "))
        return str(found)

    def sign(self, page: str, code: str, status: int = 303) -> str:
        answer = self.post(f"{page}/signer", action="sign", code=code)
        assert answer.status_code == status, plain(answer.text)[:1_000]
        return plain(answer.text)

    def read(self, page: str) -> str:
        answer = self.client.get(page)
        assert answer.status_code == 200, answer.status_code
        return plain(answer.text).replace("\xa0", " ")

    def declaration(self, siret: str) -> Any:
        """What the API tells of the declaration of a structure."""
        id_ = self.sheet(siret).rpartition("/")[2]
        return conforms(SupplierAnswer, self.client.get(f"/v1/suppliers/{id_}").json())["declaration"]

    def publish(self, mailbox: str = ITS) -> None:
        """The index of a register that gives this mailbox for the first structure."""
        file = self.settings.home / "geiq.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEADER + ROWS.format(mailbox=mailbox), encoding="utf8")
        import_files("geiq", [file], self.settings)
        publish(self.engine, self.settings, self.lexicon, sources=["geiq"], skip_judged=True)

    def answer(self, **more: str) -> str:
        """Open a round, answer it as the first structure; the address of its link."""
        lot = {"text": "entretien des espaces verts", "place": "Rennes", "amount": 240000, "months": 48, "lot": "1"}
        made = self.client.post("/v1/rounds", json={"title": "Essai", "lots": [lot]})
        assert made.status_code == 201, made.text
        self.made = made.json()["links"]["self"]
        invited = self.client.get(self.made).json()["invited"]
        (link,) = (each["link"] for each in invited if each["siret"] == FIRST)
        assert self.post(link, action="answer", can="yes", **more).status_code == 303
        return str(link)


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"


@contextmanager
def made_service(
    home: Path, box: Mailbox, lexicon: Lexicon, *, writes: bool = True, **more: object
) -> Iterator[Service]:
    settings, clock = settings_for(home, box, **more), Clock()
    office, rounds, queue = office_of(settings), rounds_of(settings), queue_of(settings)
    assert office is not None
    office = replace(office, codes=replace(office.codes, clock=clock.now))
    mail = {"mail": office, "sender": AtOnce(office, clock.today, clock.now)} if writes else {}
    registry = registry_of(settings)
    with closing(open_engine(settings)) as engine:
        app = create_app(
            engine,
            lexicon,
            today=clock.today,
            dossiers=registry,
            rounds=rounds,
            queue=queue,
            review_token=SecretStr(PASSWORD),
            **mail,
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            service = Service(settings, engine, lexicon, box, client, office, queue, rounds, clock)
            service.publish()
            yield service
    for part in (office, rounds, queue):
        part.database.close()

"""Homes made by the code of each version that CHANGELOG names, as small files: ``tests/fixtures/museum``.

``python -m tests.museum FOLDER`` makes one with the code that runs: once, when a version is closed (CONTRIBUTING.md).
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.given.declaring import FORM
from tests.mail.conftest import PUBLIC, READER, AtOnce, Clock, House, settings_for
from tests.mail.mailbox import Mailbox, link_in, mailbox
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contract_of, contracts
from tests.search_api.corpus import suppliers
from tests.search_api.pages.corpus import pages_suppliers
from vivier.dossiers.registry import Registry
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.database import database_of
from vivier.given.queue import queue_of
from vivier.given.rounds import rounds_of
from vivier.given.shelf import DatabaseShelf, studies_of
from vivier.lexicon import Lexicon, load_lexicon
from vivier.mail.office import office_of
from vivier.privacy.opposition import Opposition

FOLDER = Path(__file__).parent / "fixtures" / "museum"
ON_POSTGRESQL = "0.2.0-postgresql"
BUILT = sorted(path.parent.name for path in FOLDER.glob("*/generations.tar.gz"))
GIVEN = [version for version in BUILT if (FOLDER / version / "given.sql.gz").exists()]
KEY = f"{'A' * 43}="
LOT: dict[str, Any] = {"text": "entretien des espaces verts", "place": "Roubaix", "amount": 60_000, "months": 24}


@dataclass(frozen=True)
class Issued:
    """What a version issued. ``addresses``: by kind; ``rows``: of each table."""

    day: date
    addresses: Mapping[str, list[str]]
    rows: Mapping[str, int]


def dump_of(version: str) -> str:
    """The statements that make the database of a version again."""
    return gzip.decompress((FOLDER / version / "given.sql.gz").read_bytes()).decode()


def given_of(version: str, home: Path) -> Path:
    """Puts the database of a version in a home, as a file."""
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home / "given.sqlite")) as connection:
        connection.executescript(dump_of(version))
    return home / "given.sqlite"


def generations_of(version: str, home: Path) -> None:
    """Puts the generations of a version in a home."""
    with tarfile.open(FOLDER / version / "generations.tar.gz") as archive:
        archive.extractall(home)  # a file of ours


def issued_by(version: str) -> Issued:
    """What a version issued, read from its file."""
    read = json.loads((FOLDER / version / "issued.json").read_text(encoding="utf8"))
    return Issued(date.fromisoformat(read["day"]), read["issued"], read.get("counts", {}))


@contextmanager
def opened(home: Path, box: Mailbox, lexicon: Lexicon, day: date, **more: str) -> Iterator[House]:
    """The service of the code that runs, on a home, on a day."""
    settings, clock = settings_for(home, box, mail_key=KEY, **more), Clock(day)
    office = office_of(settings)
    assert office is not None
    shelf, rounds, queue = (
        DatabaseShelf(database_of(settings), "dossier", 3_650, 50),
        rounds_of(settings),
        queue_of(settings),
    )
    with ExitStack() as closed:
        engine = closed.enter_context(closing(EmbeddedStore(settings.generations)))
        for database in (shelf.database, rounds.database, queue.database, office.database):
            closed.callback(database.close)
        app = create_app(
            engine,
            lexicon,
            today=clock.today,
            public_url=PUBLIC,
            dossiers=Registry(shelf, Opposition(settings)),
            studies=studies_of(settings),
            rounds=rounds,
            queue=queue,
            mail=office,
            sender=AtOnce(office, clock.today, clock.now),
        )
        client = closed.enter_context(TestClient(app, raise_server_exceptions=False))
        yield House(settings, engine, lexicon, office, client, box, clock)


def make(folder: Path) -> None:
    """Gives what a version can be given by its pages, and writes it in a folder of the museum."""
    home, lexicon = folder / "home", load_lexicon()
    home.mkdir(parents=True)
    with mailbox() as box, opened(home, box, lexicon, TODAY) as house:
        publish(house.engine, [*pages_suppliers(lexicon), *suppliers(lexicon)], lexicon)
        serve_contracts(house.engine, contracts(), lexicon)
        addresses = {**_of_a_lot(house), **_of_sheets(house), "subscription": _followed(house)}
    with closing(sqlite3.connect(home / "given.sqlite")) as connection:
        rows, dump = rows_of(connection), "\n".join(connection.iterdump())
    (folder / "given.sql.gz").write_bytes(gzip.compress(dump.encode(), mtime=0))
    issued = {"day": house.clock.day.isoformat(), "issued": addresses, "counts": rows}
    (folder / "issued.json").write_text(json.dumps(issued, indent=1) + "\n", encoding="utf8")
    with tarfile.open(folder / "generations.tar.gz", "w:gz") as archive:
        archive.add(home / "generations", arcname="generations")


def rows_of(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of a file has."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


def _post(house: House, url: str, **sent: Any) -> Any:
    response = house.client.post(url, follow_redirects=False, **sent)
    assert response.status_code in (200, 201, 303), (url, response.text)
    return response


def _of_a_lot(house: House) -> dict[str, list[str]]:
    """A dossier, a round with one answer, the links of its structures, the dossier that seals it."""
    dossier = _post(house, "/v1/dossiers", json={"lots": [LOT]}).json()["links"]
    links = _post(house, "/v1/rounds", json={"organisation": "Ville d'essai", "lots": [LOT]}).json()["links"]
    call = house.client.get(links["self"]).json()["calls"][0]["id"]
    answer = {"structure": call, "can": "yes", "volume": 30_000, "start": "01/03/2027"}
    _post(house, links["answers"], json={"answers": [answer]})
    sealed = _post(house, f"{links['self']}/dossier").json()["links"]
    replies = re.findall(r"/r/[0-9a-f]{40}", house.client.get(f"{links['page']}/publipostage.csv").text)[:2]
    return {
        "dossier": [dossier["self"], dossier["page"], sealed["self"]],
        "round": [links["self"], links["page"]],
        "reply": replies,
    }


def _of_sheets(house: House) -> dict[str, list[str]]:
    """Two declarations, and an error that somebody reports."""
    results = house.client.get("/v1/suppliers?per_page=50").json()["results"]
    known = [(f"/fournisseurs/{row['id']}", row["siret"]["value"]) for row in results if row["siret"]][:2]
    declared = [_post(house, f"{sheet}/completer", data={**FORM, "siret": siret}) for sheet, siret in known]
    wrong = {"fact": "trades", "right": "Elle ne tond plus.", "source": "https://atelier.example"}
    reported = _post(house, f"{known[0][0]}/signaler", data=wrong)
    return {
        "declaration": [response.headers["location"] for response in declared],
        "report": [reported.headers["location"]],
    }


def _followed(house: House) -> list[str]:
    """The link that stops a list that somebody follows, then one that waits for its confirmation."""
    house.follow()
    house.notify()
    new = contract_of("c-new", "Tonte des stades", notified=TODAY, published=TODAY + timedelta(days=1))
    serve_contracts(house.engine, [*contracts(), new], house.lexicon)
    house.clock.later(2)
    house.notify()
    stop = link_in(house.box.to(READER)[-1], "/courriel/arreter")
    house.ask(address="autre@structure.example")
    return [stop, link_in(house.box.to("autre@structure.example")[-1], "/courriel/confirmer")]


if __name__ == "__main__":
    make(Path(sys.argv[1]))

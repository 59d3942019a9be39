"""An operator's week, replayed: a source dies, the relay hangs, the disk fills, a backup is restored; what the page says each day."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from crawlers.run import import_files
from crawlers.update import Order, Outcome, read_apart
from search_api.app import create_app
from tests.cli import typed
from tests.crawlers.lists import emplois_world
from tests.crawlers.samples import samples
from tests.mail.mailbox import Mailbox, mailbox, text_of
from tests.search_api.conftest import serve_corpus
from tests.search_api.pages.html import Page
from tests.world import World, served
from vivier.check import State
from vivier.given.check import LEAST_FREE
from vivier.given.queue import queue_of
from vivier.lexicon import Lexicon
from vivier.mail.letters import Letters
from vivier.mail.office import Office, mailbox_of, office_of, report_letter
from vivier.mail.sealing import new_key
from vivier.operation.backups import make_copy, restore_copy
from vivier.operation.checks import quick_checks
from vivier.operation.jobs import jobs_of
from vivier.operation.watch import Watch
from vivier.settings import Settings

pytestmark = pytest.mark.slow
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TOKEN = "un mot de passe assez long"
ROOM = 60_000_000
BOX, READER = "exploitante@service.example", "lectrice@structure.example"


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes, in memory. Without the right to mount one, the test is skipped and says so."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"NO SMALL DISK: the full disk was NOT tried ({done.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def hanging_relay() -> Iterator[int]:
    """A relay that takes connections and never says a word: its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Week:
    """A service, its clock, and the page of its operator."""

    def __init__(self, settings: Settings, client: TestClient) -> None:
        self.settings, self.client, self.now = settings, client, MONDAY

    def state(self) -> State:
        return State.of(quick_checks(self.settings, self.now))

    def broken(self) -> dict[str, str]:
        """What the page says is to be repaired, by name."""
        page = Page("/revue/service", self.client.get("/revue/service", auth=("", TOKEN)).text)
        tables = [table for table in page.all("table") if "À réparer" in table.text]
        assert ("Tout va bien" in page.text) is not bool(tables)
        rows = [row for table in tables for row in table.all("tr") if row.all("td")]
        return {row.one("th").text: row.text for row in rows}

    def tomorrow(self) -> None:
        self.now += timedelta(days=1)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def week(tmp_path: Path, box: Mailbox, lexicon: Lexicon) -> Iterator[Week]:
    with (
        small_disk(tmp_path / "disk", LEAST_FREE + ROOM) as home,
        closing(serve_corpus(tmp_path / "index", lexicon)) as engine,
    ):
        settings = Settings.model_validate(
            {
                "home": home,
                "backup_key": new_key(),
                "smtp_url": box.url,
                "mail_from": "Vivier <vivier@exemple.example>",
                "mail_key": new_key(),
                "public_url": "https://vivier.example",
                "operator_contact": BOX,
                "opposition_salt": "un sel assez long pour servir",
            }
        )
        import_files("emplois", samples("emplois"), settings, now=MONDAY)
        queue = queue_of(settings)
        found = Week(settings, TestClient(None))  # type: ignore[arg-type]
        watch = Watch(settings, lambda: quick_checks(settings, found.now), lambda: found.now)
        app = create_app(engine, lexicon, queue=queue, review_token=SecretStr(TOKEN), watch=watch)
        with TestClient(app) as found.client:
            yield found
        queue.database.close()


def subscribe(office: Office, week: Week, address: str) -> None:
    """Ask to follow a list: a letter waits."""
    letters = Letters("https://vivier.example")
    office.subscriptions.ask(
        address,
        "contracts",
        "q=tonte",
        "tonte",
        "daily",
        week.now.date(),
        lambda token, followed: letters.confirm(token, followed, "https://vivier.example/x", week.now.timestamp()),
    )


def deliver(office: Office, week: Week, seconds: float) -> list[str]:
    """Offer what is ready to the relay, which has so many seconds."""
    post = replace(office.post, relay=replace(office.post.relay, seconds=seconds))
    return [delivered.outcome.state for delivered in post.deliver(week.now.timestamp, 10)]


def read(week: Week, world: World) -> Outcome:
    """Read a source from a site, as an update does, in a process of its own."""
    order = Order(source="emplois", home=week.settings.home, mirror=world.url, accept_drops=True, accept_few=True)
    return read_apart(order, week.settings.home / "emplois.log", lambda rows: None)


def hang(week: Week) -> None:
    """Offer a letter three times to a relay that hangs."""
    with hanging_relay() as port:
        hung = office_of(week.settings.model_copy(update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}")}))
        assert hung is not None
        subscribe(hung, week, "autre@structure.example")
        for _ in range(3):
            assert deliver(hung, week, 0.3) == ["later"]
            week.now += timedelta(hours=2)
        hung.database.close()


def test_the_page_says_each_day_of_the_week_what_demands_somebody(week: Week, box: Mailbox, tmp_path: Path) -> None:
    office = office_of(week.settings)
    assert office is not None
    subscribe(office, week, READER)
    assert deliver(office, week, 5.0) == ["sent"] and week.broken() == {}
    copy, _ = make_copy(week.settings, week.now.date())

    week.tomorrow()  # Tuesday: a source dies
    with served(World(pages={})) as world:
        outcome = read(week, world)
    assert outcome.run is None and outcome.noted
    assert set(week.broken()) == {"source emplois"} and "vivier sources" in week.broken()["source emplois"]

    week.tomorrow()  # Wednesday: the relay hangs
    hang(week)
    assert set(week.broken()) == {"source emplois", "messages"}
    assert "offert 3 fois au relais, qui ne l" in week.broken()["messages"]

    week.tomorrow()  # Thursday: the disk fills
    filling = week.settings.home / "journal.log"
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM)
    assert set(week.broken()) == {"source emplois", "messages", "disque"} and "purge" in week.broken()["disque"]
    letter = report_letter(
        quick_checks(week.settings, week.now), BOX, "https://vivier.example", None, week.now.date(), 0
    )
    assert letter.subject == "Ceci demande quelqu'un : 3 points à réparer"
    assert all(name in letter.text and name in letter.html for name in week.broken())

    week.tomorrow()  # Friday: each is repaired, and what was given is lost then restored
    filling.unlink()
    with served(emplois_world()) as world:
        assert read(week, world).run is not None
    assert deliver(office, week, 5.0) == ["sent"] and week.broken() == {}
    assert office.subscriptions.counts() == (0, 2)
    restore_copy(week.settings, copy, replace=True)
    assert office.subscriptions.counts() == (0, 1) and week.broken() == {}
    office.database.close()


def test_the_letter_of_the_week_is_typed_by_a_job_and_says_what_the_page_says(week: Week, box: Mailbox) -> None:
    assert "report" in {job.name for job in jobs_of(week.settings)}
    for contact in ("https://service.example/contact", None):
        other = week.settings.model_copy(update={"operator_contact": contact})
        assert mailbox_of(contact) is None and "report" not in {job.name for job in jobs_of(other)}
    names = ("smtp_url", "mail_from", "mail_key", "public_url", "operator_contact", "opposition_salt")
    values = {name: getattr(week.settings, name) for name in names}
    own = {
        f"VIVIER_{name.upper()}": it.get_secret_value() if isinstance(it, SecretStr) else str(it)
        for name, it in values.items()
    }
    done = typed.run(week.settings.home, "mail", "report", **own)
    assert done.returncode == 0, done.stderr
    (message,) = box.to(BOX)
    assert "Ceci demande quelqu'un" in text_of(message) and "vivier index" in text_of(message)
    assert "/revue/service" in text_of(message)

"""Two processes on one database, of SQLite and of PostgreSQL, one of them killed (SIGKILL) at any moment: what people gave is accepted, sent
and migrated whole, and the other process ends the work. ``KILL_ROUNDS=50`` kills as many times for each verb."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.given.test_declared import CONTENT
from tests.given.test_declared_killed import heard
from tests.mail.mailbox import mailbox
from tests.search_api.corpus import TODAY
from vivier.given.database import database_of
from vivier.given.migrate import heads_of, scripts_of
from vivier.given.queue import queue_of
from vivier.given.requests import AlreadyDecided, Subject
from vivier.given.shelf import shelf_of
from vivier.mail.letter import Letter
from vivier.mail.office import office_of
from vivier.mail.sealing import new_key
from vivier.privacy.keys import new_id
from vivier.settings import Settings

pytestmark = pytest.mark.long
ROUNDS = int(os.environ.get("KILL_ROUNDS", "5"))
KILLED = max(1, ROUNDS // 10)
"""The least number of kills that come in time, on a machine of any speed."""
UNTIL = date(2099, 1, 1)
Work = Callable[[Connection, dict[str, Any], float], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """The settings of a home, as plain values that another process reads."""
    own: dict[str, Any] = {"home": str(tmp_path / "home"), "opposition_salt": "un sel assez long pour servir"}
    if request.param == "postgresql":
        own["given_url"] = request.getfixturevalue("postgresql")
    return own


def accepting(told: Connection, given: dict[str, Any], _now: float) -> None:
    """Accepts what waits, and tells each number that it accepted itself."""
    queue = queue_of(Settings.model_validate(given))
    numbers = [request.number for request in queue.waiting()]
    told.send("ready")
    told.recv()
    for number in numbers:
        try:
            queue.accept(number, TODAY)
        except AlreadyDecided:
            continue
        told.send(number)
    queue.database.close()


def sending(told: Connection, given: dict[str, Any], now: float) -> None:
    """Sends what waits."""
    office = office_of(Settings.model_validate(given))
    assert office is not None
    office.post.outbox.counts()
    told.send("ready")
    told.recv()
    for delivered in office.post.deliver(lambda: now, 1_000):
        told.send(delivered.id)
    office.database.close()


def migrating(told: Connection, given: dict[str, Any], _now: float) -> None:
    """Opens a database without tables."""
    told.send("ready")
    told.recv()
    with closing(database_of(Settings.model_validate(given))) as database, database.transaction():
        told.send("migrated")


def one_killed(work: Work, given: dict[str, Any], seconds: float, now: float = 0) -> tuple[list[Any], list[Any], bool]:
    """Two processes do the same work; one is killed so many seconds after both began. What each told, and whether the kill came in time."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.given.test_two_processes"])
    both = []
    for _ in range(2):
        mine, its = processes.Pipe()
        process = processes.Process(target=work, args=(its, given, now))
        process.start()
        its.close()
        both.append((process, mine))
    for _, mine in both:
        assert mine.poll(60) and mine.recv() == "ready"
    for _, mine in both:
        mine.send("go")
    time.sleep(seconds)
    (victim, first), (other, second) = both
    victim.kill()
    victim.join()
    told = heard(first), heard(second)
    other.join(60)
    assert other.exitcode == 0, "the process that is left ends its work"
    return *told, victim.exitcode == -signal.SIGKILL


def moments(longest: float) -> Iterator[float]:
    dice = random.Random(20261127)
    return ((turn + dice.random()) * longest / ROUNDS for turn in range(ROUNDS))


def test_requests_are_accepted_once_whoever_is_killed(given: dict[str, Any]) -> None:
    queue, killed = queue_of(Settings.model_validate(given)), 0
    for turn, moment in enumerate(moments(0.06)):
        sirets = [f"{turn:05d}{rank:09d}" for rank in range(12)]
        ids = [queue.send("declaration", Subject(siret, siret, "Fictive"), CONTENT, TODAY) for siret in sirets]
        victim, other, in_time = one_killed(accepting, given, moment)
        killed += in_time
        found = [queue.by_link(id_) for id_ in ids]
        assert {request.state for request in found} == {"accepted"}, "the other accepted what the victim left"
        assert all(request.declared.website and request.ends_on for request in found)
        assert not set(victim) & set(other), "none is acknowledged twice"
        assert len(victim) + len(other) >= len(ids) - 1, (
            "at most the one that was being accepted is acknowledged by nobody"
        )
    assert killed >= KILLED
    queue.database.close()


def test_letters_are_sent_whoever_is_killed(given: dict[str, Any]) -> None:
    with mailbox() as box:
        given |= {"smtp_url": box.url, "mail_from": "Vivier <vivier@exemple.example>", "mail_key": new_key()}
        given |= {"public_url": "https://vivier.example"}
        office, killed, now = office_of(Settings.model_validate(given)), 0, 1_000.0
        assert office is not None
        outbox, written = office.post.outbox, []
        for turn, moment in enumerate(moments(0.05)):
            now += 301
            with outbox.database.transaction() as connection:
                for rank in range(6):
                    letter = Letter(f"l{turn}-{rank}@structure.example", "Essai", "Bonjour\n", "<p>Bonjour</p>", now)
                    written.append(outbox.add(connection, "news", letter))
            *_, in_time = one_killed(sending, given, moment, now)
            killed += in_time
        list(office.post.deliver(lambda: now + 301, 1_000))
        counts = Counter(str(message["Message-ID"])[1:].partition("@")[0] for message in box.messages)
        assert set(counts) == set(written), "each letter reached its mailbox"
        assert outbox.counts() == {"sent": len(written)}
        assert sum(counts.values()) - len(counts) <= killed, (
            "a double comes from a kill between the relay's yes and its note"
        )
        assert killed >= KILLED
        office.database.close()


def test_a_home_is_migrated_whoever_is_killed(given: dict[str, Any]) -> None:
    settings, killed = Settings.model_validate(given), 0
    for moment in moments(0.15):
        emptied(settings)
        _, other, in_time = one_killed(migrating, given, moment)
        killed += in_time
        assert other == ["migrated"]
        shelf = shelf_of(settings)
        shelf.keep(id_ := new_id(), UNTIL, b"whole")
        assert shelf.read(id_, TODAY) == b"whole"
        with shelf.database.transaction() as connection:
            assert set(heads_of(connection)) == set(scripts_of().get_heads())
        shelf.database.close()
    assert killed >= KILLED


def emptied(settings: Settings) -> None:
    """A database without tables again."""
    shutil.rmtree(settings.home, ignore_errors=True)
    if settings.given_url is not None:
        engine = create_engine(settings.given_url.get_secret_value())
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()

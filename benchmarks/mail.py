"""Measures the mail: a year of subscriptions replayed day by day, the messages that a local mail server takes in a second, what a quiet day costs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.corpus import published, records
from benchmarks.report import Report
from tests.mail.mailbox import mailbox
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import contract_of
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.mail.letter import Letter
from vivier.mail.notify import Run, notify
from vivier.mail.office import Office, office_of
from vivier.mail.sealing import new_key
from vivier.mail.subscriptions import Every
from vivier.model.contract import Contract
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TODAY: Final = date(2026, 11, 24)
DAYS: Final = 365
LETTERS: Final = 500
QUIET: Final = 200
"""Subscriptions of a day without anything new."""
FOLLOWED: Final = 20
"""Subscriptions of the year, one in two by week."""
OBJECTS: Final = (
    "Tonte",
    "Nettoyage",
    "Peinture",
    "Restauration",
    "Blanchisserie",
    "Gardiennage",
    "Voirie",
    "Transport",
    "Collecte",
    "Formation",
)
"""What contracts of the year are about: the first nearly every other day, the last one day in eleven."""


def embedded(folder: Path, size: int, report: Report) -> None:
    """Seconds of wall clock on ``size`` suppliers and the contracts of a year, with the load of the machine while they pass."""
    lexicon = load_lexicon()
    with mailbox() as box:
        own = {"smtp_url": box.url, "mail_from": "Vivier <vivier@exemple.example>", "mail_key": new_key()}
        settings = Settings.model_validate({"home": folder, "public_url": "https://vivier.example", **own})
        records(settings, size)
        published(settings)
        office = office_of(settings)
        assert office is not None
        with closing(EmbeddedStore(settings.generations)) as engine, closing(office.database):
            serve_contracts(engine, list(_contracts()), lexicon)
            _sent(office, report)
            _quiet_day(office, engine, lexicon, report)
            box.messages.clear()
            _year(office, engine, lexicon, report)


def _contracts() -> Iterator[Contract]:
    for number in range(DAYS):
        day = TODAY + timedelta(days=number)
        for rank, about in enumerate(OBJECTS):
            if (number * 7 + rank * 3) % (rank + 2) == 0:
                yield contract_of(
                    f"c{number}-{rank}", f"{about} {day}", notified=day - timedelta(days=9), published=day
                )


@contextmanager
def _timed(report: Report, case: str, count: int, each: str) -> Iterator[dict[str, str]]:
    """Adds the row of what is done inside: seconds, milliseconds of each, and the load of the machine. More cells may be added meanwhile."""
    cells: dict[str, str] = {}
    start = time.perf_counter()
    yield cells
    seconds = time.perf_counter() - start
    load = f"{os.getloadavg()[0]:.1f}"
    per = f"{1e3 * seconds / count:.1f} a {each}"
    figures = {"case": case, "seconds": f"{seconds:.2f}", "ms": per, "load of the machine": load}
    report.add(**(figures | cells))


def _sent(office: Office, report: Report) -> None:
    with office.database.transaction() as connection:
        for number in range(LETTERS):
            letter = Letter(f"l{number}@structure.example", "Essai", "Bonjour\n" * 40, "<p>Bonjour</p>" * 40, 0.0)
            office.post.outbox.add(connection, "news", letter)
    with _timed(report, "letters sent to a mail server of this machine, one process", LETTERS, "letter"):
        assert sum(1 for _ in office.post.deliver(time.time, LETTERS)) == LETTERS


def _quiet_day(office: Office, engine: EmbeddedStore, lexicon: Lexicon, report: Report) -> None:
    for number in range(QUIET):
        _follow(office, f"q{number}@structure.example", f"q={OBJECTS[0]}", "daily")
    _notify(office, engine, lexicon, TODAY)
    quiet = TODAY + timedelta(days=1)  # nothing about the first object is published that day
    with _timed(report, f"a quiet day of {QUIET} subscriptions", QUIET, "subscription"):
        run = _notify(office, engine, lexicon, quiet)
    assert run.turns == run.quiet == QUIET
    with _timed(report, "a run when no turn has come", 1, "run"):
        assert _notify(office, engine, lexicon, quiet).turns == 0
    for number in range(QUIET):
        office.subscriptions.stop_mailbox(f"q{number}@structure.example")


def _year(office: Office, engine: EmbeddedStore, lexicon: Lexicon, report: Report) -> None:
    for number in range(FOLLOWED):
        every: Every = "daily" if number % 2 else "weekly"
        _follow(office, f"y{number}@structure.example", f"q={OBJECTS[number // 2]}", every)
    turns = letters = 0
    start = time.perf_counter()
    with _timed(report, f"a year of {FOLLOWED} subscriptions, one in two by week", 1, "year") as cells:
        for number in range(DAYS):
            run = _notify(office, engine, lexicon, TODAY + timedelta(days=number))
            turns, letters = turns + run.turns, letters + run.letters["news"]
        each = 1e3 * (time.perf_counter() - start) / turns
        cells |= {"ms": f"{each:.1f} a turn", "turns": f"{turns:,}", "letters": f"{letters:,}"}


def _follow(office: Office, address: str, search: str, every: Every) -> None:
    """A subscription, confirmed; its letter stays to be sent."""
    tokens: list[str] = []

    def letter(token: str, followed: object) -> Letter:
        tokens.append(token)
        return Letter(address, "Confirmez", "Confirmez\n", "<p>Confirmez</p>", 0.0)

    office.subscriptions.ask(address, "contracts", search, "Essai", every, TODAY, letter)
    office.subscriptions.confirm(tokens[0], TODAY)


def _notify(office: Office, engine: EmbeddedStore, lexicon: Lexicon, day: date) -> Run:
    return notify(office, Snapshot(engine), lambda: lexicon, day, time.time)

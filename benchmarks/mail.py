"""What letters and a year of stream cost: ``python -m benchmarks mail``, ``stream_speed DATA``.

**mail**: a year of subscriptions replayed day by day, the messages that a local mail server takes in a second, what a quiet day costs.

**stream_speed**: the year is made of the quarter of BOAMP (January to March 2021), four times, 91 days apart, under other numbers, beside the real
lists and the contracts of the stream. On its last day: the leads of structures drawn from the lists (seed 7), as ``/v1/leads`` finds them, each
once; then one night of letters to as many subscribers to the leads of structures, by a real mail server of this machine, the night
after their first letter. The cost of 5,000 is that of each, 5,000 times, unless ``--subscribers 5000`` measures it. ``--home``: where the year
is built, or was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import orjson

from benchmarks.corpus import published, records
from benchmarks.homes import STREAM, opened, real_home
from benchmarks.options import Data, Given
from benchmarks.report import Report, spent
from indexer.contracts.notices.publish import publish_notices
from tests.mail.mailbox import mailbox
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import contract_of
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.mail.letter import Letter
from vivier.mail.news import Of
from vivier.mail.notify import Run, notify
from vivier.mail.office import Office, office_of
from vivier.mail.sealing import new_key
from vivier.mail.subscriptions import Every
from vivier.model.contract import Contract
from vivier.runs.records import current_run, put_in_force, read_statistics
from vivier.runs.records import snapshot as hash_of
from vivier.search.operators import Exists, Search, Sort
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
    *("Tonte", "Nettoyage", "Peinture", "Restauration", "Blanchisserie", "Gardiennage", "Voirie", "Transport"),
    *("Collecte", "Formation"),
)
"""What contracts of the year are about: the first nearly every other day, the last one day in eleven."""
QUARTER: Final = timedelta(days=91)
SUBSCRIBERS: Final = 5_000
_MOMENTS: Final = ("published", "planned", "starts", "ends", "deadline")
_NUMBERS: Final = ("source_id", "number", "folder")


@contextmanager
def mailing(home: Path) -> Iterator[Office]:
    """The mail of a home whose letters go to a server of this machine."""
    with mailbox() as box:
        own = {"smtp_url": box.url, "mail_from": "Vivier <vivier@exemple.example>", "mail_key": new_key()}
        office = office_of(Settings.model_validate({"home": home, "public_url": "https://vivier.example", **own}))
        assert office is not None
        with closing(office.database):
            yield office


def embedded(folder: Path, size: int, report: Report) -> None:
    """Seconds of wall clock on ``size`` suppliers and the contracts of a year, with the load of the machine while they pass."""
    settings, lexicon = Settings(home=folder), load_lexicon()
    records(settings, size)
    published(settings)
    with closing(EmbeddedStore(settings.generations)) as engine, mailing(folder) as office:
        serve_contracts(engine, list(_contracts()), lexicon)
        snapshot = Snapshot(engine)
        _sent(office, report)
        _quiet_day(office, snapshot, lexicon, report)
        _year(office, snapshot, lexicon, report)


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


def _quiet_day(office: Office, snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    for number in range(QUIET):
        _follow(office, f"q{number}@structure.example", "contracts", f"q={OBJECTS[0]}", "daily", TODAY)
    _run(office, snapshot, lexicon, TODAY)
    quiet = TODAY + timedelta(days=1)  # nothing about the first object is published that day
    with _timed(report, f"a quiet day of {QUIET} subscriptions", QUIET, "subscription"):
        run = _run(office, snapshot, lexicon, quiet)
    assert run.turns == run.quiet == QUIET
    with _timed(report, "a run when no turn has come", 1, "run"):
        assert _run(office, snapshot, lexicon, quiet).turns == 0
    for number in range(QUIET):
        office.subscriptions.stop_mailbox(f"q{number}@structure.example")


def _year(office: Office, snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    for number in range(FOLLOWED):
        every: Every = "daily" if number % 2 else "weekly"
        _follow(office, f"y{number}@structure.example", "contracts", f"q={OBJECTS[number // 2]}", every, TODAY)
    turns = letters = 0
    start = time.perf_counter()
    with _timed(report, f"a year of {FOLLOWED} subscriptions, one in two by week", 1, "year") as cells:
        for number in range(DAYS):
            run = _run(office, snapshot, lexicon, TODAY + timedelta(days=number))
            turns, letters = turns + run.turns, letters + run.letters["news"]
        each = 1e3 * (time.perf_counter() - start) / turns
        cells |= {"ms": f"{each:.1f} a turn", "turns": f"{turns:,}", "letters": f"{letters:,}"}


def _follow(office: Office, address: str, of: Of, search: str, every: Every, day: date) -> None:
    """A subscription, confirmed; its letter stays to be sent."""
    tokens: list[str] = []

    def letter(token: str, followed: object) -> Letter:
        tokens.append(token)
        return Letter(address, "Confirmez", "Confirmez\n", "<p>Confirmez</p>", 0.0)

    office.subscriptions.ask(address, of, search, "Essai", every, day, letter)
    office.subscriptions.confirm(tokens[0], day)


def _run(office: Office, snapshot: Snapshot, lexicon: Lexicon, day: date) -> Run:
    return notify(office, snapshot, lambda: lexicon, day, time.time)


def stream_speed(data: Data, home: Given = None, profiles: int = 150, subscribers: int = 300) -> Iterator[str]:
    """Builds the year where it is not, and gives the two costs with the load of the machine."""
    lexicon = load_lexicon()
    with real_home(STREAM, data, home) as settings, tempfile.TemporaryDirectory() as given:
        make_year(settings)
        with opened(settings) as snapshot:
            day = last_day(snapshot)
            notices, contracts = snapshot.notices.generation.documents, snapshot.contracts.generation.documents
            yield f"{notices} notices, {contracts} contracts, {day}"
            yield leads_cost(snapshot, lexicon, day, profiles)
            with mailing(Path(given)) as office:
                yield night(office, snapshot, lexicon, day, subscribers)
    yield f"load of the machine: {os.getloadavg()[0]:.1f}"


def make_year(settings: Settings) -> None:
    """Replaces the notices of a home by those of a year: the quarter and three others like it."""
    former = current_run(settings.records, "boamp")
    if former.name == "year":
        return
    year = former.parent / "year"
    year.mkdir()
    with (former / "records.jsonl").open("rb") as lines, (year / "records.jsonl").open("wb") as made:
        for line in lines:
            made.writelines(orjson.dumps(_moved(orjson.loads(line), turn)) + b"\n" for turn in range(4))
    shutil.copy(former / "rejected.jsonl", year)
    report = read_statistics(former)
    more = {"run": "year", "seen": report.seen * 4, "kept": report.kept * 4, "sha256": hash_of(year / "records.jsonl")}
    more["set_aside"] = {name: count * 4 for name, count in report.set_aside.items()}
    more["skipped"] = {name: count * 4 for name, count in report.skipped.items()}
    (year / "statistics.json").write_text(report.model_copy(update=more).model_dump_json(), encoding="utf8")
    put_in_force(settings.records, "boamp", "year")
    with closing(open_engine(settings)) as engine:
        publish_notices(engine, settings, load_lexicon(), accept_drops=True)


def _moved(record: dict[str, Any], turn: int) -> dict[str, Any]:
    """A notice, so many quarters later and under other numbers."""
    if not turn:
        return record
    days = {name: _later(record[name], turn) for name in _MOMENTS if record.get(name)}
    numbers = {name: f"{record[name]}-{turn}" for name in _NUMBERS if record.get(name)}
    return record | days | numbers | {"follows": [f"{number}-{turn}" for number in record.get("follows", ())]}


def _later(moment: str, turn: int) -> str:
    return f"{date.fromisoformat(moment[:10]) + turn * QUARTER}{moment[10:]}"


def structures(reader: Snapshot, count: int) -> list[str]:
    """Structures drawn from the lists."""
    every = [hit.id for hit in reader.suppliers.stream(Search(sort=(Sort("name_sort"),)))]
    return Random(7).choices(every, k=count) if count > len(every) else Random(7).sample(every, count)


def last_day(reader: Snapshot) -> date:
    """The day of the last notice."""
    (hit,) = reader.notices.search(Search(where=Exists("published"), sort=(Sort("published", True),), limit=1)).hits
    return date.fromisoformat(hit.record["published"])


def leads_cost(snapshot: Snapshot, lexicon: Lexicon, day: date, count: int) -> str:
    """Milliseconds of the leads of a profile, of clock and of processor."""

    def leads(structure: str) -> int:
        query = LeadsQuery(supplier=structure, as_of=day)
        return find_leads(query, profile_of(query, snapshot, lexicon, day), snapshot, lexicon, day).total

    every = [spent(leads, structure) for structure in structures(snapshot, count)]
    figures = []
    for name, seconds in (("clock", [each.clock for each in every]), ("processor", [each.busy for each in every])):
        p50, p95 = 1e3 * np.quantile(seconds, (0.5, 0.95))
        figures.append(f"p50 {p50:.1f}, p95 {p95:.1f}, longest {1e3 * max(seconds):.0f} ms of {name}")
    return f"leads of a profile: {'; '.join(figures)}; {sum(each.result > 0 for each in every)} of {count} have some"


def night(office: Office, snapshot: Snapshot, lexicon: Lexicon, day: date, count: int) -> str:
    """Seconds of the second night of so many subscribers."""
    began = day - timedelta(days=1)
    for number, structure in enumerate(structures(snapshot, count)):
        _follow(office, f"s{number}@structure.example", "leads", f"supplier={structure}", "daily", began)
    first = _run(office, snapshot, lexicon, began)
    second = spent(_run, office, snapshot, lexicon, day)
    each = second.clock / count
    return (
        f"night of {count} subscribers: {second.clock:.1f} s of clock, {second.busy:.1f} s of processor, {1e3 * each:.1f} ms each; "
        f"{second.result.letters['news']} letters ({first.letters['news']} the first night); "
        f"{SUBSCRIBERS:,} at this rate: {each * SUBSCRIBERS / 60:.1f} min"
    )

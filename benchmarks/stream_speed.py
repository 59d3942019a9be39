"""What a year of stream costs: ``python -m benchmarks.stream_speed DATA [--home HOME] [--profiles 150] [--subscribers 300] [--profile]``.

The year is made of the quarter of BOAMP (January to March 2021), four times, 91 days apart, under other numbers, beside the real lists and the
contracts of the stream. On its last day: the leads of structures drawn from the lists (seed 7), as ``/v1/leads`` finds them, each asked once; then
one night of letters to as many subscribers to the leads of structures, by a real mail server of this machine, the night after their first letter.
The cost of 5,000 is that of each, 5,000 times, unless ``--subscribers 5000`` measures it. HOME: where the year is built, or was. ``--profile``:
what takes the time of the night.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
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

from benchmarks.stream_leads import stream_home
from indexer.contracts.notices.publish import publish_notices
from tests.mail.mailbox import mailbox
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.mail.letter import Letter
from vivier.mail.notify import Run, notify
from vivier.mail.office import Office, office_of
from vivier.mail.sealing import new_key
from vivier.runs.records import current_run, put_in_force, read_statistics
from vivier.runs.records import snapshot as hash_of
from vivier.search.operators import Exists, Search, Sort
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

QUARTER: Final = timedelta(days=91)
SUBSCRIBERS: Final = 5_000
_DAYS: Final = ("published", "planned", "starts", "ends", "deadline")
_NUMBERS: Final = ("source_id", "number", "folder")


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
    days = {name: _later(record[name], turn) for name in _DAYS if record.get(name)}
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


def leads_cost(reader: Snapshot, lexicon: Lexicon, day: date, count: int) -> str:
    """Milliseconds of the leads of a profile, of clock and of processor."""
    took, worked, found = [], [], 0
    for structure in structures(reader, count):
        query = LeadsQuery(supplier=structure, as_of=day)
        start, used = time.perf_counter(), time.process_time()
        found += bool(find_leads(query, profile_of(query, reader, lexicon, day), reader, lexicon, day).total)
        took.append(1e3 * (time.perf_counter() - start))
        worked.append(1e3 * (time.process_time() - used))
    figures = []
    for each, of in ((took, "clock"), (worked, "processor")):
        p50, p95 = np.quantile(each, (0.5, 0.95))
        figures.append(f"p50 {p50:.1f}, p95 {p95:.1f}, longest {max(each):.0f} ms of {of}")
    return f"leads of a profile: {'; '.join(figures)}; {found} of {count} have some"


@contextmanager
def mailing(settings: Settings) -> Iterator[Office]:
    """The mail of a home whose letters go to a server of this machine."""
    with mailbox() as box:
        own = {"smtp_url": box.url, "mail_from": "Vivier <vivier@exemple.example>", "mail_key": new_key()}
        office = office_of(Settings.model_validate({"home": settings.home, "public_url": "https://v.example", **own}))
        assert office is not None
        with closing(office.database):
            yield office


def night(office: Office, reader: Snapshot, lexicon: Lexicon, day: date, count: int, profiled: bool) -> str:
    """Seconds of the second night of so many subscribers."""
    began = day - timedelta(days=1)
    for number, structure in enumerate(structures(reader, count)):
        _follow(office, f"s{number}@structure.example", f"supplier={structure}", began)
    first = _run(office, reader, lexicon, began)
    profiler = cProfile.Profile()
    start, used = time.perf_counter(), time.process_time()
    run = profiler.runcall(_run, office, reader, lexicon, day) if profiled else _run(office, reader, lexicon, day)
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    if profiled:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)
    each = seconds / count
    return (
        f"night of {count} subscribers: {seconds:.1f} s of clock, {processor:.1f} s of processor, {1e3 * each:.1f} ms each; "
        f"{run.letters['news']} letters ({first.letters['news']} the first night); {SUBSCRIBERS:,} at this rate: {each * SUBSCRIBERS / 60:.1f} min"
    )


def _follow(office: Office, address: str, search: str, day: date) -> None:
    tokens: list[str] = []

    def letter(token: str, followed: object) -> Letter:
        tokens.append(token)
        return Letter(address, "Confirmez", "Confirmez\n", "<p>Confirmez</p>", 0.0)

    office.subscriptions.ask(address, "leads", search, "Essai", "daily", day, letter)
    office.subscriptions.confirm(tokens[0], day)


def _run(office: Office, reader: Snapshot, lexicon: Lexicon, day: date) -> Run:
    return notify(office, reader, lambda: lexicon, day, time.time)


def main() -> int:
    """Builds the year where it is not, and prints the two costs with the load of the machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--profiles", type=int, default=150)
    parser.add_argument("--subscribers", type=int, default=300)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with stream_home(options.data, options.home) as settings, tempfile.TemporaryDirectory() as given:
        make_year(settings)
        with closing(open_engine(settings)) as engine:
            reader = Snapshot(engine)
            day = last_day(reader)
            print(
                f"{reader.notices.generation.documents} notices, {reader.contracts.generation.documents} contracts, {day}"
            )
            print(leads_cost(reader, lexicon, day, options.profiles))
            with mailing(Settings(home=Path(given))) as office:
                print(night(office, reader, lexicon, day, options.subscribers, options.profile))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

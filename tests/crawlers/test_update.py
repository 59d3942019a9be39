"""An update as it runs at night: a real process on a real site, killed, refused, resumed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from crawlers.due import due
from crawlers.run import import_files
from crawlers.update import UpdateRunning, endpoints, is_away, planned, updating
from tests.cli import typed
from tests.crawlers.lists import emplois_world, finess_world
from tests.crawlers.samples import NOW, samples
from tests.ports import free_port
from tests.world import Answer, Asked, World, served
from vivier.engine import open_engine
from vivier.runs.failures import read_failure
from vivier.runs.ledger import AWAY, Ledger, Step
from vivier.runs.records import current_run, loaded_sources
from vivier.settings import Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KNOWN = ("emplois", "finess", "esat", "list", "siae")
LAST_PAGE = "/api/v1/siaes/?departement=35&page_size=100&page=2"
STRUCTURES = "/resources/finess-structures-journalier-20260905.json.gz"


@dataclass
class Halting(World):
    """Both sources that are read online; whoever asks for ``halt`` waits until ``go``."""

    halt: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Answer:
        if asked.path == self.halt:
            self.reached.set()
            self.go.wait(60)
        return super().answer(asked)


@contextmanager
def site(halt: str = "") -> Iterator[Halting]:
    world = Halting(pages={**emplois_world().pages, **finess_world().pages}, halt=halt)
    with served(world):
        try:
            yield world
        finally:
            world.go.set()


BEGIN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from vivier.cli import main; main()"
"""Tests run in the background ignore Ctrl-C, and would hand that down."""


def start(settings: Settings, world: World, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "VIVIER_HOME": str(settings.home), "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-c",
        BEGIN,
        "update",
        *KNOWN,
        "--mirror",
        world.url,
        "--accept-few",
        *words,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def run(settings: Settings, world: World, *words: str) -> tuple[int, str]:
    done = typed.run(settings.home, "update", *KNOWN, "--mirror", world.url, "--accept-few", *words)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def states(ledger: dict[str, Any]) -> dict[str, str]:
    return {step["source"]: step["state"] for step in ledger["steps"]}


def requests_to(world: World, beginning: str) -> int:
    return sum(path.startswith(beginning) for path, _ in world.requests)


def test_what_is_due_is_read_indexed_and_reported_then_nothing_is_due(settings: Settings) -> None:
    with site() as world:
        code, out = run(settings, world, "--json")
        assert code == 0, out
        report = json.loads(out)
        assert report["ok"] and report["index"]["state"] == "done" and report["index"]["documents"] == 6
        expected = {
            "emplois": "done",
            "finess": "done",
            "esat": "to_provide",
            "list": "to_provide",
            "siae": "to_provide",
        }
        assert states(report).items() >= expected.items()
        world.requests.clear()
        code, out = run(settings, world)
    assert (code, world.requests) == (0, [])
    assert "À jour (2)" in out and "déjà à jour, 6 fournisseurs en service" in out
    assert (settings.home / "update" / "report.txt").read_text() == out
    assert not (settings.home / "update" / "ledger.json").exists()


@pytest.mark.long
def test_a_kill_9_is_resumed_without_asking_again_what_was_read(settings: Settings) -> None:
    with site(halt=STRUCTURES) as world:
        process = start(settings, world)
        assert world.reached.wait(60)
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
        interrupted = json.loads((settings.home / "update" / "ledger.json").read_text())
        assert (states(interrupted)["emplois"], states(interrupted)["finess"]) == ("done", "running")
        assert loaded_sources(settings.records) == ["emplois"]
        world.go.set()
        assert psutil.wait_procs(below, timeout=20)[1] == [], "a reading outlived its update"
        world.requests.clear()
        code, out = run(settings, world, "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["resumed"], report["started_at"]) == (1, interrupted["started_at"])
    assert (states(report)["emplois"], states(report)["finess"]) == ("done", "done")
    assert report["index"]["documents"] == 6
    assert requests_to(world, "/api/v1/siaes/") == 0
    assert requests_to(world, "/resources/") == 2


def test_a_source_that_fails_stops_no_other_keeps_its_records_and_is_told_everywhere(settings: Settings) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    former = import_files("emplois", samples("emplois"), settings, now=long_ago)
    with site() as world:
        world.faults[LAST_PAGE] = [(404, {})]
        code, out = run(settings, world)
    assert code == 1
    assert "En échec (1) :\n  emplois : réponse 404" in out
    assert "Ses données en service restent." in out
    assert "finess : 8 lignes lues, 4 gardées" in out
    assert current_run(settings.records, "emplois").name == former.run
    with closing(open_engine(settings)) as engine:
        live = engine.live("suppliers")
    assert live.documents == 6
    (failure,) = live.meta["failures"]
    assert failure["source"]["id"] == "emplois" and failure["reason"].startswith("réponse 404")


def test_a_reading_that_crashes_stops_no_other(settings: Settings) -> None:
    with site(halt=LAST_PAGE) as world:
        process = start(settings, world, "--json")
        assert world.reached.wait(60)
        (reading,) = psutil.Process(process.pid).children()
        reading.send_signal(signal.SIGKILL)
        world.go.set()
        out, _ = process.communicate(timeout=120)
    report = json.loads(out)
    assert process.returncode == 1
    assert (states(report)["emplois"], states(report)["finess"]) == ("failed", "done")
    failure = read_failure(settings.records, "emplois")
    assert failure is not None and failure.reason == "la lecture s'est arrêtée net (code -9)."


def test_without_anything_to_index_the_update_fails_and_says_so(settings: Settings) -> None:
    with served(World(robots=b"User-agent: *\nDisallow: /\n")) as world:
        code, out = run(settings, world)
    assert code == 1
    assert "En échec (2)" in out and "robots.txt interdit" in out
    assert "Index : Aucun fournisseur à indexer" in out


def test_a_dry_run_says_what_is_due_and_why_and_reads_nothing(settings: Settings) -> None:
    now = datetime.now(UTC)
    import_files("emplois", samples("emplois"), settings, now=now - timedelta(days=8))
    import_files("finess", samples("finess"), settings, now=now - timedelta(days=2))
    import_files("esat", samples("esat"), settings, now=now - timedelta(days=400))
    with site() as world:
        code, out = run(settings, world, "--dry-run")
    assert (code, world.requests) == (0, [])
    lines = dict(line[12:].split(" : ", 1) for line in out.splitlines())
    assert lines["emplois"] == "lue il y a 8 jours, attendue tous les 7 jours"
    assert lines["finess"] == "lue il y a 2 jours, attendue tous les 7 jours"
    assert lines["esat"].startswith("lue il y a 400 jours, attendue tous les 365 jours : à renouveler")
    assert "À relire    emplois" in out and "À jour      finess" in out and "À fournir   esat" in out
    assert not (settings.home / "update").exists()


def test_a_weekly_update_that_begins_a_little_early_still_reads_what_is_weekly(settings: Settings) -> None:
    now = NOW
    import_files("emplois", samples("emplois"), settings, now=now)
    week = timedelta(days=7)
    assert _state(settings, now + week - timedelta(minutes=10)) == "due"
    assert _state(settings, now + week - timedelta(hours=2)) == "fresh"


def _state(settings: Settings, now: datetime) -> str:
    return next(step.state for step in due(settings, now) if step.source == "emplois")


def test_an_interrupted_update_is_resumed_for_a_day_and_only_for_runs_still_in_force(settings: Settings) -> None:
    now = NOW
    report = import_files("emplois", samples("emplois"), settings, now=now - timedelta(days=8))
    step = Step(source="emplois", title="", state="done", why="", run=report.run)
    path = settings.home / "update" / "ledger.json"
    path.parent.mkdir()

    def state(ledger: Ledger) -> str:
        path.write_text(ledger.model_dump_json())
        return next(step.state for step in planned(settings, now).steps if step.source == "emplois")

    assert state(Ledger(started_at=now - timedelta(hours=2), steps=(step,))) == "done"
    assert state(Ledger(started_at=now - timedelta(hours=25), steps=(step,))) == "due"
    other = step.model_copy(update={"run": "another"})
    assert state(Ledger(started_at=now - timedelta(hours=2), steps=(other,))) == "due"
    path.write_text("{")
    assert next(step.state for step in planned(settings, now).steps if step.source == "emplois") == "due"


def test_two_updates_do_not_run_together(settings: Settings) -> None:
    with site(halt=LAST_PAGE) as world:
        process = start(settings, world)
        assert world.reached.wait(60)
        with pytest.raises(UpdateRunning, match="déjà en cours"), updating(settings):
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert (process.returncode, "Interrompu" in err) == (130, True), err
    with updating(settings) as work:  # a lock dies with its holder
        assert work.ledger.resumed == 1


def test_a_network_that_is_away_is_said_once_nothing_fails_and_the_next_update_reads_all(settings: Settings) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    import_files("esat", samples("esat"), settings)
    done = typed.run(settings.home, "update", *KNOWN, "--mirror", closed, "--accept-few")
    assert done.returncode == 1 and done.stdout.count(AWAY) == 1 and AWAY in done.stderr.splitlines()[-1]
    assert "En échec" not in done.stdout and "À relire (2)" in done.stdout
    assert read_failure(settings.records, "emplois") is None is read_failure(settings.records, "finess")
    report = json.loads((settings.home / "update" / "report.json").read_text(encoding="utf8"))
    assert report["network_away"] and states(report)["emplois"] == "due"
    with site() as world:
        code, out = run(settings, world)
    assert code == 0, out
    assert AWAY not in out and "emplois :" in out and "Relues (2)" in out


def test_one_host_that_answers_is_a_network_and_a_source_without_a_host_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as open_:
        closed, answering = free.getsockname(), open_.getsockname()
        free.close()
        assert is_away([closed]) and not is_away([closed, answering]) and not is_away([])
    assert endpoints(("emplois",), "http://127.0.0.1:8080") == (("127.0.0.1", 8080),)
    assert endpoints(("website",), None) == ()
    assert all(port == 443 for _, port in endpoints(("emplois", "finess"), None))

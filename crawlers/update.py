"""Runs an update: every source that is due is read, one after the other. A failure is noted and the others go on.

A ledger is written after each step. When the last update was interrupted, the sources it had read are not read again.

Reads one source in a process of its own: whatever happens there, the update goes on with the next source.

``python -m crawlers.update`` is that process. It reads its order on the standard input and writes one JSON line for each
step on the standard output; everything else goes to a log. It dies with its parent, so that only one process asks a
site when an update is begun again.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from pydantic import ValidationError

from crawlers.due import due
from crawlers.registry import source_of
from vivier.durable import write_whole
from vivier.errors import ImportRefused, NotFound, VivierError
from vivier.model import Model
from vivier.runs.failures import note_failure
from vivier.runs.ledger import IndexStep, Ledger, Step
from vivier.runs.records import current_run, read_statistics
from vivier.settings import Settings

_ROOT = Path(__file__).resolve().parents[1]
_ORPHAN = 3


class Order(Model):
    """What to read. ``mirror`` is a proxy asked for every host, at the share ``mirror_pace`` (0–1) of their delay. Settings other than ``home`` are
    those of the environment, which the process inherits: no key is ever written down."""

    source: str
    home: Path
    mirror: str | None = None
    mirror_pace: float = 0.0
    accept_drops: bool = False
    accept_few: bool = False
    accept: tuple[str, ...] = ()


class Outcome(Model):
    """How the reading ended: the run that was put in force, or why there is none. ``noted``: the failure is already
    written beside the records."""

    run: str | None = None
    reason: str | None = None
    noted: bool = False


def read_apart(order: Order, log: Path, progress: Callable[[int], None]) -> Outcome:
    """Crawls one source in another process. A failure of that process is an :class:`Outcome`: nothing is raised for it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "crawlers.update"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": path},
        ) as process,
    ):
        try:
            outcome = _follow(process, order, progress)
        finally:
            if sys.exc_info()[0] is not None:
                process.terminate()
    if outcome is not None:
        return outcome
    return Outcome(reason=f"la lecture s'est arrêtée net (code {process.returncode}).")


def _follow(process: subprocess.Popen[bytes], order: Order, progress: Callable[[int], None]) -> Outcome | None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(order.model_dump_json().encode() + b"\n")
    process.stdin.flush()
    outcome = None
    for line in process.stdout:
        message = json.loads(line)
        if "rows" in message:
            progress(message["rows"])
        else:
            outcome = Outcome.model_validate(message)
    return outcome


def _tell(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _leave_with_parent() -> None:
    while os.read(0, 1):  # the loop ends when the process at the other end is gone, for any reason
        pass
    os._exit(_ORPHAN)


def _crawl(order: Order) -> Outcome:
    from crawlers.run import crawl

    try:
        report = crawl(
            order.source,
            Settings(home=order.home),
            **order.model_dump(exclude={"source", "home"}),
            progress=lambda rows, _: _tell({"rows": rows}),
        )
    except ImportRefused as error:
        return Outcome(reason=error.reason, noted=True)
    except (VivierError, OSError) as error:
        return Outcome(reason=str(error))
    return Outcome(run=report.run)


def main() -> None:
    """The reading process."""
    order = Order.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _tell(_crawl(order).model_dump())


if __name__ == "__main__":
    main()


Endpoint = tuple[str, int]
SECONDS: Final = 5.0
"""Seconds that a host has to take a connection."""
_HTTPS: Final = 443


def endpoints(sources: Iterable[str], mirror: str | None) -> tuple[Endpoint, ...]:
    """What these sources connect to: their hosts, else the mirror or the proxy that is asked for all of them. A source that names no host is left
    out."""
    through = mirror or getproxies().get("https")
    if through is not None:
        found = urlsplit(through if "//" in through else f"//{through}")
        return () if found.hostname is None else ((found.hostname, found.port or _HTTPS),)
    plans = (source_of(name).plan for name in sources)
    hosts = dict.fromkeys(host for plan in plans if plan is not None for host in plan.hosts)
    return tuple((host, _HTTPS) for host in hosts)


def is_away(endpoints: Sequence[Endpoint]) -> bool:
    """Whether none of the endpoints takes a connection. The others are tried, together, only when the first does not."""
    if not endpoints:
        return False
    if _answers(endpoints[0]):
        return False
    with ThreadPoolExecutor(max_workers=len(endpoints)) as pool:
        return not any(pool.map(_answers, endpoints[1:]))


def _answers(endpoint: Endpoint) -> bool:
    try:
        with socket.create_connection(endpoint, timeout=SECONDS):
            return True
    except OSError:
        return False


RESUMABLE = timedelta(days=1)
"""Age from which an interrupted update is not resumed: the sources it read are judged by their age, like others."""

Progress = Callable[[str, int, int], None]


class UpdateRunning(VivierError):
    """Another process is running an update."""


class Update:
    """An update in progress. Its ledger is always the same as the one on the disk."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.settings = settings
        self.ledger = ledger
        self._write()

    def read(self, progress: Progress, **options: Any) -> None:
        """Reads every source that is due, with these members of an :class:`~crawlers.apart.Order`. A failure of one never stops the others. When
        the network is away none is asked: all stay due, and none is noted as failing."""
        if is_away(endpoints((step.source for step in self.ledger.of("due")), options.get("mirror"))):
            self.ledger = self.ledger.model_copy(update={"network_away": True})
            self._write()
            return
        for step in self.ledger.of("due"):
            self._note(step.model_copy(update={"state": "running"}))
            order = Order(source=step.source, home=self.settings.home, **options)
            log = _folder(self.settings) / f"{step.source}.log"
            outcome = read_apart(order, log, lambda rows, step=step: progress(step.source, rows, step.expected))  # type: ignore[misc]
            self._note(self._ended(step, outcome))

    def finish(self, index: IndexStep) -> Ledger:
        """Notes the outcome of the index, writes the report and removes the ledger."""
        self.ledger = self.ledger.model_copy(update={"index": index, "finished_at": datetime.now(UTC)})
        folder = _folder(self.settings)
        write_whole(folder / "report.txt", "".join(f"{line}\n" for line in self.ledger.lines()).encode())
        write_whole(folder / "report.json", self.ledger.model_dump_json(indent=1).encode())
        _path(self.settings).unlink(missing_ok=True)
        return self.ledger

    def _ended(self, step: Step, outcome: Outcome) -> Step:
        records = self.settings.records
        if outcome.run is not None:
            report = read_statistics(records / step.source / outcome.run)
            figures: dict[str, object] = {"seen": report.seen, "kept": report.kept}
            figures["set_aside"] = report.counted("set_aside")
            if report.stream is not None:
                figures |= {"added": report.stream.added, "revised": report.stream.revised}
            elif report.keys is not None:
                figures |= {"added": report.keys.added, "gone": report.keys.gone}
            return step.model_copy(update={"state": "done", "run": report.run, "drift": report.drift, **figures})
        reason = outcome.reason or ""
        if not outcome.noted:
            note_failure(records, source_of(step.source).card, reason, datetime.now(UTC))
        in_service = "Ses données en service restent." if step.run is not None else "Rien n'en était encore en service."
        detail = reason.removeprefix(f"« {step.source} » : ")
        return step.model_copy(update={"state": "failed", "reason": f"{detail} {in_service}"})

    def _note(self, step: Step) -> None:
        self.ledger = self.ledger.with_step(step)
        self._write()

    def _write(self) -> None:
        write_whole(_path(self.settings), self.ledger.model_dump_json(indent=1).encode())


@contextmanager
def updating(settings: Settings, only: Sequence[str] = ()) -> Iterator[Update]:
    """Opens an update, new or resumed, under a lock. Raises :class:`UpdateRunning` when another process holds it."""
    with _alone(settings):
        yield Update(settings, planned(settings, datetime.now(UTC), only))


def planned(settings: Settings, now: datetime, only: Sequence[str] = ()) -> Ledger:
    """The ledger of what an update would do now, for all sources or for ``only`` some. Sources that an interrupted
    update had read are already done."""
    wanted = {source_of(name).card.id for name in only}
    former = _interrupted(settings, now)
    done = (
        {} if former is None else {step.source: step for step in former.of("done") if _still_in_force(step, settings)}
    )
    steps = tuple(done.get(step.source, step) for step in due(settings, now) if not wanted or step.source in wanted)
    if former is None:
        return Ledger(started_at=now, steps=steps)
    return Ledger(started_at=former.started_at, resumed=former.resumed + 1, steps=steps)


def _still_in_force(step: Step, settings: Settings) -> bool:
    try:
        return current_run(settings.records, step.source).name == step.run
    except NotFound:
        return False


def _interrupted(settings: Settings, now: datetime) -> Ledger | None:
    try:
        former = Ledger.model_validate_json(_path(settings).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return former if now - former.started_at < RESUMABLE else None


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Holds a lock that the system releases when the process ends, however it ends, and that child processes do not inherit."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UpdateRunning("Une mise à jour est déjà en cours : attendez qu'elle finisse.") from error
        yield


def _folder(settings: Settings) -> Path:
    return settings.home / "update"


def _path(settings: Settings) -> Path:
    return _folder(settings) / "ledger.json"

"""A process killed while it accepts: a request is decided whole or not at all, and no link is lost. ``KILL_ROUNDS=50`` kills fifty."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tests.given.test_declared import CONTENT
from tests.search_api.corpus import TODAY
from vivier.given.queue import Queue, queue_of
from vivier.given.requests import Subject
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

pytestmark = pytest.mark.long
ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
SALT = "un sel assez long pour servir"
_ACCEPTING = """
import sys
from datetime import date
from vivier.given.queue import queue_of
from vivier.settings import Settings
queue = queue_of(Settings(home=sys.argv[1], opposition_salt=sys.argv[2]))
print("ready", flush=True)
for request in queue.waiting():
    queue.accept(request.number, date(2026, 11, 24))
    print(request.number, flush=True)
"""


def settings_of(home: Path) -> Settings:
    return Settings.model_validate({"home": home, "opposition_salt": SALT})


def accepting(home: Path, told: Connection) -> None:
    """Accepts every request that waits, and tells each number once it is accepted."""
    queue = queue_of(settings_of(home))
    told.send("ready")
    for request in queue.waiting():
        queue.accept(request.number, TODAY)
        told.send(str(request.number))


def heard(told: Connection) -> list[Any]:
    """What a process told before it ended."""
    found = []
    try:
        while True:
            found.append(told.recv())
    except (EOFError, OSError):
        return found


def test_processes_killed_while_they_accept_lose_nothing(tmp_path: Path) -> None:
    settings, dice = settings_of(tmp_path), random.Random(7)
    queue, processes = queue_of(settings), multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.given.test_declared_killed"])
    acknowledged, killed = 0, 0
    for turn in range(ROUNDS):
        sirets = [f"{turn:05d}{rank:09d}" for rank in range(20)]
        ids = [queue.send("declaration", Subject(siret, siret, "Fictive"), CONTENT, TODAY) for siret in sirets]
        mine, its = processes.Pipe(duplex=False)
        process = processes.Process(target=accepting, args=(tmp_path, its))
        process.start()
        its.close()
        assert mine.poll(60) and mine.recv() == "ready"
        told = [mine.recv() for _ in range(dice.randrange(12))]
        time.sleep(dice.random() * 0.01)
        process.kill()
        process.join()
        told += heard(mine)
        killed += process.exitcode == -signal.SIGKILL
        acknowledged += len(told)
        check(queue, ids, told)
        for request in queue.waiting():
            queue.accept(request.number, TODAY)
    assert killed > ROUNDS // 2 and 0 < acknowledged < ROUNDS * 20
    queue.database.close()


def check(queue: Queue, ids: list[str], printed: list[str]) -> None:
    """Every request is still there by its link, whole: waiting, or accepted with its day. What was acknowledged is accepted."""
    found = [queue.by_link(id_) for id_ in ids]
    for request in found:
        assert request.state in ("pending", "accepted")
        assert (request.state == "accepted") == (request.decided_on is not None) == (request.ends_on is not None)
        assert request.declared.website == "https://drac.example"
    accepted = {str(request.number) for request in found if request.state == "accepted"}
    assert set(printed) <= accepted and len(accepted) <= len(printed) + 1


def test_an_opposition_killed_at_each_statement_is_whole_once_accepted_again(tmp_path: Path) -> None:
    code = _ACCEPTING.replace(
        "queue = queue_of",
        "import os, signal\nfrom sqlalchemy import Engine, event\nleft = int(sys.argv[3])\n"
        '@event.listens_for(Engine, "before_cursor_execute")\ndef count(*_):\n    global left\n    left -= 1\n'
        "    if left == 0:\n        os.kill(os.getpid(), signal.SIGKILL)\nqueue = queue_of",
    )
    killed = 0
    for after in range(1, 40):
        settings = settings_of(tmp_path / str(after))
        queue, siret = queue_of(settings), "90000000100017"
        queue.send("declaration", Subject("x", siret, "Atelier fictif"), CONTENT, TODAY)
        queue.accept(1, TODAY)
        queue.send("opposition", Subject("x", siret, "Atelier fictif"), {"role": "Direction"}, TODAY)
        words = [sys.executable, "-c", code, str(settings.home), SALT, str(after)]
        done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL, timeout=60)
        if queue.waiting():
            queue.accept(2, TODAY)
        assert Opposition(settings).holds(siret)
        assert [(request.state, request.subject.siret) for request in queue.waiting(None)] == [
            ("withdrawn", ""),
            ("accepted", ""),
        ]
        queue.database.close()
        killed += done.returncode != 0
        if done.returncode == 0:
            break
    assert killed >= 5


def test_two_operators_who_decide_at_once_decide_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    queue = queue_of(settings)
    for rank in range(40):
        queue.send("declaration", Subject(str(rank), f"{rank:014d}", "Fictive"), CONTENT, TODAY)
    code = _ACCEPTING.replace("    queue.accept", "    try: queue.accept").replace(
        "24))\n", "24))\n    except Exception: continue\n"
    )
    words = [sys.executable, "-c", code, str(tmp_path), SALT]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [number for process in both for number in process.communicate(timeout=120)[0].split()[1:]]
    assert sorted(map(int, printed)) == list(range(1, 41))
    queue.database.close()

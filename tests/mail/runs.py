"""A process that forks one « vivier notify » for each line it reads, kills it where the line says, and prints how it ended.

A line: {"day": "2026-11-25", "now": 1700000000, "kill": 7 or null, "at_once": 1}. ``kill``: the process kills itself (SIGKILL) after so
many statements and transactions of its database; ``at_once``: so many processes run together.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, event

from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import load_lexicon
from vivier.mail.notify import notify
from vivier.mail.office import office_of
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings


def killed_after(count: int) -> None:
    """Kill this process after so many statements, commits included."""
    left = [count]

    def step(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", step)
    event.listen(Engine, "commit", step)


def child(settings: Settings, pids: Path, asked: dict[str, object]) -> int:
    """Fork one run; its process id is written for the mail server, which may kill it too."""
    pid = os.fork()
    if pid:
        return pid
    pids.write_text(str(os.getpid()), encoding="ascii")
    if asked["kill"]:
        killed_after(int(str(asked["kill"])))
    office, now = office_of(settings), float(str(asked["now"]))
    assert office is not None
    engine = EmbeddedStore(settings.generations)
    notify(office, Snapshot(engine), load_lexicon, date.fromisoformat(str(asked["day"])), lambda: now)
    os._exit(0)


def main() -> None:
    settings, pids = Settings(), Path(sys.argv[1])
    load_lexicon()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        children = [child(settings, pids, asked) for _ in range(asked["at_once"])]
        print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]), flush=True)


if __name__ == "__main__":
    main()

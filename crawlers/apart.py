"""Reads one source in a process of its own: whatever happens there, the update goes on with the next source.

``python -m crawlers.apart`` is that process. It reads its order on the standard input and writes one JSON line for each
step on the standard output; everything else goes to a log. It dies with its parent, so that only one process asks a
site when an update is begun again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from vivier.errors import ImportRefused, VivierError
from vivier.model import Model
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
            [sys.executable, "-m", "crawlers.apart"],
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

"""A verb in a process of its own, killed at one of its operations or at a moment of its work.

Processes are forked from one that has loaded the modules and the tables, and that has no thread: a round costs what the verb does.
An operation is a file opened to be written, renamed or removed, a statement or the end of a transaction of a database, a request or a
letter sent.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import psutil
from sqlalchemy import Engine, event

T = TypeVar("T")
Work = Callable[[], object]

EVENTS: Final = frozenset(
    {
        "os.rename",
        "os.remove",
        "os.mkdir",
        "os.rmdir",
        "os.truncate",
        "subprocess.Popen",
        "http.client.send",
        "smtplib.send",
    }
)
LONGEST: Final = 300.0
"""Seconds that a verb may take."""
ORPHANS: Final = 30.0
"""Seconds that the processes of a killed verb have to end by themselves."""
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Kill:
    """``at``: the process kills itself at this operation, counted from 1; ``after``: it is killed so many seconds after its first one.
    ``group``: all of its processes at once, not it alone."""

    at: int = 0
    after: float | None = None
    group: bool = False


@dataclass(frozen=True)
class Ended:
    """How a process ended: its code (negative: the signal that killed it), what it printed; when it was not killed, the operations it
    counted, its seconds from the first one to the last, and the modules that it had loaded."""

    code: int
    operations: int
    seconds: float
    printed: str
    modules: tuple[str, ...]

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class _Watch:
    """Counts the operations of this process, those of its children left out, and tells the first one."""

    def __init__(self, told: int, kill: Kill | None) -> None:
        self.pid, self.told, self.kill = os.getpid(), told, kill
        self.count, self.begun, self.last = 0, 0.0, 0.0
        sys.addaudithook(self._audited)
        event.listen(Engine, "after_cursor_execute", self._step)
        event.listen(Engine, "commit", self._step)

    def _audited(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in EVENTS or (name == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            self._step()

    def _step(self, *_: object) -> None:
        if os.getpid() != self.pid:
            return
        self.count, self.last = self.count + 1, time.monotonic()
        if self.count == 1:
            self.begun = self.last
            os.write(self.told, b"begun\n")
        if self.kill is not None and self.count == self.kill.at:
            (os.killpg if self.kill.group else os.kill)(os.getpid(), signal.SIGKILL)


def run(work: Work, variables: Mapping[str, str], log: Path, kill: Kill | None = None) -> Ended:
    """Does the work in a process that has only these ``VIVIER_`` variables, and kills it as told. Returns once all of its processes ended."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        try:
            _work(work, variables, log, theirs, kill)
        finally:
            traceback.print_exc()
            os._exit(70)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        if kill is not None and kill.after is not None and told.readline():
            time.sleep(kill.after)
            (os.killpg if kill.group else os.kill)(pid, signal.SIGKILL)
        said = told.read() if kill is None else b""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    _wait_for_the_group(pid)
    count, seconds, *modules = said.decode().splitlines()[-1].split() if code >= 0 and said else ("0", "0")
    return Ended(code, int(count), float(seconds), log.read_text("utf8", errors="replace"), tuple(modules))


def _work(work: Work, variables: Mapping[str, str], log: Path, told: int, kill: Kill | None) -> None:
    os.setsid()
    for name in [name for name in os.environ if name.startswith("VIVIER_")]:
        del os.environ[name]
    os.environ.update(variables)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.stdout, sys.stderr = (open(stream, "w", encoding="utf8", closefd=False) for stream in (1, 2))  # noqa: SIM115
    watch, code = _Watch(told, kill), 0
    try:
        work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        traceback.print_exc()
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    with os.fdopen(told, "w") as line:
        print(watch.count, max(0.0, watch.last - watch.begun), *sys.modules, file=line)
    os._exit(code)


def _wait_for_the_group(group: int) -> None:
    """Waits until no process of a group is left. Raises ``TimeoutError`` when one outlives :data:`ORPHANS`."""
    end = time.monotonic() + ORPHANS
    while left := [pid for pid in psutil.pids() if _of(pid, group)]:
        if time.monotonic() > end:
            os.killpg(group, signal.SIGKILL)
            raise TimeoutError(f"{len(left)} processes outlived the verb that began them")
        time.sleep(0.02)


def _of(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def apart(work: Callable[[], T]) -> T:
    """What a function gives in a process of its own, so that this one keeps no thread and no open file. Raises what it raises."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        try:
            result: tuple[bool, Any] = True, work()
        except BaseException as error:  # noqa: BLE001 - raised again by the caller
            result = False, RuntimeError(f"{type(error).__name__}: {error}\n{traceback.format_exc()}")
        with os.fdopen(theirs, "wb") as told:
            pickle.dump(result, told)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        content = told.read()
    os.waitpid(pid, 0)
    done, value = pickle.loads(content)
    if not done:
        raise value
    return value  # type: ignore[no-any-return]

"""``vivier`` as typed: its streams, its environment and its exit code, in this process or in one of its own.

Processes are forked from one that has loaded the modules and the tables (``preloaded.py``), which spares each of them two
seconds of work. ``test_cli.py`` also starts the command as a shell does.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.house.walk import ROOT
from tests.search_api.pages.html import plain
from vivier.cli import main

Done = subprocess.CompletedProcess[str]
LONGEST_SECONDS = 120

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.cli.preloaded"])


class Begun:
    """A process of ``vivier`` at work, with the names that :mod:`subprocess` gives."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str], out: Path, err: Path, *first: str) -> None:
        """``first``: statements done before the command."""
        self._words = words
        self._process = _FORKED.Process(target=_typed, args=(words, environment, out, err, first))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._words, seconds)
        return self._process.exitcode

    def send_signal(self, sign: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


def run(home: Path, *words: str, **settings: str) -> Done:
    """Run ``vivier`` in a process whose only setting is its home, and those given. Its texts are given as one types them."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = (Path(folder) / name for name in ("out", "err"))
        process = Begun(words, _environment(home, settings), out, err)
        try:
            code = process.wait(LONGEST_SECONDS)
        finally:
            process.kill()
        return Done(words, code, *(plain(path.read_text(encoding="utf8")) for path in (out, err)))


def inside(home: Path, *words: str, **settings: str) -> Done:
    """The same in this process, which has the tables: a tenth of a second."""
    out, err = io.StringIO(), io.StringIO()
    argv, sys.argv = sys.argv, ["vivier", *words]
    with patch.dict(os.environ, _environment(home, settings), clear=True), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            return Done(words, int(str(ended.code)), plain(out.getvalue()), plain(err.getvalue()))
        finally:
            sys.argv = argv
    raise AssertionError("a verb ends by its exit code")


def told(home: Path, *words: str, code: int = 0, **settings: str) -> str:
    """What a verb prints on both streams; its exit code must be ``code``."""
    done = inside(home, *words, **settings)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def _environment(home: Path, settings: dict[str, str]) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    return bare | {"VIVIER_HOME": str(home), "PYTHONPATH": str(ROOT), **settings}


def _typed(words: tuple[str, ...], environment: dict[str, str], out: Path, err: Path, first: tuple[str, ...]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.stdout, sys.stderr = _stream(1, out), _stream(2, err)
    sys.argv = ["vivier", *words]
    for statement in first:
        exec(statement, {})
    main()


def _stream(descriptor: int, path: Path) -> Any:
    """A standard stream of this process added to a file, by Python and by what is below it."""
    with path.open("ab") as file:
        os.dup2(file.fileno(), descriptor)
    return open(descriptor, "w", encoding="utf8", closefd=False)

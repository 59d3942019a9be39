"""Ctrl-C while ``vivier`` loads its modules ends it without a word, by the code of an interruption."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.walk import ROOT

_INTERRUPTED_AT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Hook:
    def find_spec(self, name, *rest):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Hook())
from vivier.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("module", ["typer", "vivier.settings"])
def test_an_interruption_while_modules_load_prints_nothing(module: str) -> None:
    command = [sys.executable, "-c", _INTERRUPTED_AT.format(module=module), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")

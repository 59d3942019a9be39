"""What is dear to build is built once a run, whatever the number of its processes, and handed out as copies.

A copy belongs to its test, which may write in it. ``ROOT`` is given by ``tests/conftest.py``: the folder of the run.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT: list[Path] = []


def built(name: str, make: Callable[[Path], object]) -> Path:
    """The folder that ``make`` filled, for those who only read it. The first process that asks fills it; others wait."""
    folder = ROOT[0] / name
    with (ROOT[0] / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = Path(tempfile.mkdtemp(dir=ROOT[0]))
            make(begun)
            begun.rename(folder)
    return folder


def copy_of(name: str, make: Callable[[Path], object], folder: Path) -> Path:
    """Copies into ``folder`` what :func:`built` gives: some megabytes, a few milliseconds."""
    return Path(shutil.copytree(built(name, make), folder, dirs_exist_ok=True))

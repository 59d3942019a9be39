"""A real PostgreSQL server in a folder of its own, on a socket and no port, for the tests of the given database."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
OWNER = "postgres"


def run(folder: Path, program: str, *options: str) -> None:
    """A program of PostgreSQL, as its own user when we are root: it refuses root."""
    as_owner: dict[str, Any] = {"user": OWNER, "group": OWNER} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(_INSTALLED[-1] / program), *options], check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_owner
    )


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of an empty database. Skips the test where PostgreSQL is not installed."""
    if not _INSTALLED:
        pytest.skip("PostgreSQL n'est pas installé sur cette machine (paquet postgresql)")
    data = folder / "data"
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, OWNER, OWNER)
    run(data, "initdb", "-D", str(data), "-U", "vivier", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {data} -c listen_addresses='' -c fsync=off"
    run(data, "pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://vivier@/postgres?host={data}"
    finally:
        run(data, "pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")

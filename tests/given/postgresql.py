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


def _asking(folder: Path, password: str) -> list[str]:
    """The options of a database whose owner has this password."""
    file = folder / "password"
    file.write_text(password, encoding="utf8")
    file.chmod(0o644)
    return [f"--pwfile={file}"]


@contextlib.contextmanager
def server(folder: Path, password: str | None = None) -> Iterator[str]:
    """The URL of an empty database. ``password``: what it asks of who comes, by SCRAM. Skips the test where PostgreSQL is not installed."""
    if not _INSTALLED:
        pytest.skip("PostgreSQL n'est pas installé sur cette machine (paquet postgresql)")
    data = folder / "data"
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, OWNER, OWNER)
    asked = [] if password is None else _asking(folder, password)
    run(
        data,
        "initdb",
        "-D",
        str(data),
        "-U",
        "vivier",
        "-A",
        "scram-sha-256" if asked else "trust",
        "-E",
        "UTF8",
        "--no-sync",
        *asked,
    )
    options = f"-k {data} -c listen_addresses='' -c fsync=off"
    run(data, "pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://vivier@/postgres?host={data}"
    finally:
        run(data, "pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")

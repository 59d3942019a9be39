"""``vivier up`` as an operator types it: it serves, does what is due beside, tells systemd, and stops whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.house.walk import ROOT
from tests.ports import free_port
from tests.search_api.conftest import serve_corpus
from tests.search_api.serving.server import until
from vivier.given.database import database_of
from vivier.lexicon import Lexicon
from vivier.mail.sealing import new_key
from vivier.operation.checks import utc_now
from vivier.operation.jobs import JOBS, Journal
from vivier.settings import Settings

pytestmark = pytest.mark.slow


def ready(port: int) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/ready")
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def test_one_command_serves_does_the_jobs_and_tells_systemd(tmp_path: Path, lexicon: Lexicon) -> None:
    settings, port = Settings(home=tmp_path), free_port()
    serve_corpus(settings.generations, lexicon).close()
    with closing(database_of(settings)) as database:  # the update would read the network
        journal, update = Journal(database, settings.home), next(job for job in JOBS if job.name == "update")
        journal.began(update, utc_now())
        journal.succeeded(update, utc_now())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    environment |= {"VIVIER_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "VIVIER_BACKUP_KEY": new_key()}
    environment["NOTIFY_SOCKET"] = str(tmp_path / "notify")
    command = [sys.executable, "-c", "from vivier.cli import main; main()", "up", "--port", str(port), "--workers", "1"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd, (tmp_path / "log").open("w") as log:
        systemd.bind(environment["NOTIFY_SOCKET"])
        systemd.settimeout(60)
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log) as process:
            try:
                assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
                names = {"update", "purge", "backup", "rehearsal"}
                until(lambda: {job["job"] for job in ready(port)["jobs"] if job["succeeded_at"]} == names)
                assert ready(port)["warnings"] == [] and len(list(settings.backups.iterdir())) == 1
                children = psutil.Process(process.pid).children(recursive=True)
                process.send_signal(signal.SIGTERM)
                assert process.wait(40) == 0
                assert psutil.wait_procs(children, timeout=10)[1] == []
            finally:
                process.kill()
    assert "Travail « backup » : réussi" in (tmp_path / "log").read_text(encoding="utf8")

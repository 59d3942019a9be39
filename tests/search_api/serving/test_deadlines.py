"""A study ends when its processor time is spent, and when nobody waits for it any more. Work is counted in processor seconds."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from tests.search_api.serving.server import PATIENCE, Serving, serving, until
from vivier.deadline import SECONDS

pytestmark = pytest.mark.slow
WORDS = ("nettoyage", "bureaux", "haies", "restauration", "saint", "martin", "impression", "textile", "Lyon", "Rennes")


def batch(lines: int, seed: int) -> bytes:
    """A file of long needs, each another."""
    drawn = random.Random(seed)
    return "\n".join(["besoin", *(" ".join(drawn.choices(WORDS, k=200)) for _ in range(lines))]).encode()


def begin(server: Serving, content: bytes) -> HTTPConnection:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("POST", "/v1/needs/batch", content, {"Content-Type": "text/csv"})
    return connection


def spent(server: Serving) -> float:
    """Processor seconds of the server so far."""
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


def test_a_study_that_takes_too_long_ends_in_a_sentence(home: Path) -> None:
    with serving(home, study=0.5) as server:
        before = spent(server)
        answer = begin(server, batch(1_000, 1)).getresponse()
        body = json.loads(answer.read())
        assert answer.status == 422 and "trop de calcul" in body["detail"]
        assert spent(server) - before < SECONDS / 2


def test_a_study_that_nobody_waits_for_ends(home: Path) -> None:
    """Without it, five studies of a client that left would each take all their time, one after the other."""
    with serving(home, study=3_600) as server, ExitStack() as left:
        for seed in range(5):
            connection = begin(server, batch(1_000, seed))
            left.callback(connection.close)
        began = spent(server)
        until(lambda: spent(server) > began + 0.5)
        left.close()
        before = spent(server)
        answer = begin(server, batch(1, 9)).getresponse()
        assert answer.status == 200 and spent(server) - before < SECONDS / 2

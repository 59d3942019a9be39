"""Dossiers in the database: unguessable, whole or absent, bounded, gone on their day, and through a real kill -9."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests.dossiers.conftest import contents
from tests.dossiers.keeper import SIZE
from tests.house.walk import ROOT
from vivier.dossiers import port
from vivier.errors import NotFound
from vivier.given.database import Database
from vivier.given.quotas import QuotaSpent
from vivier.given.shelf import DatabaseShelf
from vivier.given.tables import SHELF
from vivier.privacy.keys import new_id

DAY = date(2026, 11, 24)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[DatabaseShelf]:
    database = Database(f"sqlite:///{tmp_path}/given.sqlite")
    yield DatabaseShelf(database, "dossier", 365, 3)
    database.close()


def test_an_id_holds_160_random_bits() -> None:
    drawn = [new_id() for _ in range(2_000)]
    assert len(set(drawn)) == 2_000 and {len(one) for one in drawn} == {40}
    bits = sum(bin(int(one, 16)).count("1") for one in drawn) / (160 * 2_000)
    assert abs(bits - 0.5) < 0.01


def test_what_is_kept_is_read_back_by_its_owner_only(shelf: DatabaseShelf, tmp_path: Path) -> None:
    id_ = new_id()
    shelf.keep(id_, DAY, b"abc")
    assert shelf.read(id_, DAY) == b"abc"
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert id_.encode() not in path.read_bytes(), "the address is kept nowhere"


@pytest.mark.parametrize("id_", ["", "a" * 40, "../../etc/passwd", "A" * 40, "*", "verify", "é" * 40, "a" * 39 + "\n"])
def test_an_id_never_issued_is_unknown_and_begins_no_database(shelf: DatabaseShelf, tmp_path: Path, id_: str) -> None:
    with pytest.raises(NotFound):
        shelf.read(id_, DAY)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(shelf: DatabaseShelf) -> None:
    id_ = new_id()
    shelf.keep(id_, DAY, b"abc")
    with pytest.raises(IntegrityError):
        shelf.keep(id_, DAY, b"def")
    assert shelf.read(id_, DAY) == b"abc"


def test_the_shelf_is_bounded_in_number_and_in_size(shelf: DatabaseShelf) -> None:
    for _ in range(3):
        shelf.keep(new_id(), DAY, b"abc")
    with pytest.raises(port.ShelfFull):
        shelf.keep(new_id(), DAY, b"abc")
    with pytest.raises(port.DossierTooLarge):
        DatabaseShelf(shelf.database, "dossier", 365, 9).keep(new_id(), DAY, b"a" * (port.MOST_BYTES + 1))
    assert shelf.count() == 3
    studies = DatabaseShelf(shelf.database, "study", 30, 1)
    studies.keep(new_id(), DAY, b"abc")
    assert studies.count() == 1, "studies have their own room"


def test_past_its_day_a_dossier_is_gone_before_and_after_the_purge(shelf: DatabaseShelf) -> None:
    old, young = new_id(), new_id()
    shelf.keep(old, DAY, b"abc")
    shelf.keep(young, DAY + timedelta(days=5), b"def")
    assert shelf.read(old, DAY) == b"abc"
    after = DAY + timedelta(days=1)
    with pytest.raises(port.DossierPurged):
        shelf.read(old, after)
    assert shelf.purge(after, dry_run=True) == 1 and len(contents(shelf.database)) == 2
    assert shelf.purge(after) == 1 and contents(shelf.database) == [b"def"]
    with pytest.raises(port.DossierPurged):
        shelf.read(old, after)
    assert shelf.purge(after) == 0


def test_a_dossier_whose_bytes_changed_is_not_given(shelf: DatabaseShelf) -> None:
    id_ = new_id()
    shelf.keep(id_, DAY, b"abc")
    with shelf.database.transaction() as connection:
        connection.execute(update(SHELF).values(content=b"abd"))
    with pytest.raises(port.DossierDamaged, match="sauvegarde"):
        shelf.read(id_, DAY)
    assert list(shelf.damaged()) == [DAY]


@pytest.mark.long
def test_a_writer_killed_at_any_moment_leaves_whole_dossiers_only(tmp_path: Path) -> None:
    url, dice = f"sqlite:///{tmp_path}/given.sqlite", random.Random(20261124)
    told: dict[str, str] = {}
    for _ in range(8):
        told |= _until_killed(url, dice.uniform(0.05, 0.25))
    shelf = DatabaseShelf(Database(url), "dossier", 365, 100_000)
    assert len(told) > 8
    for id_, letter in told.items():  # whatever was announced is there
        assert shelf.read(id_, DAY) == letter.encode() * SIZE
    for content in contents(shelf.database):  # and whatever is there is whole
        assert len(content) == SIZE and len(set(content)) == 1
    assert not list(shelf.damaged())
    shelf.database.close()


def _until_killed(url: str, seconds: float) -> dict[str, str]:
    """Ids announced by a keeper that gets killed a while after its first."""
    command = [sys.executable, "-m", "tests.dossiers.keeper", url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as keeper:
        assert keeper.stdout is not None
        first = keeper.stdout.readline()
        time.sleep(seconds)
        os.kill(keeper.pid, signal.SIGKILL)
        lines = [first, *keeper.stdout.readlines()]
    return {line[:40]: line[41:42] for line in lines if line.endswith("\n")}


@pytest.mark.slow
def test_one_client_keeps_its_share_of_a_day_and_the_others_theirs(tmp_path: Path) -> None:
    shelf = DatabaseShelf(Database(f"sqlite:///{tmp_path / 'given.sqlite'}"), "study", 30, 20_000)
    share, day = 20_000 // (2 * 30), DAY

    def keep(client: str, day: date = day) -> None:
        shelf.by(client).keep(new_id(), day + timedelta(days=30), b"x")

    for _ in range(share):
        keep("a")
    with pytest.raises(QuotaSpent, match="réessayez demain"):
        keep("a")
    keep("b")
    keep("")
    keep("a", day + timedelta(days=1))
    assert shelf.count() == share + 3
    shelf.database.close()

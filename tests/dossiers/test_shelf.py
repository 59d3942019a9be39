"""Dossiers on the disk: unguessable, whole or absent, bounded, gone on their day, and through a real kill -9."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.dossiers.keeper import SIZE
from tests.house.walk import ROOT
from vivier.dossiers import port
from vivier.dossiers.folder import FolderShelf, new_id
from vivier.errors import NotFound
from vivier.runs.retention import purge
from vivier.settings import Settings

DAY = date(2026, 11, 24)
LONG_BEFORE = datetime(2026, 11, 14, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "dossiers", 365, 3)


def test_an_id_holds_160_random_bits() -> None:
    drawn = [new_id() for _ in range(2_000)]
    assert len(set(drawn)) == 2_000 and {len(one) for one in drawn} == {40}
    bits = sum(bin(int(one, 16)).count("1") for one in drawn) / (160 * 2_000)
    assert abs(bits - 0.5) < 0.01


def test_what_is_kept_is_read_back_by_its_owner_only(shelf: FolderShelf) -> None:
    id_ = new_id()
    shelf.keep(id_, DAY, b"abc")
    assert shelf.read(id_, DAY) == b"abc"
    (path,) = shelf.folder.rglob("*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("id_", ["", "a" * 40, "../../etc/passwd", "A" * 40, "*", "verify", "é" * 40, "a" * 39 + "\n"])
def test_an_id_never_issued_is_unknown(shelf: FolderShelf, id_: str) -> None:
    with pytest.raises(NotFound):
        shelf.read(id_, DAY)


def test_nothing_is_written_over(shelf: FolderShelf) -> None:
    id_ = new_id()
    shelf.keep(id_, DAY, b"abc")
    with pytest.raises(FileExistsError):
        shelf.keep(id_, DAY, b"def")
    assert shelf.read(id_, DAY) == b"abc"


def test_the_shelf_is_bounded_in_number_and_in_size(shelf: FolderShelf) -> None:
    for _ in range(3):
        shelf.keep(new_id(), DAY, b"abc")
    with pytest.raises(port.ShelfFull):
        shelf.keep(new_id(), DAY, b"abc")
    with pytest.raises(port.DossierTooLarge):
        FolderShelf(shelf.folder, 365, 9).keep(new_id(), DAY, b"a" * (port.MOST_BYTES + 1))
    assert shelf.count() == 3


def test_past_its_day_a_dossier_is_gone_before_and_after_the_purge(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    shelf = FolderShelf(settings.dossiers_folder, 365, 9)
    old, young = new_id(), new_id()
    shelf.keep(old, DAY, b"abc")
    shelf.keep(young, DAY + timedelta(days=5), b"abc")
    assert shelf.read(old, DAY) == b"abc"
    after = DAY + timedelta(days=1)
    with pytest.raises(port.DossierPurged):
        shelf.read(old, after)
    moment = _midnight(after)
    assert [one.what for one in purge(settings, moment, dry_run=True)] == ["dossier"]
    assert len(list(settings.dossiers_folder.rglob("*.json"))) == 2
    purge(settings, moment)
    assert [path.name[:40] for path in settings.dossiers_folder.rglob("*.json")] == [young]
    assert b"abc" not in b"".join(path.read_bytes() for path in settings.dossiers_folder.rglob("*.gone"))
    with pytest.raises(port.DossierPurged):
        shelf.read(old, after)
    assert purge(settings, moment) == []


def test_the_day_printed_holds_when_the_setting_is_shortened(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path / "dossiers", 365, 9)
    shelf.keep(new_id(), DAY + timedelta(days=365), b"abc")
    shorter = Settings(home=tmp_path, dossier_days=1)
    assert purge(shorter, _midnight(DAY + timedelta(days=30))) == []


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_dossiers_only(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    told: dict[str, str] = {}
    for _ in range(8):
        told |= _until_killed(tmp_path, dice.uniform(0.05, 0.25))
    shelf = FolderShelf(tmp_path, 365, 100_000)
    assert len(told) > 8
    for id_, letter in told.items():  # whatever was announced is there
        assert shelf.read(id_, DAY) == letter.encode() * SIZE
    for path in tmp_path.rglob("*.json"):  # and whatever is there is whole
        content = path.read_bytes()
        assert len(content) == SIZE and len(set(content)) == 1
    leftovers = list(tmp_path.rglob("*.tmp"))
    for path in leftovers:
        os.utime(path, (LONG_BEFORE.timestamp(),) * 2)
    assert set(shelf.past(DAY)) == set(leftovers)


def _until_killed(folder: Path, seconds: float) -> dict[str, str]:
    """Ids announced by a keeper that gets killed a while after its first."""
    command = [sys.executable, "-m", "tests.dossiers.keeper", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as keeper:
        assert keeper.stdout is not None
        first = keeper.stdout.readline()
        time.sleep(seconds)
        os.kill(keeper.pid, signal.SIGKILL)
        lines = [first, *keeper.stdout.readlines()]
    return {line[:40]: line[41:42] for line in lines if line.endswith("\n")}

"""The files of former versions become rows: identical bytes, once, whatever kills the process that moves them."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.given.conftest import House
from vivier.desk.dossier import opened as opened_dossier
from vivier.dossiers.port import DossierPurged
from vivier.given.database import database_of
from vivier.given.former import MOVED
from vivier.given.shelf import shelf_of, studies_of
from vivier.privacy.keys import new_id
from vivier.runs.retention import purge
from vivier.settings import Settings

DAY = date(2026, 11, 24)
UNTIL = date(2027, 11, 24)
_OPENING = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from vivier.given.database import database_of
from vivier.settings import Settings
left = int(sys.argv[2])
def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "after_cursor_execute", step)
event.listen(Engine, "commit", step)
for name in ("replace", "unlink", "rmdir"):
    def stepping(self, *given, do=getattr(Path, name)):
        step()
        return do(self, *given)
    setattr(Path, name, stepping)
with database_of(Settings(home=sys.argv[1])).transaction():
    pass
"""


def settings_of(home: Path, **more: object) -> Settings:
    return Settings.model_validate({"home": home, **more})


def kept(folder: Path, id_: str, content: bytes, until: date = UNTIL) -> bytes:
    """A file as former versions kept it."""
    path = folder / id_[:2] / f"{id_}.{until.isoformat()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return content


def former_home(settings: Settings, count: int = 5) -> tuple[dict[str, bytes], str]:
    """Dossiers by id, and the id of one that was purged; a temporary file of a killed process lies beside."""
    dice = random.Random(7)
    folder = settings.dossiers_folder
    found = {id_: kept(folder, id_, dice.randbytes(3_000)) for id_ in (new_id() for _ in range(count))}
    gone = new_id()
    kept(folder, gone, b"").decode()
    (folder / gone[:2] / f"{gone}.{UNTIL}.json").rename(folder / gone[:2] / f"{gone}.gone")
    (folder / gone[:2] / f"{gone}.{UNTIL}.json.7.tmp").write_bytes(b"half")
    return found, gone


def check(settings: Settings, found: dict[str, bytes], gone: str) -> None:
    """Every dossier is read byte for byte, the purged one says that it existed, and no file waits."""
    shelf = shelf_of(settings)
    with closing(shelf.database):
        assert {id_: shelf.read(id_, DAY) for id_ in found} == found
        assert shelf.count() == len(found)
        with pytest.raises(DossierPurged):
            shelf.read(gone, DAY)
    folder = settings.dossiers_folder
    assert not list(folder.glob("[0-9a-f][0-9a-f]/*.json")), "every file is set aside"
    aside = {path.name[:40]: path.read_bytes() for path in folder.glob(f"{MOVED}/*/*.json")}
    assert aside == found, "with its bytes"


def test_the_dossiers_of_a_former_version_are_read_from_the_database(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    found, gone = former_home(settings)
    check(settings, found, gone)
    check(settings, found, gone)


def test_a_folder_of_its_own_is_moved_too(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home", dossiers=tmp_path / "elsewhere")
    found, gone = former_home(settings)
    check(settings, found, gone)


def test_studies_are_moved_and_no_copy_stays(tmp_path: Path) -> None:
    settings, id_ = settings_of(tmp_path), new_id()
    kept(tmp_path / "studies", id_, b'{"fields": {"title": "Fictive"}, "lots": [], "until": "2026-12-24"}', UNTIL)
    studies = studies_of(settings)
    assert studies.read(id_, DAY).fields == {"title": "Fictive"}
    assert not list((tmp_path / "studies").rglob("*.json"))


def test_a_file_with_no_day_or_that_cannot_be_read_stays_and_stops_no_other(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    found, gone = former_home(settings)
    odd = settings.dossiers_folder / "ab" / f"{'ab' * 20}.2026-13-45.json"
    odd.parent.mkdir(exist_ok=True)
    odd.write_bytes(b"{}")
    folder = settings.dossiers_folder / "cd" / f"{'cd' * 20}.2027-01-01.json"
    folder.mkdir(parents=True)
    shelf = shelf_of(settings)
    assert shelf.count() == len(found)
    shelf.database.close()
    assert odd.read_bytes() == b"{}" and folder.is_dir()
    with pytest.raises(DossierPurged):
        shelf.read(gone, DAY)
    shelf.database.close()


def test_a_row_that_differs_from_its_file_is_never_replaced(tmp_path: Path) -> None:
    settings, id_ = settings_of(tmp_path), new_id()
    shelf = shelf_of(settings)
    shelf.keep(id_, UNTIL, b"issued")
    shelf.database.close()
    kept(settings.dossiers_folder, id_, b"other")
    assert shelf.read(id_, DAY) == b"issued"
    shelf.database.close()
    assert list(settings.dossiers_folder.glob("[0-9a-f][0-9a-f]/*.json")), "the file stays, to be looked at"


def test_files_set_aside_are_deleted_on_their_day(tmp_path: Path) -> None:
    settings, old, young = settings_of(tmp_path), new_id(), new_id()
    kept(settings.dossiers_folder, old, b"old", DAY)
    kept(settings.dossiers_folder, young, b"young")
    with closing(shelf_of(settings).database) as database, database.transaction():
        pass
    moment = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    assert purge(settings, moment) == []
    assert [item.what for item in purge(settings, moment + timedelta(days=1))] == ["former"]
    assert [path.name[:40] for path in settings.dossiers_folder.glob(f"{MOVED}/*/*")] == [young]


@pytest.mark.slow
def test_a_move_killed_at_any_step_loses_nothing(tmp_path: Path) -> None:
    """Killed after every second statement, commit or operation on a file in turn: nothing is lost, the next opening ends the move."""
    killed = 0
    for after in range(1, 200, 2):
        settings = settings_of(tmp_path / str(after))
        found, gone = former_home(settings, 3)
        kept(settings.home / "studies", "5" * 40, b"study")
        words = [sys.executable, "-c", _OPENING, str(settings.home), str(after)]
        done = subprocess.run(words, check=False, timeout=60)
        everything = {path.name[:40]: path.read_bytes() for path in settings.dossiers_folder.rglob("*.json")}
        assert everything == found, "each file is still there, where it was or beside"
        check(settings, found, gone)
        assert not list((settings.home / "studies").rglob("*.json"))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        killed += 1
    assert killed >= 25 and done.returncode == 0


def opened(settings: Settings) -> None:
    with closing(database_of(settings)) as database, database.transaction():
        pass


def test_eight_openings_at_once_move_each_file_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    found, gone = former_home(settings, 40)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: opened(settings), range(8)))
    check(settings, found, gone)


@pytest.mark.slow
def test_postgresql_takes_the_files_of_a_home_too(tmp_path: Path, postgresql: str) -> None:
    settings = settings_of(tmp_path, given_url=postgresql)
    found, gone = former_home(settings, 40)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: opened(settings), range(4)))
    check(settings, found, gone)


@pytest.mark.slow
def test_a_dossier_issued_by_a_former_version_is_given_byte_for_byte(house: House) -> None:
    """The dossier of a round, taken out of the database and put in a file as before: its address gives the same bytes."""
    body = house.dossier(house.open())
    id_ = body["dossier_id"]
    shelf = shelf_of(house.settings)
    content = shelf.read(id_, DAY)
    other = settings_of(house.settings.home.parent / "other")
    kept(other.dossiers_folder, id_, content, date.fromisoformat(body["kept_until"]))
    moved = shelf_of(other)
    assert moved.read(id_, DAY) == content
    assert opened_dossier(moved.read(id_, DAY)) == body
    shelf.database.close()
    moved.database.close()

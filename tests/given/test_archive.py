"""A copy of what cannot be made again: whole, verified, put back without losing an opposition."""

from __future__ import annotations

import io
import shutil
import tarfile
from datetime import date
from pathlib import Path

import pytest

from tests.given.conftest import House
from tests.given.declaring import declared, pending
from vivier.errors import InvalidRequest
from vivier.given.archive import ArchiveDamaged, restore_archive, write_archive
from vivier.given.queue import queue_of
from vivier.given.rounds import rounds_of
from vivier.given.shelf import shelf_of
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

DAY = date(2026, 11, 24)


@pytest.fixture
def filled(house: House) -> tuple[House, str]:
    """A house with a round, a dossier, a declaration, an opposition, ids, decisions and a sealed verdict; the number of its round."""
    made = house.open()
    house.note(made, {"structure": house.read(made)["invited"][0]["id"], "can": "yes"})
    house.dossier(made)
    declared(house)
    Opposition(house.settings).add("90000000100017")
    house.settings.ids.parent.mkdir(parents=True, exist_ok=True)
    house.settings.ids.write_text('{"id": "v1"}\n', encoding="utf8")
    house.settings.decisions.write_text("left,right,same\n", encoding="utf8")
    return house, made["round_id"]


def elsewhere(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"home": path})


@pytest.mark.slow
def test_what_is_copied_is_put_back_elsewhere(filled: tuple[House, str], tmp_path: Path) -> None:
    house, round_id = filled
    path, other = tmp_path / "copy.tar.gz", elsewhere(house.settings, tmp_path / "other")
    made = write_archive(house.settings, path, DAY)
    assert path.stat().st_mode & 0o077 == 0 and len(made.files) == 4
    assert restore_archive(other, path) == made
    rounds, queue = rounds_of(other), queue_of(other)
    assert len(rounds.read(round_id, DAY).answers) == 1
    assert pending(queue).declared.cannot == "Pas de travail de nuit"
    assert Opposition(other).holds("90000000100017")
    assert other.ids.read_bytes() == house.settings.ids.read_bytes()
    shelf = shelf_of(other)
    assert shelf.count() == 1 and not list(shelf.damaged())
    shelf.database.close()
    rounds.database.close()
    queue.database.close()


@pytest.mark.slow
def test_what_is_there_is_replaced_only_when_told_and_oppositions_are_joined(
    filled: tuple[House, str], tmp_path: Path
) -> None:
    house, round_id = filled
    path = tmp_path / "copy.tar.gz"
    write_archive(house.settings, path, DAY)
    house.rounds.delete(round_id, DAY)
    Opposition(house.settings).add("90000000100025")
    with pytest.raises(InvalidRequest, match="--replace"):
        restore_archive(house.settings, path)
    assert house.client.get(f"/v1/rounds/{round_id}").status_code == 410
    restore_archive(house.settings, path, replace=True)
    assert house.client.get(f"/v1/rounds/{round_id}").status_code == 200
    assert Opposition(house.settings).holds("90000000100025") and Opposition(house.settings).holds("90000000100017")


@pytest.mark.slow
def test_an_existing_file_is_never_written_over(filled: tuple[House, str], tmp_path: Path) -> None:
    path = tmp_path / "copy.tar.gz"
    path.write_text("précieux", encoding="utf8")
    with pytest.raises(InvalidRequest, match="existe déjà"):
        write_archive(filled[0].settings, path, DAY)
    assert path.read_text(encoding="utf8") == "précieux"


@pytest.mark.slow
def test_each_damage_is_refused_before_anything_is_put_back(filled: tuple[House, str], tmp_path: Path) -> None:
    house, _ = filled
    path = tmp_path / "copy.tar.gz"
    write_archive(house.settings, path, DAY)
    whole = path.read_bytes()
    step = max(1, len(whole) // 25)
    for count, place in enumerate(range(0, len(whole), step)):
        damaged = tmp_path / f"{count}.tar.gz"
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        refused(house.settings, damaged, tmp_path / f"home-{count}")
        damaged.write_bytes(whole[:place])
        refused(house.settings, damaged, tmp_path / f"home-{count}")


def refused(settings: Settings, path: Path, home: Path) -> None:
    """The archive is refused and nothing is put back; the header of gzip alone holds bytes that say nothing."""
    other = elsewhere(settings, home)
    try:
        restore_archive(other, path)
    except ArchiveDamaged:
        assert [found.name for found in home.iterdir()] == []
    else:
        assert (home / "given.sqlite").exists() and path.read_bytes()[10:] != b""
        shutil.rmtree(home)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "dossiers/../../outside", "generations/x", "given.sqlite/x"]
)
def test_a_path_that_has_no_place_in_an_archive_is_refused(house: House, tmp_path: Path, name: str) -> None:
    path = tmp_path / "forged.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"ab"))
    with pytest.raises(ArchiveDamaged, match="pas sa place"):
        restore_archive(elsewhere(house.settings, tmp_path / "home"), path)
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.slow
def test_an_archive_goes_from_sqlite_to_postgresql_and_back(
    filled: tuple[House, str], postgresql: str, tmp_path: Path
) -> None:
    house, round_id = filled
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    write_archive(house.settings, first, DAY)
    served = Settings.model_validate(
        {"home": tmp_path / "served", "given_url": postgresql, "opposition_salt": "un sel assez long pour servir"}
    )
    restore_archive(served, first)
    queue = queue_of(served)
    queue.send("report", pending(queue).subject, {"fact": "name", "right": "vrai", "source": "ici"}, DAY)
    assert [request.number for request in queue.waiting()] == [1, 2]
    queue.database.close()
    write_archive(served, second, DAY)
    back = elsewhere(house.settings, tmp_path / "back")
    restore_archive(back, second)
    rounds = rounds_of(back)
    assert len(rounds.read(round_id, DAY).answers) == 1
    rounds.database.close()

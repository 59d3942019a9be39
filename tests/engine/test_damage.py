"""Damaged files of a generation: refused in one sentence, the former generation served; a read-only folder; the whole read by doctor."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engine.compare import COLLECTION
from tests.engine.crash import answer_of, publish, whole
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.embedded.words import Words
from vivier.errors import EngineUnavailable
from vivier.search.operators import Search


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def missing(path: Path) -> None:
    path.unlink()


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Two generations, of marks 1 and 2, and the name of the live one."""
    root = tmp_path_factory.mktemp("built")
    engine = EmbeddedStore(root)
    publish(engine, 1)
    name = publish(engine, 2)
    engine.close()
    return root, name


@pytest.mark.slow
@pytest.mark.parametrize("damage", [flipped, truncated, missing])
def test_each_file_of_a_generation_is_verified_and_the_former_is_served(
    built: tuple[Path, str], damage: Callable[[Path], None], tmp_path: Path
) -> None:
    root, name = built
    for number, path in enumerate(files_of(root / COLLECTION / name)):
        copy = tmp_path / str(number)
        shutil.copytree(root, copy)
        relative = path.relative_to(root)
        damage(copy / relative)
        engine = EmbeddedStore(copy)
        if relative.name == "sums.json" and damage is missing:  # as a generation built before there were any
            assert answer_of(engine) == whole(2)
        elif relative.name == "generation.json":  # it may be no generation any more
            assert answer_of(engine) == whole(1)
        else:
            assert answer_of(engine) == whole(1), relative
            (warning,) = engine.warnings()
            assert name in warning and "vivier rollback" in warning
        engine.close()
        shutil.rmtree(copy)


@pytest.mark.slow
def test_a_damaged_generation_alone_is_refused_in_one_sentence(built: tuple[Path, str], tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path / "alone")
    name = publish(engine, 1)
    engine.close()
    flipped(tmp_path / "alone" / COLLECTION / name / "columns")
    engine = EmbeddedStore(tmp_path / "alone")
    with pytest.raises(EngineUnavailable, match=r"« columns » est abîmé.*vivier index"):
        engine.open(COLLECTION)
    assert len(engine.ready()) == 1
    assert engine.damaged(COLLECTION, name) == ["le fichier « columns » est abîmé"]


@pytest.mark.slow
def test_a_record_that_cannot_be_read_is_no_traceback(tmp_path: Path) -> None:
    engine = EmbeddedStore(tmp_path)
    name = publish(engine, 1)
    folder = tmp_path / COLLECTION / name
    (folder / "sums.json").unlink()
    records = folder / "records.jsonl"
    records.write_bytes(b"{" * records.stat().st_size)
    (hit,) = EmbeddedStore(tmp_path).open(COLLECTION).search(Search(limit=1)).hits  # who needs no record reads none
    with pytest.raises(EngineUnavailable, match="fiche illisible"):
        _ = hit.record


@pytest.fixture
def read_only(built: tuple[Path, str], tmp_path: Path) -> Iterator[Path]:
    """The generations, on a file system that refuses to be written."""
    place = tmp_path / "read-only"
    place.mkdir()
    mounted = subprocess.run(["mount", "--bind", str(built[0]), str(place)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_read_only_folder_is_searched(read_only: Path) -> None:
    engine = EmbeddedStore(read_only)
    with pytest.raises(OSError, match="Read-only"):
        (read_only / "anything").touch()
    assert answer_of(engine) == whole(2)
    engine.close()


@pytest.mark.slow
def test_the_words_of_a_read_only_folder_open_many_times_and_leave_nothing(
    read_only: Path, built: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of tantivy takes its lock again while the links are removed: one opening in forty failed on a busy machine."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = read_only / COLLECTION / built[1] / "words"
    with ThreadPoolExecutor(4) as at_once:
        assert len(list(at_once.map(lambda _: Words(folder, 140), range(400)))) == 400
    assert not list(tmp_path.glob("vivier-words-*"))

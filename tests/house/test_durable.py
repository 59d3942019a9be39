"""What a killed process left of a file or of a folder goes with the next one; what a process at work holds stays."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from vivier import durable
from vivier.durable import LargeFile, unfinished, write_whole


def test_a_file_replaced_takes_away_what_killed_processes_left(tmp_path: Path) -> None:
    path, left, held, other = (tmp_path / name for name in ("a.csv", "a.csv.12.tmp", "a.csv.13.tmp", "b.csv.12.tmp"))
    for beside in (left, held, other):
        beside.write_text("half")
    with held.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_whole(path, b"whole", mode=0o600)
    assert path.read_bytes() == b"whole" and path.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [path, held, other]


def test_an_unfinished_folder_is_removed_at_the_end_or_by_the_next_one(tmp_path: Path) -> None:
    (tmp_path / ".work-left").mkdir()
    (tmp_path / ".work-left" / "copy").write_text("private")
    with unfinished(tmp_path, ".work-") as mine:
        assert list(tmp_path.iterdir()) == [mine] and mine.stat().st_mode & 0o077 == 0
        with unfinished(tmp_path, ".work-") as beside:
            assert {mine, beside} == set(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_a_large_file_holds_what_was_written_while_its_disk_was_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "_STEP", 4)
    file = LargeFile(tmp_path / "large")
    assert [file.write(content) for content in (b"abcd", b"efgh", b"i")] == [4, 4, 1]
    file.close()
    assert (tmp_path / "large").read_bytes() == b"abcdefghi"

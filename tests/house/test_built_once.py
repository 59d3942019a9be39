"""What is built once a run: one process fills it, each test has a copy of its own, a build that fails leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.built import built, copy_of


def test_it_is_built_once_and_a_copy_may_be_written_in(tmp_path: Path) -> None:
    filled: list[Path] = []

    def fill(folder: Path) -> None:
        filled.append(folder)
        (folder / "live").write_text("first", encoding="utf8")

    name = f"test-{tmp_path.name}"
    one, other = (copy_of(name, fill, tmp_path / each) for each in ("one", "other"))
    (one / "live").write_text("changed", encoding="utf8")
    assert len(filled) == 1
    assert [(folder / "live").read_text("utf8") for folder in (other, built(name, fill))] == ["first", "first"]


def test_a_build_that_fails_is_not_handed_out(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "live").write_text("half", encoding="utf8")
        raise ValueError("half")

    name = f"failed-{tmp_path.name}"
    for _ in range(2):
        with pytest.raises(ValueError, match="half"):
            built(name, fail)

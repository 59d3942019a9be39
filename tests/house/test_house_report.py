"""The report on the house: what it counts, on a small house made for it and on this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.house_report import long_files, measured, report, room_of, unused_names

pytestmark = pytest.mark.slow

_SHORT = "def short() -> int:\n    return 1\n"
_LONG = 'def long(a: int) -> int:\n    """A docstring\n    is not counted."""\n    a += 1\n    a += 2\n    return a\n'


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for name, text in {
        "vivier/desk/method/a.py": _LONG,
        "vivier/b.py": _SHORT + "from vivier.desk.method.a import long\n",
        "vivier/c.py": "#\n" * 351,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf8")
    return tmp_path


def test_a_folder_of_the_domain_is_a_room_and_its_loose_files_are_another() -> None:
    names = ("vivier/desk/method/a.py", "vivier/b.py", "crawlers/kit/c.py")
    assert [room_of(Path(name)) for name in names] == ["vivier/desk", "vivier", "crawlers"]


def test_files_and_lines_are_counted_by_room(small: Path) -> None:
    assert {room.name: (room.files, room.lines) for room in measured(small)} == {
        "vivier": (2, 354),
        "vivier/desk": (1, 6),
    }


def test_a_function_is_as_long_as_its_body_without_its_docstring(small: Path) -> None:
    (desk,) = (room for room in measured(small) if room.name == "vivier/desk")
    assert (desk.median, desk.longest) == (3, "long (3, vivier/desk/method/a.py:1)")


def test_a_file_over_the_limit_is_named_with_its_lines(small: Path) -> None:
    assert long_files(small) == [("vivier/c.py", 351)]


def test_a_name_that_nothing_uses_is_named(small: Path) -> None:
    assert unused_names(small) == ["vivier/b.py: short"]


def test_the_report_on_this_house_has_every_part() -> None:
    text = "\n".join(report())
    assert all(f"\n{title}" in text for title in ("Files over 350 lines:", "Circles of imports:", "Names never used:"))

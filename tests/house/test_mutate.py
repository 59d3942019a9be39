"""The faults that ``scripts.mutate`` plants: all of them are Python, drawn alike by one seed, and seen by a test that looks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts.mutate import QUICK, ROOMS, ROOT, Fault, coming_to, drawn, faults, is_seen, marked, place_of

ADULT = Path("vivier/adult.py")
SOURCE = '''
def adult(age: int, known: bool = True) -> bool:
    """« Majeur » à 18 ans."""
    return known and not age < 18
'''


def planted(source: str) -> list[str]:
    return [fault.planted(source.encode()).decode() for fault in faults(ADULT, source)]


def test_a_comparison_a_constant_a_boolean_and_a_value_returned_are_changed() -> None:
    (line,) = (line for line in SOURCE.splitlines() if "return" in line)
    assert {text.splitlines()[-1].strip() for text in planted(SOURCE)} == {
        "return None",
        "return (known or not age < 18)",
        "return known and (age < 18)",
        "return known and not (age <= 18)",
        "return known and not age < (19)",
    }
    assert all(text.count("\n") == SOURCE.count("\n") and line not in text for text in planted(SOURCE))


def test_what_no_test_may_see_is_left_as_it_is() -> None:
    lines = (
        '_LOG.info("Lu", 3)',
        "f = lru_cache(maxsize=9)(g)",
        'text = f"{3 + 4}"',
        'x = cast("Literal[3]", y)',
        "zip(y, y, strict=True)",
    )
    assert planted("def f(y):\n    " + "\n    ".join(lines)) == []


@pytest.mark.slow
def test_what_is_drawn_is_python_comes_from_every_room_and_is_the_same_for_one_seed() -> None:
    found = drawn(ROOT, 7, 60)
    assert list(map(str, found)) == list(map(str, drawn(ROOT, 7, 60))) != list(map(str, drawn(ROOT, 8, 60)))
    assert {fault.file.parts[0] for fault in found} == set(ROOMS)
    for fault in found:
        source = (ROOT / fault.file).read_bytes()
        assert ast.dump(ast.parse(fault.planted(source))) != ast.dump(ast.parse(source)), fault
        ast.parse(marked(source.decode(), {place_of(fault.node): 1}))


def test_the_quick_tests_are_those_of_make_check() -> None:
    assert f'-m "{QUICK}"' in (ROOT / "Makefile").read_text(encoding="utf8")


def test_a_mark_is_passed_before_its_place_and_changes_nothing() -> None:
    fault = next(fault for fault in faults(ADULT, SOURCE) if isinstance(fault.node, ast.Compare))
    assert "not (__import__('_passed').here(3), age < 18)[1]" in marked(SOURCE, {place_of(fault.node): 3})


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A house of one function, with a test that looks at it, one that does not, and one that never comes there."""
    (tmp_path / "vivier").mkdir()
    (tmp_path / ADULT).write_text(SOURCE, encoding="utf8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nmarkers = ["node", "browser", "slow", "long"]\npythonpath = [".", "vivier"]\n',
        encoding="utf8",
    )
    begun = "from adult import adult\n\ndef test_seventeen():\n    "
    for name, body in {"looks": "assert not adult(17)", "asks": "adult(17)", "away": "assert 1"}.items():
        (tmp_path / f"test_{name}.py").write_text(begun + body, encoding="utf8")
    return tmp_path


@pytest.mark.slow
def test_a_fault_is_seen_by_a_test_that_looks_there_and_the_file_is_put_back(small: Path) -> None:
    seen: dict[bool, list[Fault]] = {True: [], False: []}
    for fault in faults(ADULT, SOURCE):
        seen[is_seen(fault, small, [small / "test_looks.py"])].append(fault)
    assert [ast.unparse(fault.changed) for fault in seen[True]] == ["known or not age < 18", "age < 18"]
    assert len(seen[False]) == 3
    assert (small / ADULT).read_text(encoding="utf8") == SOURCE


@pytest.mark.slow
def test_only_the_tests_that_come_to_a_place_are_run_again(small: Path) -> None:
    found = faults(ADULT, SOURCE)
    assert coming_to(found, small, small) == [[Path("test_asks.py"), Path("test_looks.py")]] * len(found)
    assert (small / ADULT).read_text(encoding="utf8") == SOURCE

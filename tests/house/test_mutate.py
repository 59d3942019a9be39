"""The faults that ``scripts.mutate`` plants: all of them are Python, drawn alike by one seed, and seen by a test that looks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts.mutate import QUICK, ROOMS, ROOT, Fault, drawn, faults, folders_of, importers, is_seen

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


@pytest.mark.slow
def test_what_is_drawn_is_python_comes_from_every_room_and_is_the_same_for_one_seed() -> None:
    found = drawn(ROOT, 7, 60)
    assert list(map(str, found)) == list(map(str, drawn(ROOT, 7, 60))) != list(map(str, drawn(ROOT, 8, 60)))
    assert {fault.file.parts[0] for fault in found} == set(ROOMS)
    for fault in found:
        source = (ROOT / fault.file).read_bytes()
        assert ast.dump(ast.parse(fault.planted(source))) != ast.dump(ast.parse(source)), fault


def test_every_room_has_its_tests_and_they_are_those_of_make_check() -> None:
    files = [path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert [file for file in files if not all(folder.is_dir() for folder in folders_of(file))] == []
    assert f'-m "{QUICK}"' in (ROOT / "Makefile").read_text(encoding="utf8")


def test_a_test_of_another_folder_that_imports_the_module_is_run() -> None:
    pages = ROOT / "tests" / "search_api" / "pages"
    assert importers(Path("vivier/given/readings.py")) == [pages / "test_reading_corrected.py"]
    assert ROOT / "tests" / "cli" / "test_cli.py" not in importers(Path("vivier/cli/scaffolding.py"))


@pytest.mark.slow
def test_a_fault_is_seen_by_a_test_that_looks_there_and_the_file_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "vivier").mkdir()
    (tmp_path / ADULT).write_text(SOURCE, encoding="utf8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nmarkers = ["node", "browser", "slow", "long"]\npythonpath = ["vivier"]\n',
        encoding="utf8",
    )
    test = tmp_path / "test_adult.py"
    test.write_text("from adult import adult\n\ndef test_seventeen():\n    assert not adult(17)\n", encoding="utf8")
    seen: dict[bool, list[Fault]] = {True: [], False: []}
    for fault in faults(ADULT, SOURCE):
        seen[is_seen(fault, tmp_path, [test])].append(fault)
    assert [ast.unparse(fault.changed) for fault in seen[True]] == ["known or not age < 18", "age < 18"]
    assert len(seen[False]) == 3
    assert (tmp_path / ADULT).read_text(encoding="utf8") == SOURCE

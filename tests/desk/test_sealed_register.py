"""The register of verdicts: no line can change, leave or come in after it is sealed without a word."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vivier.desk.sealed.register import GENESIS, Register, RegisterDamaged, sha256


@pytest.fixture
def register(tmp_path: Path) -> Register:
    made = Register(tmp_path / "verdicts" / "register.jsonl")
    made.append({"kind": "verdict", "notice": f"n{n}", "chance": n / 10} for n in range(5))
    return made


def rewritten(register: Register, change: object) -> list[str]:
    """What a check says once ``change`` was applied to the lines of the file."""
    lines = register.path.read_text(encoding="utf8").splitlines()
    register.path.write_text("".join(f"{line}\n" for line in change(lines)), encoding="utf8")  # type: ignore[operator]
    return [altered.text for altered in register.check().altered]


def test_each_line_follows_the_one_before(register: Register) -> None:
    first, *others = register.lines()
    assert (first["number"], first["previous"], first["sha256"]) == (1, GENESIS, sha256(first))
    assert [line["previous"] for line in others] == [line["sha256"] for line in (first, *others)][:-1]
    assert register.check() == register.append(())


def test_an_altered_line_is_named_and_nothing_is_added_after_it(register: Register) -> None:
    assert rewritten(register, lambda lines: [line.replace("0.2", "0.9") for line in lines]) == [
        "ligne 3 : changée depuis son scellé"
    ]
    size = register.path.stat().st_size
    with pytest.raises(RegisterDamaged, match="ligne 3"):
        register.append([{"kind": "verdict"}])
    assert register.path.stat().st_size == size


def test_a_line_altered_with_its_hash_breaks_the_chain(register: Register) -> None:
    def forge(lines: list[str]) -> list[str]:
        forged = json.loads(lines[1]) | {"chance": 0.99}
        lines[1] = json.dumps(forged | {"sha256": sha256(forged)}, sort_keys=True, separators=(",", ":"))
        return lines

    [found] = rewritten(register, forge)
    assert found.startswith("ligne 3 : ne suit pas la précédente")


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:2] + lines[3:],
        lambda lines: [*lines[:2], lines[3], lines[2], lines[4]],
        lambda lines: [*lines[:2], lines[0], *lines[2:]],
        lambda lines: [*lines[:2], "{}", *lines[2:]],
        lambda lines: [lines[0] + " ", *lines[1:]],
        lambda lines: ["pas du JSON", *lines[1:]],
    ],
)
def test_no_line_leaves_moves_or_comes_in_unseen(register: Register, change: object) -> None:
    assert rewritten(register, change)


def test_lines_cut_at_the_end_are_seen_by_who_noted_the_head(register: Register) -> None:
    head = register.check().head
    assert register.check(head).known
    assert rewritten(register, lambda lines: lines[:-1]) == []
    assert not register.check(head).known


def test_what_a_killed_process_left_of_a_line_was_never_sealed(register: Register) -> None:
    head = register.check().head
    with register.path.open("ab") as file:
        file.write(b'{"kind":"verd')
    assert register.check().head == head and len(list(register.lines())) == 5
    assert register.append([{"kind": "verdict", "notice": "n5"}]).lines == 6
    assert register.check().altered == ()


def test_processes_that_seal_at_once_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "register.jsonl"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: Register(path).append([{"n": n}, {"n": n}]), range(8)))
    found = Register(path).check()
    assert (found.lines, found.altered) == (16, ())


def test_the_file_is_its_owner_s_alone(register: Register) -> None:
    assert register.path.stat().st_mode & 0o077 == 0


def test_no_file_is_an_empty_register(tmp_path: Path) -> None:
    register = Register(tmp_path / "none.jsonl")
    assert (register.check().lines, register.check().head, list(register.lines()), register.mark) == (
        0,
        GENESIS,
        [],
        (0, 0),
    )

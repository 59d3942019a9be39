"""Plants small faults, one at a time, and counts those that quick tests see: ``python -m scripts.mutate --seed 7``.

A room is drawn, then a file, then a comparison, a constant, a boolean, a sum or a value returned. In a copy of what the index of git holds, the quick
tests run once with a mark in each place drawn, which says what tests come there; then the fault is planted and those alone run again, which
pass without it (``make check``). A fault that no test sees is a test to write, or code that does nothing.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from scripts.house_report import room_of

ROOT = Path(__file__).parents[1]
ROOMS = ("vivier", "crawlers", "indexer", "search_api")
QUICK = "not node and not browser and not slow and not long"
EVERY: Final = Path("tests")
"""What runs for a place that is passed when its module is imported, before any test."""
_MARK: Final = """import os
_seen = set()

def here(number):
    test = os.environ.get("PYTEST_CURRENT_TEST", "tests").partition("::")[0]
    if (number, test) not in _seen:
        _seen.add((number, test))
        with open(__file__ + ".txt", "a") as file:
            file.write(f"{number} {test}\\n")
"""
"""A module of the copy: it notes the file of each test that comes to a place."""
_PAIRS = ("Lt LtE", "Gt GtE", "Eq NotEq", "In NotIn", "Is IsNot", "And Or", "Add Sub", "Mult Div")
_TYPES = [[getattr(ast, name) for name in pair.split()] for pair in _PAIRS]
_OTHER: dict[type[ast.AST], Any] = {one: other for pair in _TYPES for one, other in (pair, reversed(pair))}


@dataclass(frozen=True)
class Fault:
    """A change of an expression or a statement of a file."""

    file: Path
    node: ast.expr | ast.stmt
    changed: ast.expr | ast.stmt

    def __str__(self) -> str:
        before, after = (ast.unparse(node).replace("\n", " ")[:70] for node in (self.node, self.changed))
        return f"{self.file}:{self.node.lineno} : {before} -> {after}"

    def planted(self, source: bytes) -> bytes:
        """The source of the file with the fault. Columns of a syntax tree count bytes."""
        starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
        start = starts[self.node.lineno - 1] + self.node.col_offset
        end = starts[(self.node.end_lineno or 0) - 1] + (self.node.end_col_offset or 0)
        text = ast.unparse(self.changed).encode()
        return source[:start] + (b"(%b)" % text if isinstance(self.changed, ast.expr) else text) + source[end:]


def faults(file: Path, source: str) -> list[Fault]:
    """Every fault that may be planted in the functions of a file."""
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    nodes = dict.fromkeys(node for function in functions for line in function.body for node in _below(line))
    return [Fault(file, node, other) for node in nodes for other in _others(node)]


def _below(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The node and those below it, but what no test may see (:func:`_is_out`)."""
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    for child in ast.iter_child_nodes(node):
        if not _is_out(child):
            yield from _below(child)


def _is_out(node: ast.AST) -> bool:
    """Whether a part is left as it is: a formatted text, whose places Python 3.11 does not know, a pattern, which is not computed, an annotation,
    a line of the log, the number of things that a cache remembers, the guard of two lists of one length."""
    match node:
        case ast.JoinedStr() | ast.pattern() | ast.arg():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="LOG" | "_LOG"))):
            return True
        case ast.keyword(arg="maxsize" | "strict"):
            return True
        case ast.Call(func=ast.Name(id="cast")):
            return True
    return False


def _others(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.Compare(left, [first, *rest], compared):
            yield ast.Compare(left, [_OTHER[type(first)](), *rest], compared)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(_OTHER[type(operator)](), values)
        case ast.UnaryOp(ast.Not(), denied):
            yield denied
        case ast.BinOp(left, operator, right) if type(operator) in _OTHER and not isinstance(left, ast.Constant):
            yield ast.BinOp(left, _OTHER[type(operator)](), right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))


def drawn(root: Path, seed: int, count: int) -> list[Fault]:
    """As many faults as asked, each room in turn in an order that the seed draws."""
    rooms: dict[str, list[Path]] = {}
    for path in sorted(path.relative_to(root) for room in ROOMS for path in (root / room).rglob("*.py")):
        rooms.setdefault(room_of(path), []).append(path)
    dice, found = random.Random(seed), list[Fault]()
    order = dice.sample(sorted(rooms), len(rooms))
    while len(found) < count:
        file = dice.choice(rooms[order[len(found) % len(order)]])
        if several := faults(file, (root / file).read_text(encoding="utf8")):
            found.append(dice.choice(several))
    return found


class _Marked(ast.NodeTransformer):
    """A tree whose places drawn say that they are passed, before they are computed."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._numbers = numbers

    def visit(self, node: ast.AST) -> ast.AST:
        """A value that was drawn, or that a statement drawn returns, is preceded by its mark."""
        number = self._numbers.get(place_of(node)) if isinstance(node, ast.expr | ast.stmt) else None
        node = super().visit(node)
        if number is None:
            return node
        mark = f"__import__('_passed').here({number})"
        if isinstance(node, ast.stmt):
            return ast.parse(f"if {mark} is None:\n    {ast.unparse(node)}").body[0]
        return ast.parse(f"({mark}, ({ast.unparse(node)}))[1]", mode="eval").body


def place_of(node: ast.expr | ast.stmt) -> str:
    """Where a node stands in its file."""
    return f"{type(node).__name__} {node.lineno} {node.col_offset} {node.end_lineno} {node.end_col_offset}"


def marked(source: str, numbers: Mapping[str, int]) -> str:
    """The source of a file with a mark in each of these places."""
    return ast.unparse(ast.fix_missing_locations(_Marked(numbers).visit(ast.parse(source))))


def coming_to(faults: Sequence[Fault], root: Path, tests: Path = EVERY) -> list[list[Path]]:
    """The files of the quick tests that come to each fault, those of its room first; empty for a place to which none comes.

    A table that a process keeps is read in the first test that asks for it, and used by others: the tests of the room of the fault are added."""
    places: dict[Path, dict[str, int]] = defaultdict(dict)
    for number, fault in enumerate(faults):
        places[fault.file].setdefault(place_of(fault.node), number)
    before = {file: (root / file).read_bytes() for file in places}
    (root / "_passed.py").write_text(_MARK, encoding="utf8")
    notes = root / "_passed.py.txt"
    notes.touch()
    for file, numbers in places.items():
        (root / file).write_text(marked(before[file].decode(), numbers), encoding="utf8")
    ran = _run(root, [tests], 3_000, "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    assert ran in (0, 1), f"the marked tests did not run: {ran}"
    for file, source in before.items():
        (root / file).write_bytes(source)
    found: dict[int, set[Path]] = defaultdict(set)
    for note in notes.read_text(encoding="utf8").splitlines():
        where, _, test = note.partition(" ")
        found[int(where)].add(Path(test))
    came = (found[places[fault.file][place_of(fault.node)]] for fault in faults)
    return [
        [*dict.fromkeys((*_nearest_first(fault.file, files - {EVERY} or files), *_of_room(fault.file, root)))]
        if files
        else []
        for fault, files in zip(faults, came, strict=True)
    ]


def _nearest_first(file: Path, tests: Iterable[Path]) -> list[Path]:
    return sorted(tests, key=lambda test: (file.parent.name not in test.parts, test))


def _of_room(file: Path, root: Path) -> Iterator[Path]:
    """The tests of the folder of the same name: those of ``vivier/desk/tell`` are in ``tests/desk``."""
    own = file.parts[1:-1] if file.parts[0] == "vivier" else file.parts[:-1]
    folders = (root.joinpath(EVERY, *own[:depth]) for depth in range(len(own), 0, -1))
    nearest = next((folder for folder in folders if folder.is_dir()), None)
    yield from () if nearest is None else (test.relative_to(root) for test in sorted(nearest.glob("test_*.py")))


def is_seen(fault: Fault, root: Path, tests: Iterable[Path]) -> bool:
    """Whether a quick test fails, or none can begin, once the fault is planted in ``root``; the file is then put back."""
    source = (root / fault.file).read_bytes()
    (root / fault.file).write_bytes(fault.planted(source))
    try:
        return not pass_quickly(root, tests)
    finally:
        (root / fault.file).write_bytes(source)


def pass_quickly(root: Path, tests: Iterable[Path]) -> bool:
    """Whether these quick tests pass, in ten minutes at most."""
    return _run(root, tests, 600, "-x") == 0


def _run(root: Path, tests: Iterable[Path], seconds: int, *options: str) -> int | None:
    """The exit code of these quick tests; ``None`` after too long."""
    command = [sys.executable, "-m", "pytest", "-q", *options, "-m", QUICK, "-p", "no:cacheprovider", *map(str, tests)]
    own = {**os.environ, "PYTHONPATH": str(root)}
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(command, cwd=root, env=own, capture_output=True, timeout=seconds, check=False).returncode
    return None


def main(asked: Sequence[str] | None = None) -> None:
    """Plants faults and prints the share of them that were seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=12)
    options = parser.parse_args(asked)
    seen = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        subprocess.run(["git", "checkout-index", "--all", f"--prefix={folder}/"], cwd=ROOT, check=True)
        found = drawn(root, options.seed, options.count)
        for fault, tests in zip(found, coming_to(found, root), strict=True):
            seen += (killed := bool(tests) and is_seen(fault, root, tests))
            print("seen    " if killed else "NOT SEEN" if tests else "NOT RUN ", fault, flush=True)
    print(f"{seen} of {options.count} seen")


if __name__ == "__main__":
    main()

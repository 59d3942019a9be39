"""Plants small faults, one at a time, and counts those that quick tests see: ``python -m scripts.mutate --seed 7``.

A room is drawn, then a file, then a comparison, a constant, a boolean, a sum or a value returned. The quick tests of the room
and those that import the file run in a copy of what the index of git holds. A fault that no test sees is a test to write, or code that does nothing.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from scripts.house_report import room_of

ROOT = Path(__file__).parents[1]
ROOMS = ("vivier", "crawlers", "indexer", "search_api")
QUICK = "not node and not browser and not slow and not long"
TESTED_IN = {
    "vivier": ("house", "indexer", "suppliers", "resources"),
    "vivier/law": ("mappings", "desk"),
    "vivier/lists": ("search_api", "contracts"),
    "vivier/model": ("indexer", "suppliers", "crawlers"),
    "vivier/runs": ("indexer", "crawlers"),
    "vivier/search": ("suppliers", "engine", "search_api"),
    "vivier/settings": ("house", "cli"),
}
"""Folders of ``tests`` of the rooms whose name none bears."""
_FEW = 12
"""Tests of other folders that are run: what more of them import would take too long, and the tests of its room see it."""
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
    """The node and those below it, but those of a formatted text, whose places Python 3.11 does not know."""
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _below(child)


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


def folders_of(file: Path, root: Path = ROOT) -> list[Path]:
    """The folders of the tests of the room of a file."""
    room = room_of(file)
    return [root / "tests" / name for name in TESTED_IN.get(room, (room.rpartition("/")[2],))]


def importers(file: Path, root: Path = ROOT) -> list[Path]:
    """The tests of other folders that import the module of a file, when they are few."""
    *above, name = file.parent.parts if file.name == "__init__.py" else file.with_suffix("").parts
    module = re.escape(".".join((*above, name)))
    imports = re.compile(rf"^ *((from|import) {module}( |$)|from {'.'.join(above)} import .*\b{name}\b)", re.MULTILINE)
    folders = {*folders_of(file, root)}
    others = (path for path in sorted((root / "tests").rglob("test_*.py")) if folders.isdisjoint(path.parents))
    found = [path for path in others if imports.search(path.read_text(encoding="utf8"))]
    return found if len(found) <= _FEW else []


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
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", QUICK, "-p", "no:cacheprovider", *map(str, tests)]
    own = {**os.environ, "PYTHONPATH": str(root)}
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(command, cwd=root, env=own, capture_output=True, timeout=600, check=False).returncode == 0
    return False


def main(asked: Sequence[str] | None = None) -> None:
    """Plants faults and prints the share of them that were seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=12)
    options = parser.parse_args(asked)
    seen = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "checkout-index", "--all", f"--prefix={folder}/"], cwd=ROOT, check=True)
        for fault in drawn(Path(folder), options.seed, options.count):
            root = Path(folder)
            tests = [*folders_of(fault.file, root), *importers(fault.file, root)]
            assert pass_quickly(Path(folder), tests), f"mend them first: {tests}"
            seen += (killed := is_seen(fault, Path(folder), tests))
            print("seen    " if killed else "NOT SEEN", fault, flush=True)
    print(f"{seen} of {options.count} seen")


if __name__ == "__main__":
    main()

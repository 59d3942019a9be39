"""Reports the size and the shape of the code: ``python -m scripts.house_report``.

The report never fails: ruff refuses a function with too many statements or branches, the tests refuse a circle of imports. It
shows the other figures to those who judge whether a room reads well.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low

from tests.house.walk import ROOMS, ROOT, circles, import_graph, parsed, statements

OUTSIDE = ("scripts", "benchmarks", "tests")
MOST_LINES = 350
"""Lines from which a file is reported: a longer file often does two things."""
_NAMES_IN = ("py", "html", "json", "toml")


@dataclass(frozen=True)
class Function:
    """A function or a method. ``lines``: number of lines of its body, docstring left out."""

    name: str
    place: str
    lines: int


@dataclass(frozen=True)
class Room:
    """The Python files of a room, their lines, and their functions from the shortest to the longest."""

    name: str
    files: int
    lines: int
    functions: tuple[Function, ...]

    @property
    def median(self) -> int:
        """Lines of the median function; 0 for a room without functions."""
        return median_low(found.lines for found in self.functions) if self.functions else 0

    @property
    def longest(self) -> str:
        """The longest function, with its lines and its place."""
        return "{0.name} ({0.lines}, {0.place})".format(self.functions[-1]) if self.functions else ""


def room_of(path: Path) -> str:
    """The room of a file by its path in the repository: ``vivier/desk``, or ``vivier`` for its loose files."""
    domain = path.parts[0] == "vivier" and len(path.parts) > 2
    return "/".join(path.parts[: 2 if domain else 1])


def measured(root: Path = ROOT) -> list[Room]:
    """The rooms of the house, then tests and tools, by name."""
    rooms: dict[str, list[Path]] = defaultdict(list)
    for path in _files(root):
        rooms[room_of(path)].append(path)
    return [_room(root, name, paths) for name, paths in sorted(rooms.items())]


def long_files(root: Path = ROOT) -> list[tuple[str, int]]:
    """Files of more than 350 lines with their lines, the longest first."""
    lines = [(path.as_posix(), _lines(root / path)) for path in _files(root)]
    return sorted((found for found in lines if found[1] > MOST_LINES), key=lambda found: -found[1])


def unused_names(root: Path = ROOT) -> list[str]:
    """Names defined at the top of a module that no code, template or table uses elsewhere. Decorated definitions are left out: a
    decorator may register them."""
    words: Counter[str] = Counter()
    for folder in (*ROOMS, *OUTSIDE):
        for path in (found for kind in _NAMES_IN for found in (root / folder).rglob(f"*.{kind}")):
            words.update(re.findall(r"\w+", path.read_text(encoding="utf8", errors="replace")))
    house = (path for path in _files(root) if path.parts[0] in ROOMS)
    return [f"{path.as_posix()}: {name}" for path in house for name in _defined(root / path) if words[name] == 1]


def report() -> Iterator[str]:
    """The report on this repository, line by line."""
    rooms = measured()
    inside = [room for room in rooms if room.name.partition("/")[0] in ROOMS]
    yield f"The house: {sum(r.lines for r in inside):,} lines, {sum(r.files for r in inside)} files, {len(inside)} rooms."
    yield f"\n{'room':20} {'files':>5} {'lines':>7} {'median':>6}  longest function (lines of its body)"
    for room in rooms:
        yield f"{room.name:20} {room.files:5} {room.lines:7,} {room.median:6}  {room.longest}"
    yield from _section(f"Files over {MOST_LINES} lines", [f"{name} ({lines})" for name, lines in long_files()])
    yield from _section("Circles of imports", [" <-> ".join(circle) for circle in circles(import_graph())])
    yield from _section("Names never used", unused_names())


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield f"\n{title}: {len(lines) or 'none'}"
    yield from (f"  {line}" for line in lines)


def _files(root: Path) -> list[Path]:
    """Python files of the rooms, the tests and the tools, relative to the root."""
    found = (path for folder in (*ROOMS, *OUTSIDE) for path in (root / folder).rglob("*.py"))
    return sorted(path.relative_to(root) for path in found)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _room(root: Path, name: str, paths: Iterable[Path]) -> Room:
    paths = tuple(paths)
    functions = sorted((found for path in paths for found in _functions(root, path)), key=lambda found: found.lines)
    return Room(name, len(paths), sum(_lines(root / path) for path in paths), tuple(functions))


def _functions(root: Path, path: Path) -> Iterator[Function]:
    for node in statements(parsed(root / path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            yield Function(node.name, f"{path.as_posix()}:{node.lineno}", lines)


def _defined(path: Path) -> Iterator[str]:
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


if __name__ == "__main__":
    print(*report(), sep="\n")

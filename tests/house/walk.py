"""What the tests of the house share: its rooms, their modules, and what each module imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("vivier", "mappings", "crawlers", "indexer", "search_api")


@dataclass(frozen=True)
class Import:
    """One import: the module it stands in, the line, the dotted name it brings."""

    module: str
    line: int
    target: str

    @property
    def room(self) -> str:
        return self.target.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


@cache
def modules() -> dict[str, Path]:
    """Every module of the house by dotted name."""
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {_dotted(path): path for path in paths}


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def tree(module: str) -> ast.Module:
    return parsed(modules()[module])


@cache
def parsed(path: Path) -> ast.Module:
    """The tree of a file, read once."""
    return ast.parse(path.read_text(encoding="utf8"))


@cache
def imports(module: str) -> tuple[Import, ...]:
    """Every import of a module, those inside functions and under TYPE_CHECKING included."""
    return tuple(_imports(module))


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements below a node: the expressions in them hold no import, and are most of a tree."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        for child in getattr(node, name, ()):
            if isinstance(child, ast.stmt):
                yield child
            yield from statements(child)


def _imports(module: str) -> Iterator[Import]:
    for node in statements(tree(module)):
        if isinstance(node, ast.Import):
            yield from (Import(module, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            yield Import(module, node.lineno, base)
            yield from (Import(module, node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _base(module: str, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = modules()[module].parent.relative_to(ROOT).parts
    kept = package[: len(package) - node.level + 1]
    return ".".join((*kept, *([node.module] if node.module else [])))


def all_imports() -> list[Import]:
    """Every import of the house."""
    return [found for module in modules() for found in imports(module)]


def import_graph() -> dict[str, set[str]]:
    """The modules of the house that each of them imports, at run time or for types only.

    ``from vivier.territory import ids`` asks for the file ``ids.py``, not for what the package brings together.
    """
    return {module: set(_files(module)) - {module} for module in modules()}


def _files(module: str) -> Iterator[str]:
    for node in statements(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom) and (base := _base(module, node)) in modules():
            named = [f"{base}.{alias.name}" for alias in node.names]
            yield from (name if name in modules() else base for name in named)


def circles(graph: Mapping[str, Set[str]]) -> list[tuple[str, ...]]:
    """Groups of modules that import one another in a circle, each in alphabetical order."""
    reached = {module: _reachable(graph, module) for module in graph}
    groups = {
        tuple(sorted(other for other in reached[module] if module in reached[other]))
        for module in graph
        if module in reached[module]
    }
    return sorted(groups)


def _reachable(graph: Mapping[str, Set[str]], start: str) -> set[str]:
    """Modules that an import of ``start`` leads to; ``start`` is among them when it is on a circle."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - reached
        reached |= new
        waiting.extend(new)
    return reached

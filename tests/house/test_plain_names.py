"""Names are the terms of the field (CONTRIBUTING, « How we write »): words of the house's old dialect are refused as names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.house.walk import ROOT, modules, tree

DONE = (
    "benchmarks",
    "crawlers",
    "indexer",
    "scripts",
    "search_api",
    "vivier/cli",
    "vivier/contracts",
    "vivier/desk",
    "vivier/dossiers",
    "vivier/engine",
    "vivier/exports",
    "vivier/given",
    "vivier/law",
    "vivier/mail",
    "vivier/model",
    "vivier/needs",
    "vivier/privacy",
    "vivier/runs",
    "vivier/search",
    "vivier/suppliers",
    "vivier/territory",
    "vivier/text",
    "vivier/trades",
)
"""Folders whose names are checked. To widen: add a folder, run this file, rename what it lists."""
LOOSE = ("vivier",)
"""Folders whose own files are checked, without those of their sub-folders."""
INSTEAD = {
    "told": "described, reported, mention, or what it is: row, message, counts",
    "said": "declared, written, provenance, or what it is: cells, codes, answer",
    "stands": "exists, is_in_force, position",
    "asked": "query, requested, parameters",
    "held": "retained, valid, in_force, covered",
    "kept": "retained, chosen, remaining, or what it is: file, records",
    "one": "the noun of the collection: supplier, contract, row, node",
}
KEYS = frozenset(
    (
        ("crawlers/websites/model.py", "told"),
        ("crawlers/websites/model.py", "asked"),
        ("crawlers/writer.py", "kept"),
        ("vivier/desk/tell/ledger_shapes.py", "said"),
        ("vivier/dossiers/data.py", "kept"),
        ("vivier/runs/freshness.py", "kept"),
        ("vivier/runs/ledger.py", "kept"),
        ("vivier/runs/records.py", "kept"),
    )
)
"""Fields whose name is a key of a file or of an answer: renaming them would change what is written."""


def bound(code: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything that ``code`` names: arguments, variables, attributes set, functions, classes."""
    for node in ast.walk(code):
        match node:
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)) | ast.alias(asname=str(name)):
                yield node.lineno, name


def dialect(code: ast.AST) -> list[tuple[int, str, str]]:
    """Line, name and what to use instead, for each name that is a word of the dialect, whatever its case and underscores."""
    named = ((line, name, INSTEAD.get(name.strip("_").lower())) for line, name in bound(code))
    return [(line, name, instead) for line, name, instead in named if instead is not None]


def is_checked(path: str) -> bool:
    """Whether a file is in a folder of :data:`DONE`, or is an own file of one of :data:`LOOSE`."""
    return path.startswith(tuple(f"{folder}/" for folder in DONE)) or path.rpartition("/")[0] in LOOSE


@cache
def found() -> list[tuple[str, int, str, str]]:
    """Path, line, name and what to use instead, in every file that :func:`is_checked`."""
    paths = {module: path.relative_to(ROOT).as_posix() for module, path in modules().items()}
    return [(path, *named) for module, path in paths.items() if is_checked(path) for named in dialect(tree(module))]


@pytest.mark.slow
def test_names_are_not_words_of_the_dialect() -> None:
    wrong = [
        f"{path}:{line} {name}: use {instead}" for path, line, name, instead in found() if (path, name) not in KEYS
    ]
    assert wrong == [], "\n".join(wrong)


def test_every_folder_of_the_list_holds_modules() -> None:
    """A folder that moved would be left unread without a word."""
    assert [folder for folder in DONE if not any((ROOT / folder).rglob("*.py"))] == []
    assert [folder for folder in LOOSE if not any((ROOT / folder).glob("*.py"))] == []


@pytest.mark.slow
def test_every_key_that_is_let_through_is_still_there() -> None:
    assert KEYS - {(path, name) for path, _, name, _ in found()} == set()


@pytest.mark.parametrize(
    "code",
    [
        "told = 1",
        "told: int = 1",
        "self.told = 1",
        "def told(): pass",
        "class Told: pass",
        "def f(told): pass",
        "def f(*, told=1): pass",
        "def f(**told): pass",
        "lambda told: 1",
        "[1 for told in ()]",
        "for a, told in (): pass",
        "with f() as told: pass",
        "import a as told",
        "if (told := 1): pass",
        "try: pass\nexcept E as told: pass",
        "match 1:\n    case told: pass",
        "match 1:\n    case [*told]: pass",
        "match 1:\n    case {**told}: pass",
        "_told = 1",
        "TOLD = 1",
    ],
)
def test_a_word_of_the_dialect_is_found_wherever_it_is_a_name(code: str) -> None:
    assert [INSTEAD["told"]] == [instead for _, _, instead in dialect(ast.parse(code))]


@pytest.mark.parametrize(
    "code", ["tolled = 1", "'told'", "# told", "row.told", "f(told=1)", "x = told", "from a import Told", "told_on = 1"]
)
def test_a_use_or_a_longer_word_is_no_name_of_the_dialect(code: str) -> None:
    """A use follows its definition, which is checked in its own folder."""
    assert dialect(ast.parse(code)) == []

"""``docs/methods.md`` under test: its figures are those of the code, its tables those of the product, its letters follow one another."""

from __future__ import annotations

import ast
import csv
import doctest
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from string import ascii_lowercase
from typing import Final

import pytest

from scripts.docs import parameters_page
from tests.house.walk import ROOT, modules, tree
from vivier.law.parameters import parameters

PAGE: Final = ROOT / "docs" / "methods.md"
PAGES: Final = sorted(PAGE.parent.glob("*.md"))
_BLOCK: Final = re.compile(r"^```python\n(>>> .*?)^```$", re.MULTILINE | re.DOTALL)
_SECTION: Final = re.compile(r"^## \(([a-z])\) (.+)$", re.MULTILINE)
_FLAGS: Final = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@cache
def sections() -> dict[str, str]:
    """The text of each method by its letter, in the order of the page."""
    _, *parts = _SECTION.split(PAGE.read_text(encoding="utf8"))
    return dict(zip(parts[::3], parts[2::3], strict=True))


def worked(page: Path) -> Iterator[tuple[str, str]]:
    """The blocks of worked figures of a page, each with its line."""
    text = page.read_text(encoding="utf8")
    for block in _BLOCK.finditer(text):
        yield f"{page.name}:{text[: block.start()].count(chr(10)) + 1}", block[1]


WORKED: Final = dict(block for page in PAGES for block in worked(page))


def table(letter: str, heads: str) -> list[list[str]]:
    """The rows of the table of a method whose first row begins with ``heads``, as plain text."""
    after = sections()[letter].partition(f"\n| {heads} |")[2].partition("\n\n")[0]
    return [[cell.strip().strip("`") for cell in line.strip("| ").split(" | ")] for line in after.split("\n")[2:]]


@pytest.mark.parametrize("where", WORKED)
def test_worked_figures_come_out_of_the_code(where: str) -> None:
    examples = doctest.DocTestParser().get_doctest(WORKED[where], {}, where, where, 0)
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=_FLAGS).run(examples, out=told.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(told)


def test_a_wrong_figure_is_seen() -> None:
    examples = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", "wrong", 0)
    assert doctest.DocTestRunner().run(examples, out=lambda text: None).failed == 1


def test_letters_follow_one_another_and_each_method_has_a_worked_figure() -> None:
    assert "".join(sections()) == ascii_lowercase[: len(sections())]
    assert [letter for letter, text in sections().items() if not _BLOCK.search(text)] == []


@pytest.mark.slow
def test_every_parameter_is_in_its_table_as_the_product_has_it_and_named_by_a_method() -> None:
    with (ROOT / "mappings" / "tables" / "parameters.csv").open(encoding="utf8") as lines:
        written = list(csv.DictReader(lines))
    assert {row["code"] for row in written} == parameters().keys()
    page = parameters_page.page(PAGE.read_text(encoding="utf8"))
    rows = [
        [cell.strip().strip("`") for cell in line.strip("| ").split(" | ")]
        for line in re.findall(r"^\| `.*$", page, re.M)
    ]
    names = ("code", "value", "low", "high", "unit", "since", "status", "source")
    assert [row[:-1] for row in rows] == [[row[name] for name in names] for row in written]
    assert [row[0] for row in rows if not re.fullmatch(r"\([a-z]\)( \([a-z]\))*", row[-1])] == []


def test_every_constant_of_the_table_is_the_one_of_the_code() -> None:
    rows = table("l", "constant")
    assert len(rows) > 10
    for name, shown, *_ in rows:
        module, _, constant = name.rpartition(".")
        assert float(getattr(import_module(module), constant)) == float(shown.replace(",", "")), name


def test_a_figure_beside_the_name_of_a_parameter_or_of_a_constant_is_its_value() -> None:
    """« `coverage_full` (.95) »."""
    values = {name.rpartition(".")[2]: shown.replace(",", "") for name, shown, *_ in table("l", "constant")}
    values |= {code: str(row.value) for code, row in parameters().items()}
    written = re.findall(r"`(\w+)` \(([\d.]*\d)", PAGE.read_text(encoding="utf8"))
    found = [(name, float(figure), float(values[name])) for name, figure in written if name in values]
    assert len(found) > 3
    assert [(name, figure, value) for name, figure, value in found if figure != value] == []


@pytest.mark.slow
def test_the_name_of_every_method_leads_to_its_letter() -> None:
    """A version is a name and a number (``depth-2``): the number moves with the figures, the name is in the table."""
    rows = {name: letter for name, letter, *_ in table("l", "method")}
    assert set(rows) == set(_names_of_methods())
    assert set(rows.values()) <= {f"({letter})" for letter in sections()} | {"–"}


def _names_of_methods() -> Iterator[str]:
    for module in modules():
        for node in tree(module).body:
            target = getattr(node, "target", None) or next(iter(getattr(node, "targets", ())), None)
            if isinstance(target, ast.Name) and target.id in ("METHOD_VERSION", "METHOD_VERSIONS"):
                yield from _texts(getattr(node, "value", None))


def _texts(value: ast.AST | None) -> Iterator[str]:
    found = value.values if isinstance(value, ast.Dict) else [value]
    yield from (one.value.rpartition("-")[0] for one in found if isinstance(one, ast.Constant))

"""The packages of ``vivier/`` are floors without a circle: each imports those below it only. ``docs/architecture.md`` shows the floors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import pytest

from tests.house.walk import ROOT, Import, imports, modules

FLOORS: Final[Mapping[str, tuple[str, ...]]] = {
    "base": (
        "arrays",
        "bodies",
        "durable",
        "errors",
        "french",
        "identity",
        "memory",
        "patience",
        "procurement",
        "settings",
    ),
    "tools": ("breakdowns", "check", "vocabulary", "deadline", "forked", "names", "open_files", "typography"),
    "ground": ("text", "law", "model", "trades", "belief", "privacy", "territory", "lists", "validity", "lexicon"),
    "search": ("search", "engine", "runs"),
    "suppliers": ("needs", "suppliers", "resources", "self_assessment", "support", "glossary"),
    "contracts": ("contracts",),
    "desk": ("clausier", "desk", "dossiers"),
    "files": ("exports",),
    "given": ("given", "mail", "operation"),
    "command line": ("cli",),
}
"""The floors from the lowest up; a package may import what is below its floor, and what is before it on its floor."""
ENGINE_OPENERS: Final = {"cli"}
"""Packages of ``vivier/`` that may import an engine: they join the house. The others know the port, in ``vivier/search``."""


def test_every_package_has_one_place_on_the_floors() -> None:
    named = [package for floor in FLOORS.values() for package in floor]
    assert sorted(named) == sorted({_package(module) for module in modules() if module.startswith("vivier.")})


@pytest.mark.slow
def test_a_package_imports_only_what_is_below_it() -> None:
    assert [str(found) for found in _upward(_between())] == []


@pytest.mark.slow
def test_the_domain_knows_no_engine() -> None:
    importers = {_arrow(found)[0] for found in _between() if _arrow(found)[1] == "engine"}
    assert importers == ENGINE_OPENERS


def test_an_import_from_below_to_above_is_found() -> None:
    upward = Import("vivier.search.find", 8, "vivier.suppliers.find")
    along = Import("vivier.needs.asked", 10, "vivier.suppliers.query")
    downward = Import("vivier.suppliers.find", 13, "vivier.search.port")
    assert list(_upward([upward, along, downward])) == [upward, along]


def test_the_floors_of_the_architecture_page_are_those_enforced() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf8")
    table = page.partition("| floor | packages |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([a-z ]+) \| (.+) \|$", table, re.MULTILINE)
    assert [(floor, tuple(re.findall(r"`(\w+)`", packages))) for floor, packages in rows] == list(FLOORS.items())


def _upward(found: Iterable[Import]) -> Iterator[Import]:
    """The imports of a package that is not below the importer."""
    height = {package: at for at, package in enumerate(package for floor in FLOORS.values() for package in floor)}
    return (it for it in found if height[_arrow(it)[1]] >= height[_arrow(it)[0]])


@cache
def _between() -> tuple[Import, ...]:
    """The imports of ``vivier/`` from one package to another."""
    ours = (found for module in modules() if module.startswith("vivier.") for found in imports(module))
    return tuple(found for found in ours if found.target.startswith("vivier.") and len(set(_arrow(found))) == 2)


def _arrow(found: Import) -> tuple[str, str]:
    return _package(found.module), _package(found.target)


def _package(module: str) -> str:
    """The package of ``vivier/`` that a module is in; a module of no package is its own."""
    return module.split(".")[1]

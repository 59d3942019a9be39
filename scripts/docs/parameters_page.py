"""``docs/generated/parameters.md``: the parameters of the desk, from their table, with the methods whose text names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mappings import read_table
from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole

_INTRODUCTION = """Rows of `mappings/tables/parameters.csv`, read by `vivier/law/parameters.py`. A user may give a value of the range; a value
outside it is refused. Status and methods are explained in [methods](../methods.md); the last column gives their letters."""

_SECTION: Final = re.compile(r"^## \(([a-z])\) ", re.MULTILINE)
_WORKED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADER: Final = ("code", "value", "low", "high", "unit", "since", "status", "source")


def methods(text: str) -> dict[str, str]:
    """The sections of the page on methods by letter, worked figures left out."""
    _, *parts = _SECTION.split(_WORKED.sub("", text))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def letters(name: str, sections: Mapping[str, str]) -> list[str]:
    """Letters of the methods that name a parameter, in order."""
    return [letter for letter, text in sections.items() if re.search(rf"\b{name}\b", text)]


def _rows(sections: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for row in read_table("parameters"):
        used = " ".join(f"({letter})" for letter in letters(row["code"], sections))
        yield code(row["code"]), *(row[name] for name in _HEADER[1:]), used


def page(text: str) -> str:
    """The whole page. ``text``: that of the page on methods."""
    return whole("Parameters", _INTRODUCTION, table(("parameter", *_HEADER[1:], "used in"), _rows(methods(text))))

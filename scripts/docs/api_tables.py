"""The generated tables of ``docs/api.md``: parameters of the searches that are read from models, and columns of exports.

A table is between ``<!-- table: NAME -->`` and ``<!-- end -->``; the rest of the page is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from scripts.docs.markdown import code, table
from search_api.parameters import openapi_parameters
from search_api.reference import values_text
from vivier.lexicon import load_lexicon
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.query import SupplierQuery

_TABLE: Final = re.compile(r"(<!-- table: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The page with its tables generated again. Raises ``KeyError`` for an unknown table."""
    return _TABLE.sub(lambda found: f"{found[1]}{_TABLES[found[2]]().strip()}\n{found[3]}", text)


def _parameters() -> str:
    return table(
        ("name", "meaning", "values"),
        (
            (code(parameter["name"]), parameter["description"], values_text(parameter["schema"]))
            for parameter in openapi_parameters(SupplierQuery, load_lexicon())
        ),
    )


def _columns() -> str:
    return table(("column", "header", "`fields`", "meaning"), _column_rows())


def _column_rows() -> Iterator[tuple[str, ...]]:
    for column in COLUMNS:
        part = "always" if column.part is None else code(column.part)
        yield code(column.name), column.header, part, column.meaning


_TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "parameters of suppliers": _parameters,
    "columns of exports": _columns,
}

"""``docs/generated/api-suppliers.md``: parameters of the search of suppliers, and columns of its files, read from their models."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole
from search_api.parameters import openapi_parameters
from search_api.suppliers.routes.operations import values_text
from vivier.lexicon import load_lexicon
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.query import SupplierQuery

_PARAMETERS = """Of `/v1/suppliers` and its files. How they combine is in [api](../api.md#parameters-of-v1suppliers)."""

_COLUMNS = (
    """Of `/v1/suppliers.csv`, `.xlsx` and `.jsonl`, in this order. What cells hold is in [api](../api.md#exports)."""
)


def _parameters() -> str:
    return table(
        ("name", "meaning", "values"),
        (
            (code(parameter["name"]), parameter["description"], values_text(parameter["schema"]))
            for parameter in openapi_parameters(SupplierQuery, load_lexicon())
        ),
    )


def _column_rows() -> Iterator[tuple[str, ...]]:
    for column in COLUMNS:
        part = "always" if column.part is None else code(column.part)
        yield code(column.name), column.header, part, column.meaning


def page() -> str:
    """The whole page."""
    columns = table(("column", "header", "`fields`", "meaning"), _column_rows())
    return whole(
        "API of suppliers",
        f"## Parameters\n\n{_PARAMETERS}",
        _parameters(),
        f"## Columns of files\n\n{_COLUMNS}",
        columns,
    )

"""A query as the URL that asks it: links of an answer, and what ``parse_query`` reads back to the same query."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from search_api.middleware import MAX_URL
from vivier.query import SupplierQuery

SUPPLIERS = "/v1/suppliers"
GEOJSON = "/v1/suppliers.geojson"
UNPAGED = ("page", "per_page", "facets")
"""Parameters without meaning where all matches are given at once."""


def pairs(query: SupplierQuery) -> list[tuple[str, str]]:
    """The parameters that differ from their defaults, in the order of the model."""
    found: list[tuple[str, str]] = []
    for name, info in type(query).model_fields.items():
        value = getattr(query, name)
        if value == info.default:
            continue
        if name == "near":
            found.append((name, ",".join(f"{axis!r}" for axis in value)))
        elif isinstance(value, tuple):
            found += [(name, str(one)) for one in value] or [(name, "")]
        else:
            found.append((name, str(value)))
    return found


def link(path: str, query: SupplierQuery, **changes: Any) -> str | None:
    """The URL of a query with ``changes``; ``None`` when it is too long to be one (the query must be POSTed)."""
    items = pairs(query.model_copy(update=changes))
    url = f"{path}?{urlencode(items, quote_via=quote, safe=':,')}" if items else path
    return url if len(url) <= MAX_URL else None

"""Links of an answer: the URLs of its query."""

from __future__ import annotations

from typing import Any

from search_api.middleware import MAX_URL
from vivier.search.query_url import pairs, url_of
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.whole import UNPAGED

__all__ = ["EXPORTS", "GEOJSON", "SUPPLIERS", "UNPAGED", "link", "pairs"]

SUPPLIERS = "/v1/suppliers"
GEOJSON = "/v1/suppliers.geojson"
EXPORTS = {name: f"{SUPPLIERS}.{name}" for name in ("csv", "xlsx", "jsonl")}
"""The routes of the files, by format."""


def link(path: str, query: SupplierQuery, **changes: Any) -> str | None:
    """The URL of a query with ``changes``; ``None`` when it is too long to be one (the query must be POSTed)."""
    url = url_of(path, query.changed(**changes))
    return url if len(url) <= MAX_URL else None

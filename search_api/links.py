"""Links of an answer: the URLs of its query."""

from __future__ import annotations

from math import ceil
from typing import Any

from search_api.middleware import MAX_URL
from vivier.model.base import Model
from vivier.search.query import MAX_DEPTH, UNPAGED
from vivier.search.query_url import pairs, url_of

__all__ = ["EXPORTS", "GEOJSON", "SUPPLIERS", "UNPAGED", "link", "pairs"]

SUPPLIERS = "/v1/suppliers"
GEOJSON = "/v1/suppliers.geojson"
EXPORTS = {name: f"{SUPPLIERS}.{name}" for name in ("csv", "xlsx", "jsonl")}
"""Paths of the files of a search, by format."""


def link(path: str, query: Model, **changes: Any) -> str | None:
    """The URL of a query with ``changes``; ``None`` when the URL is too long and the query must be POSTed."""
    url = url_of(path, query.changed(**changes))
    return url if len(url) <= MAX_URL else None


def page_links(path: str, query: Any, total: int, deepest: int = MAX_DEPTH) -> dict[str, str | None]:
    """Links to this page and its neighbours. ``null``: there is no such page, or its URL would be too long."""
    pages = ceil(total / query.per_page)
    following = query.page < pages and (query.page + 1) * query.per_page <= deepest
    before = min(query.page - 1, pages)
    return {
        "self": link(path, query),
        "next": link(path, query, page=query.page + 1) if following else None,
        "prev": link(path, query, page=before) if before >= 1 else None,
    }

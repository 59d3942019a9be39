"""Computes the ETag of a query: it is the same for the same query, generation, day and format."""

from __future__ import annotations

import orjson
from fastapi import Request

from search_api.context import Context
from search_api.responses import etag_of
from vivier.search.port import Generation
from vivier.suppliers.find import METHOD_VERSIONS
from vivier.suppliers.query import SupplierQuery

REPRESENTATION = "suppliers-10"
"""Version of the format of answers, part of every ETag: change it when the same query on the same generation is rendered
differently."""


def etag_of_query(
    request: Request, query: SupplierQuery, context: Context, generation: Generation, media: str
) -> str | None:
    """The ETag of a query; ``None`` when its URL does not give the same answer twice: a POST, and a neutral order without a seed."""
    if request.method != "GET" or (query.sort == "neutral" and query.seed is None):
        return None
    as_of = (query.as_of or context.today()).isoformat()
    methods = orjson.dumps(METHOD_VERSIONS)
    return etag_of(REPRESENTATION, media, generation.version, methods, as_of, query.model_dump_json())

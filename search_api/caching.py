"""The ETag of a query: the same query on the same generation, the same day, in the same form."""

from __future__ import annotations

import orjson
from fastapi import Request

from search_api.context import Context
from search_api.responses import etag_of
from vivier.engine.port import Generation
from vivier.suppliers.find import METHOD_VERSIONS
from vivier.suppliers.query import SupplierQuery

REPRESENTATION = "suppliers-6"
"""Changes when the same query on the same generation is written otherwise: part of every ETag."""


def etag_of_query(
    request: Request, query: SupplierQuery, context: Context, generation: Generation, media: str
) -> str | None:
    """``None`` for what is not repeatable by its URL: a POST, and a neutral order whose seed is drawn anew."""
    if request.method != "GET" or (query.sort == "neutral" and query.seed is None):
        return None
    as_of = (query.as_of or context.today()).isoformat()
    methods = orjson.dumps(METHOD_VERSIONS)
    return etag_of(REPRESENTATION, media, generation.version, methods, as_of, query.model_dump_json())

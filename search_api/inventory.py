"""The routes as published: methods of a path, read from the OpenAPI document (which lists every route)."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import compile_path

from search_api.openapi import document


def methods_of(app: FastAPI, path: str) -> list[str]:
    """Methods accepted at ``path``, HEAD with every GET, sorted."""
    methods: set[str] = set()
    for template, operations in document(app)["paths"].items():
        if compile_path(template)[0].match(path):
            methods |= {method.upper() for method in operations}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))

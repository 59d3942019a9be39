"""Builds the OpenAPI document: the routes as FastAPI describes them, and the shape that all errors share."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import ConfigDict, TypeAdapter, with_config
from starlette.routing import compile_path
from typing_extensions import is_typeddict

from search_api.problem_types import MEDIA_TYPE, TYPES
from search_api.schemas import FeatureCollection, Problem
from vivier.bodies import CLOSED
from vivier.model.base import Model

DESCRIPTION = (
    "Recherche de fournisseurs inclusifs et éco-labellisés, par territoire, métier, type de structure et label. "
    "Service non officiel. Sans clé, en lecture. Un paramètre inconnu est refusé. Chaque fait porte sa source."
)
_PROBLEM = {"$ref": "#/components/schemas/Problem"}


ANY = (400, 408, 414, 429, 500)
"""What any route may answer: a request that cannot be read, comes too slowly or has too long an address, too many requests of one
client, an error of ours."""


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The error responses of a route, for ``responses=``."""
    return {
        status: {"description": TYPES[status].title, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
        for status in sorted({*statuses, *ANY})
    }


def typed(body: Any) -> Any:
    """The type of an answer, for ``responses=``: its schema is made when the document is asked for. An application
    publishes forty and serves without any."""
    if not is_typeddict(body):
        return body
    own: ConfigDict = getattr(body, "__pydantic_config__", CLOSED)
    return with_config({**own, "defer_build": True})(body)


@cache
def schema_of(model: type[Model]) -> dict[str, Any]:
    """The JSON schema of a model, made once a process: many routes describe the same. Not to be changed."""
    return model.model_json_schema()


def posted(model: type[Model], *, form: bool = False, without: Collection[str] = ()) -> dict[str, object]:
    """The OpenAPI description of a body with the parameters of a model: a JSON object, and the fields of a form when ``form``."""
    whole = schema_of(model)
    schema = {**whole, "properties": {name: each for name, each in whole["properties"].items() if name not in without}}
    media = ("application/json", *(("application/x-www-form-urlencoded",) if form else ()))
    return {"requestBody": {"required": True, "content": {name: {"schema": schema} for name in media}}}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for model in (Problem, FeatureCollection):  # these have their own media types: routes refer to them by name
            schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
            schemas |= {**schema.pop("$defs", {}), model.__name__: schema}
        app.openapi_schema = made
    return app.openapi_schema


def methods_of(app: FastAPI, path: str) -> list[str]:
    """Methods that the published routes accept at ``path``, sorted; HEAD is accepted with every GET."""
    methods: set[str] = set()
    for template, operations in document(app)["paths"].items():
        if compile_path(template)[0].match(path):
            methods |= {method.upper() for method in operations}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))

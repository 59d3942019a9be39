"""``/health``, ``/ready``, ``/v1/openapi.json`` and ``/docs``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from search_api.asked import of_api
from search_api.context import Context
from search_api.openapi import document, problems, typed
from search_api.pages.render import page, version
from search_api.parameters import NoParameters
from search_api.problem_types import TYPES
from search_api.problems import RETRY_SECONDS, problem
from search_api.responses import JSON, NEVER, etag_of, json_response, negotiate, table_response, unchanged
from search_api.schemas import Health, Ready
from vivier.french import number
from vivier.open_files import open_files
from vivier.search.operators import COLLECTIONS
from vivier.search.port import Generation


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, in words."""

    name: str
    meaning: str
    values: str


@dataclass(frozen=True)
class Operation:
    """An address of the API and one of its methods."""

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]


def page_values(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": document["info"]["description"],
        "operations": tuple(_operations(document)),
        "errors": tuple(TYPES.items()),
    }


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = tuple(_parameter(parameter) for parameter in operation.get("parameters", ()))
            yield Operation(method.upper(), path, operation["summary"], parameters)


def _parameter(parameter: dict[str, Any]) -> Parameter:
    return Parameter(parameter["name"], parameter.get("description", ""), values_text(parameter["schema"]))


def values_text(schema: dict[str, Any]) -> str:
    """The values that a parameter accepts, in French: closed list, bounds, default, repetition."""
    inner = schema.get("items", {}) if schema.get("type") == "array" else schema
    parts = []
    if inner.get("enum"):
        parts.append(", ".join(map(str, inner["enum"])))
    if "minimum" in inner or "maximum" in inner:
        parts.append(f"de {_number(inner.get('minimum', '…'))} à {_number(inner.get('maximum', '…'))}")
    if inner.get("format") == "date":
        parts.append("AAAA-MM-JJ")
    if schema.get("type") == "array" and "prefixItems" not in schema:
        parts.append(f"répétable, {schema['maxItems']} valeurs au plus" if "maxItems" in schema else "répétable")
    default = schema.get("default")
    if default not in (None, []):
        parts.append(f"par défaut {default}")
    return " ; ".join(parts)


def _number(value: Any) -> str:
    return number(value, 12) if isinstance(value, (int, float)) else str(value)


@of_api("service")
def router(routes: APIRouter, context: Context) -> None:
    @routes.get("/health", summary="Le processus vit", responses={200: {"model": typed(Health)}, **problems(422)})
    async def health(request: Request) -> Response:
        context.parse(request, NoParameters)
        return json_response({"status": "ok"}, cache=NEVER)

    @routes.get(
        "/ready", summary="Le service peut répondre", responses={200: {"model": typed(Ready)}, **problems(422, 503)}
    )
    def ready(request: Request) -> Response:
        context.parse(request, NoParameters)
        return _ready(request, context)

    @routes.get("/v1/openapi.json", summary="La description OpenAPI", responses=problems(406, 422))
    def openapi(request: Request) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        return table_response(request, document(request.app))

    @routes.get("/docs", summary="La documentation de l'API", responses={200: _html(), **problems(422)})
    def docs(request: Request) -> Response:
        context.parse(request, NoParameters)
        shown = document(request.app)
        etag = etag_of("docs", version(), orjson.dumps(shown))
        return unchanged(request, etag) or page("docs.html", page_values(shown), etag=etag)


def _ready(request: Request, context: Context) -> Response:
    reasons = context.engine.ready()
    if reasons:
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return problem(request, 503, "Le service n'est pas prêt.", headers=headers, reasons=reasons)
    suppliers = _generation_body(context.generation())
    live = {generation.collection: _generation_body(generation) for generation in context.living(*COLLECTIONS)}
    files = open_files()
    body = {
        "status": "ready",
        **suppliers,
        "collections": live,
        "open_files": {"used": files.used, "limit": files.limit},
        "jobs": context.troubles.noted.get("jobs", []),
        "warnings": [
            *context.engine.warnings(),
            *context.troubles.sentences,
            *([files.sentence] if files.near else []),
        ],
    }
    return json_response(body, cache=NEVER)


def _generation_body(generation: Generation) -> dict[str, object]:
    age = datetime.now(UTC) - generation.created_at
    return {
        "index_generation": generation.name,
        "documents": generation.documents,
        "created_at": generation.created_at.isoformat(),
        "age_hours": round(age.total_seconds() / 3600, 1),
    }


def _html() -> dict[str, object]:
    return {"description": "Page HTML", "content": {"text/html": {"schema": {"type": "string"}}}}

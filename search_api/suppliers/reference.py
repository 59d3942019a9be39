"""Prepares ``/docs``: the OpenAPI document as a page of the site, in French."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from search_api.problem_types import TYPES
from vivier.french import number


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
    """What the page shows of the document."""
    return {
        "description": document["info"]["description"],
        "operations": tuple(_operations(document)),
        "errors": tuple(TYPES.items()),
        "need": "",
        "sources": (),
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

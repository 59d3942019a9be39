"""Reads a body of an answer with the type that it is written with."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter


def conforms(kind: Any, body: object) -> Any:
    """The body, which has the members of the type and no other. Raises pydantic's ``ValidationError``."""
    return _adapter(kind).validate_python(body)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """A tenth of a second of processor for a body of a hundred types."""
    return TypeAdapter(kind)

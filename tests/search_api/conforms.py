"""Reads a body of an answer with the type that it is written with."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter


def conforms(kind: Any, body: object) -> Any:
    """The body, which has the members of the type and no other. Raises pydantic's ``ValidationError``."""
    return TypeAdapter(kind).validate_python(body)

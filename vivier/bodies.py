"""The base of the types of what is written: bodies of answers, as dictionaries that orjson writes."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

CLOSED = ConfigDict(extra="forbid")
B = TypeVar("B")


@with_config(CLOSED)
class Body(TypedDict):
    """A JSON object that has no other members than its own. mypy checks them where it is made, OpenAPI describes them from its type, a test reads
    real answers with it (``tests/search_api/conforms.py``); a request pays nothing: it is a plain dictionary."""


def body_of(body: type[B], source: object, **others: Any) -> B:
    """The body of ``source``: each member is its attribute of the same name, but ``others``. Tuples are written as lists, days in ISO."""
    names = body.__annotations__
    return cast(B, {name: others[name] if name in others else _plain(getattr(source, name)) for name in names})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value

"""The base of the types of what is written: bodies of answers, as dictionaries that orjson writes."""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

CLOSED = ConfigDict(extra="forbid")


@with_config(CLOSED)
class Body(TypedDict):
    """A JSON object that has no other members than its own. mypy checks them where it is made, OpenAPI describes them from its type, a test reads
    real answers with it (``tests/search_api/conforms.py``); a request pays nothing: it is a plain dictionary."""

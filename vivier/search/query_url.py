"""Writes a query as the URL that makes it; ``parse_query`` reads the URL back to the same query."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import quote

from vivier.model.base import Model

READ_ALREADY: Final = frozenset(("need",))
"""Parameters that were read into others: a URL has those, so that one of them may be removed."""


def pairs(query: Model) -> list[tuple[str, str]]:
    """The (name, value) pairs of the parameters that differ from their defaults, in the order of the model."""
    found: list[tuple[str, str]] = []
    values = query.__dict__
    for name, default in _defaults(type(query)):
        value = values[name]
        if value is default or value == default:
            continue
        if name == "near":
            found.append((name, ",".join(f"{axis!r}" for axis in value)))
        elif isinstance(value, tuple):
            found += [(name, str(item)) for item in value] or [(name, "")]
        else:
            found.append((name, str(value)))
    return found


@cache
def _defaults(model: type[Model]) -> tuple[tuple[str, Any], ...]:
    """Each parameter of a URL with its default, in the order of the model. Cached, as an answer has up to a dozen links made from one
    query."""
    return tuple((name, info.default) for name, info in model.model_fields.items() if name not in READ_ALREADY)


def url_of(path: str, query: Model) -> str:
    """The path with the parameters of the query; the length is not limited."""
    items = "&".join(f"{name}={quoted(value)}" for name, value in pairs(query))
    return f"{path}?{items}" if items else path


@lru_cache(maxsize=4_000)
def quoted(value: str) -> str:
    """Escapes a value for a URL. Cached, as the links of an answer and of the next page repeat the same values."""
    return quote(value, safe=":,", errors="replace")

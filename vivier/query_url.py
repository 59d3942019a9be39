"""A query as the URL that asks it, and what ``parse_query`` reads back to the same query."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from vivier.model.base import Model


def pairs(query: Model) -> list[tuple[str, str]]:
    """The parameters that differ from their defaults, in the order of the model."""
    found: list[tuple[str, str]] = []
    for name, info in type(query).model_fields.items():
        value = getattr(query, name)
        if value == info.default:
            continue
        if name == "near":
            found.append((name, ",".join(f"{axis!r}" for axis in value)))
        elif isinstance(value, tuple):
            found += [(name, str(one)) for one in value] or [(name, "")]
        else:
            found.append((name, str(value)))
    return found


def url_of(path: str, query: Model) -> str:
    """Path and parameters, whatever the length."""
    items = pairs(query)
    return f"{path}?{urlencode(items, quote_via=quote, safe=':,', errors='replace')}" if items else path

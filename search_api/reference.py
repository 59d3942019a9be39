"""Renders ``/docs``: the OpenAPI document as a plain HTML page in French, without scripts or external files."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from search_api.pages.render import static_url
from search_api.problem_types import TYPES
from vivier.french import number


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    title = f"{document['info']['title']} – documentation de l'API"
    return "\n".join(
        (
            '<!doctype html><html lang="fr"><head><meta charset="utf-8">',
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>',
            f'<link rel="icon" type="image/svg+xml" href="{static_url("icon.svg")}">',
            f'<link rel="stylesheet" href="{static_url("style.css")}"></head><body><main class="wrap reference">',
            '<p><a href="/">Vivier, les pages</a></p>',
            f"<h1>{escape(title)}</h1><p>{escape(document['info']['description'])}</p>",
            '<p><a href="/v1/openapi.json">Description OpenAPI (JSON)</a></p>',
            *_operations(document),
            "<h2>Erreurs</h2><p>Toute erreur est un document application/problem+json (RFC 9457).</p><dl>",
            *(
                f'<dt id="{kind.slug}">{status} – {escape(kind.title)}</dt><dd>{escape(kind.detail)}</dd>'
                for status, kind in TYPES.items()
            ),
            "</dl></main></body></html>",
        )
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}.</p>"
            parameters = operation.get("parameters", ())
            if parameters:
                yield from _table(parameters)


def _table(parameters: list[dict[str, Any]]) -> Iterator[str]:
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Paramètres">'
    yield "<table><caption>Paramètres</caption><thead><tr>"
    yield '<th scope="col">Nom</th><th scope="col">Sens</th><th scope="col">Valeurs</th></tr></thead><tbody>'
    for parameter in parameters:
        name, text, values = parameter["name"], parameter.get("description", ""), values_text(parameter["schema"])
        yield f'<tr><th scope="row"><code>{escape(name)}</code></th><td>{escape(text)}</td><td>{escape(values)}</td></tr>'
    yield "</tbody></table></div>"


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

"""Templates and static files. They are read once; templates are always escaped; static files are named by a hash of their content,
so that they can be cached for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from search_api.pages import words
from search_api.responses import NEVER, PUBLIC
from vivier import french

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
STATIC = _HERE / "static"
STATIC_PATH = "/static"
FOREVER = "public, max-age=31536000, immutable"
MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HTML = "text/html"


@dataclass(frozen=True)
class Asset:
    """A static file: its bytes, its media type, and its name with the hash of its content."""

    name: str
    content: bytes
    media: str


@cache
def assets() -> Mapping[str, Asset]:
    """The static files by their plain name (``style.css``)."""
    return {path.name: _asset(path) for path in sorted(STATIC.iterdir()) if path.suffix in MEDIA}


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{path.stem}.{digest}{path.suffix}", content, MEDIA[path.suffix])


def asset_named(name: str) -> Asset | None:
    """The static file of a hashed name."""
    return next((asset for asset in assets().values() if asset.name == name), None)


def static_url(name: str) -> str:
    """The URL of a static file, for templates."""
    return f"{STATIC_PATH}/{assets()[name].name}"


@cache
def environment() -> Environment:
    """The environment of the templates. An undefined name is an error, and every value printed is escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = static_url
    for written in (
        french.number,
        french.euros,
        french.euros_ht,
        french.percent,
        french.chance,
        french.kilometres,
        french.plural,
    ):
        made.globals[written.__name__] = made.filters[written.__name__] = written
    for filter_ in (words.day, words.moment, words.safe_url, french.typed, french.plural_of):
        made.filters[filter_.__name__] = filter_
    return made


@cache
def version() -> str:
    """A hash of the templates and static files, part of the ETags of pages: a change of one of them changes the answers."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.read_bytes())
    for asset in assets().values():
        digest.update(asset.name.encode())
    return digest.hexdigest()[:16]


def page(template: str, values: Mapping[str, Any], *, status: int = 200, etag: str | None = None) -> Response:
    """The response with a page. Without an ``etag``, caches do not store it."""
    headers = {"Cache-Control": NEVER if etag is None else PUBLIC, "Vary": "Accept, Accept-Encoding"}
    if etag is not None:
        headers["ETag"] = etag
    text = environment().get_template(template).render(values)
    return Response(text, status, headers, media_type=HTML)

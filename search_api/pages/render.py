"""Templates and static files. They are read once; templates are always escaped; static files are named by a hash of their content,
so that they can be cached for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup, escape

from search_api import responses
from search_api.answer_cache import AnswerCache
from search_api.pages import site, words
from search_api.pages.here import here
from search_api.pages.tables import labelled
from search_api.responses import GOING_BACK, NEVER, PUBLIC
from vivier import french
from vivier.names import readable_name
from vivier.typography import typeset

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
STATIC = _HERE / "static"
STATIC_PATH = "/static"
FOREVER = "public, max-age=31536000, immutable"
MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FEED_MEDIA = {"atom": "application/atom+xml", "json": "application/feed+json", "ics": "text/calendar"}
HTML = "text/html"
_LEAFLET = ("leaflet.css", "leaflet.js")
_NO_BREAK = re.compile(r"(?<=«) | (?=»)|(?<=\d) (?=[%€](?!\}))")


@dataclass(frozen=True)
class Asset:
    """A static file: its bytes, its media type, and its name with the hash of its content."""

    name: str
    content: bytes
    media: str


@cache
def assets() -> Mapping[str, Asset]:
    """The static files by their plain name (``style.css``): ours, then those of Leaflet, read where its package is installed."""
    ours = [path for path in sorted(STATIC.iterdir()) if path.suffix in MEDIA]
    leaflet = files("js_lib_leaflet").joinpath("static/js_lib_leaflet")
    return {path.name: _asset(Path(path.name), path.read_bytes()) for path in (*ours, *map(leaflet.joinpath, _LEAFLET))}


def _asset(path: Path, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{path.stem}.{digest}{path.suffix}", content, MEDIA[path.suffix])


def asset_named(name: str) -> Asset | None:
    """The static file of a hashed name."""
    return next((asset for asset in assets().values() if asset.name == name), None)


def static_url(name: str) -> str:
    """The URL of a static file, for templates."""
    return f"{STATIC_PATH}/{assets()[name].name}"


class Typography(Extension):
    """No line breaks inside guillemets nor before « % » and « € »: the words of templates get their no-break spaces when they are
    compiled, so that nobody types them."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with its no-break spaces."""
        return _NO_BREAK.sub(french.NO_BREAK, source)


_SPECIAL = re.compile("[&<>'\"]")


def escaped(value: Any) -> str:
    """What a template writes of a value. A text is not made a ``Markup``: nothing is kept of it but the page, and most have no special
    letter."""
    if type(value) is str:
        return value if _SPECIAL.search(value) is None else str(escape(value))
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else escape(value)


class _Compiler(CodeGenerator):
    """Compiles templates that escape by :func:`escaped`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        self.write("environment.escaped(")


class _Context(Context):
    """Calls macros and functions as they are: none is given the context, which Jinja looks for at each call."""

    def call(self, called: Any, /, *given: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any) -> Any:
        return called(*given, **named)


class _Environment(Environment):
    """Templates that are always escaped."""

    code_generator_class, context_class = _Compiler, _Context
    escaped = staticmethod(escaped)


def feeds_of(links: Iterable[tuple[str, str | None]]) -> list[tuple[str, str, str]]:
    """Name, address and media type of the feeds among the links of a page, for ``rel=alternate``."""
    found = []
    for name, url in links:
        media = FEED_MEDIA.get((url or "").partition("?")[0].rpartition(".")[2])
        if url is not None and media is not None:
            found.append((name, url, media))
    return found


@cache
def environment() -> Environment:
    """The environment of the templates. An undefined name is an error, and every value printed is escaped."""
    made = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=[Typography],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = static_url
    made.globals["site"] = site
    made.globals["feeds_of"] = feeds_of
    made.globals["go"] = lambda path: here().go(path)
    made.globals["serves"] = lambda path: here().serves(path)
    made.globals["cleared"] = lambda path: here().cleared(path)
    for written in (
        french.number,
        french.euros,
        french.euros_ht,
        french.percent,
        french.chance,
        french.kilometres,
        french.plural,
        french.telephone,
    ):
        made.globals[written.__name__] = made.filters[written.__name__] = written
    made.filters["readable_name"] = readable_name
    made.filters["typographic"] = french.typographic
    for filter_ in (
        words.day,
        words.long_day,
        words.answer_day,
        words.safe_url,
        words.short_kind,
        words.dataset_name,
        words.producers,
        french.typed,
        french.plural_of,
    ):
        made.filters[filter_.__name__] = filter_
    return made


def version() -> str:
    """What every page shows beside its data, part of the ETags of pages: the templates, the static files, and what the data are
    a sample of."""
    return "-".join(filter(None, (_files(), here().sample)))


@cache
def _files() -> str:
    """A hash of the templates and static files."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.read_bytes())
    for asset in assets().values():
        digest.update(asset.name.encode())
    return digest.hexdigest()[:16]


def page(template: str, values: Mapping[str, Any], *, status: int = 200, etag: str | None = None) -> Response:
    """The response with a page. Without an ``etag``, caches do not store it, but for what is to correct. ``values`` say the need that the page
    answers and the sources of what it shows, when it has any."""
    caching = PUBLIC if etag is not None else GOING_BACK if status == 422 else NEVER
    headers = {"Cache-Control": caching, "Vary": "Accept, Accept-Encoding"}
    if etag is not None:
        headers["ETag"] = etag
    text = environment().get_template(template).render({"here": here(), "need": "", "sources": (), **values})
    return Response(labelled(typeset(here().keeping(text))), status, headers, media_type=HTML)


def answered(request: Request, etag: str, answers: AnswerCache, make: Callable[[], Response]) -> Response:
    """304 when the reader has the page; else the page kept; else the page that ``make`` makes (see :func:`search_api.responses.answered`)."""
    place = here()
    opened = "" if place.opened is None else place.opened.short
    return responses.answered(request, etag, answers, make, (place.path, place.query, opened))

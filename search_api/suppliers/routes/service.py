"""The pages about the service: help, glossary, legal notice, personal data, accessibility, API and data; and what robots read."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from pydantic import Field

from search_api.asked import of_pages
from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages import site
from search_api.pages.places import is_typed
from search_api.pages.render import FOREVER, assets, page, version
from search_api.pages.state import address
from search_api.responses import NEVER, PUBLIC, etag_of, unchanged
from vivier.glossary import sections
from vivier.identity import words_of
from vivier.model.base import Model
from vivier.suppliers.sources import SourceOut

_OF_PAGES: Final = frozenset(("need", "besoin", "lieu", "rayon", "metier", "pour", "etats"))
"""Parameters that pages turn into others before they answer: a final address has none but ``besoin`` and ``pour``."""
EXAMPLE: Final = "/fournisseurs?territory=departement:35&trade=entretien-espaces-verts"


@dataclass(frozen=True)
class Call:
    """One way to ask: its name and its text."""

    name: str
    text: str


def api_address(page: str) -> str | None:
    """The address in the API of what a page of the site shows; ``None`` when the page has none, or is no page of this site."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    items = [(name, value) for name, value in parse_qsl(parts.query) if name not in _OF_PAGES]
    if any(name == "within" and not is_typed(value) for name, value in items):
        return None  # the page reads « Bretagne », the API takes region:53
    if parts.path == "/avis" and not {"status", "etats"} & dict(parse_qsl(parts.query)).keys():
        items.append(("status", "open"))  # what the page lists by itself
    found = next((own for own in site.APIS if parts.path == own or _sheet(parts.path, own)), None)
    return None if found is None else address(site.APIS[found] + parts.path.removeprefix(found), items)


def _sheet(path: str, own: str) -> bool:
    """Whether a path is the sheet of one record: one name under the list, and nothing that a browser would read otherwise."""
    name = path.removeprefix(own + "/")
    return path.startswith(own + "/") and "/" not in name and unquote(name) not in ("", ".", "..")


def calls(url: str) -> tuple[Call, ...]:
    """The same call for three tools; each text is quoted by the rules of its language."""
    quoted = json.dumps(url)
    return (
        Call("curl", f"curl --silent --show-error {shlex.quote(url)}"),
        Call("Python", f"import json\nfrom urllib.request import urlopen\n\nanswer = json.load(urlopen({quoted}))"),
        Call("R", f"library(jsonlite)\n\nanswer <- fromJSON({quoted})"),
    )


_NOT_INDEXED = words_of("/dossiers/ /consultation/ /enquetes/ /r/ /comparer /v1/ /courriel/ /ecrire")
"""What search engines are requested to leave: private dossiers and rounds, forms, the API."""


class CallQuery(Model):
    """The page of calls."""

    de: Annotated[str | None, Field(max_length=7_500, description="adresse de la page dont on veut l'appel")] = None


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    def serve(spot: site.Spot, template: str, values: Callable[[Context], Mapping[str, Any]]) -> None:
        @routes.get(spot.path, name=template, dependencies=context.no_parameter)
        def shown_page(request: Request) -> Response:
            taken = (str(not context.takes), str(_writes(context)))
            etag = etag_of(template, version(), repr(context.operator), *taken)
            return unchanged(request, etag) or page(template, values(context), etag=etag)

    for spot, template, values in _PAGES:
        serve(spot, template, values)

    @routes.get(site.SOURCES.path, dependencies=context.no_parameter)
    def sources(request: Request) -> Response:
        return page("sources.html", {"every": _sources(context)})

    @routes.get(site.API.path)
    def api(request: Request) -> Response:
        return _api(context.parse(request, CallQuery), request, context)

    @routes.get("/robots.txt")
    def robots(request: Request) -> Response:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_INDEXED)]
        if context.public_url is not None:  # a sitemap is named by its whole address
            lines.append(f"Sitemap: {context.public_url}/sitemap.xml")
        return _text("\n".join(lines) + "\n", "text/plain")

    @routes.get("/sitemap.xml")
    def sitemap(request: Request) -> Response:
        return _text(_sitemap(context.address(request), context.plan), "application/xml")

    @routes.get("/favicon.ico")
    def favicon(request: Request) -> Response:
        icon = assets()["icon.svg"]
        return Response(icon.content, headers={"Cache-Control": FOREVER}, media_type=icon.media)


def _operator(context: Context) -> Mapping[str, Any]:
    return {"operator": context.operator, "write_to": site.write_to(context.operator)}


def _personal(context: Context) -> Mapping[str, Any]:
    people = context.doors.people
    tables = [] if people is None else people.stored(context)
    return {**_operator(context), "takes": context.takes, "mail": _writes(context), "tables": tables}


def _writes(context: Context) -> bool:
    """Whether the service sends mail."""
    return context.doors.people is not None and context.doors.people.writes(context)


def _glossary(context: Context) -> Mapping[str, Any]:
    return {"sections": sections()}


_PAGES = (
    (site.ABOUT, "about.html", _operator),
    (site.HELP, "help.html", _operator),
    (site.GLOSSARY, "glossary.html", _glossary),
    (site.ACCESSIBILITY, "accessibility.html", _operator),
    (site.LEGAL, "legal.html", _operator),
    (site.PERSONAL, "personal.html", _personal),
    (site.PLAN, "plan.html", _operator),
)


def _api(query: CallQuery, request: Request, context: Context) -> Response:
    requested = None if query.de is None else api_address(query.de)
    example = requested or api_address(EXAMPLE) or ""
    values = {
        "asked": query.de if requested is not None else None,
        "unknown": query.de is not None and requested is None,
        "url": example,
        "calls": calls(f"{context.address(request)}{example}"),
        "sources": _sources(context),
    }
    made = page("api.html", values)
    made.headers["Cache-Control"] = NEVER if query.de is not None else PUBLIC
    return made


def _sources(context: Context) -> list[SourceOut]:
    live = context.snapshot.live("suppliers", "contracts", "notices")
    return [source for generation in live for source in all_sources(generation)]


def _sitemap(address: str, plan: site.Plan) -> str:
    paths = dict.fromkeys((*(space.path for space in plan.spaces), *(spot.path for spot in plan.spots())))
    urls = "".join(f"<url><loc>{escape(address + path)}</loc></url>" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>\n'
    )


def _text(text: str, media: str) -> Response:
    return Response(text, headers={"Cache-Control": PUBLIC}, media_type=media)

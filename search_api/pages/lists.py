"""What the pages of the supplier side share: an asked list and its form, its files and its feeds, the lists refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from search_api.context import Context, url_items
from search_api.lists import on_a_map
from search_api.pages.controls import Form, form
from search_api.pages.render import page
from search_api.pages.state import Asked, Elsewhere, Refused, address, grouped, read
from search_api.pages.words import title_of
from vivier.engine.port import FacetCounts
from vivier.errors import FieldError, InvalidRequest
from vivier.model.base import Model
from vivier.search.query_url import pairs

FILES = {"csv": "CSV", "xlsx": "XLSX (tableur)", "jsonl": "JSON, un par ligne", "geojson": "GeoJSON (carte)"}
FEEDS = {"atom": "Flux Atom", "json": "Flux JSON", "ics": "Calendrier (iCal)"}
_NOT_OF_A_FILE = ("page", "per_page", "facets")
_NOT_OF_A_FEED = (*_NOT_OF_A_FILE, "sort", "since")


@dataclass(frozen=True)
class ListPage:
    """A list as a page: where it is, what may be asked, how it is called."""

    path: str
    model: type[Model]
    unit: str
    facets: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    title: str = "Filtrer"
    words: str | bool = True
    needs: bool = False
    """Without any parameter there is nothing to search: the page shows its form."""

    def form(self, values: Any, context: Context, counts: Mapping[str, FacetCounts] | None = None) -> Form:
        """The form of this list, filled."""
        return form(values, context.lexicon, counts, model=self.model, facets=self.facets)

    def read(self, request: Request, context: Context) -> Asked | Response:
        """The search of the URL, or the answer to give: a redirection to its own URL, the errors to correct."""
        items = url_items(request)
        asked = read(items, context.lexicon, self.model, self.path)
        if isinstance(asked, Elsewhere):
            return RedirectResponse(asked.url, 303)
        return self.refused(asked, context) if isinstance(asked, Refused) else asked

    def refused(self, refused: Refused, context: Context) -> Response:
        """422: every error beside its field, the other inputs kept, no result."""
        errors = self._placed(refused.errors)
        shown = form(
            refused.values, context.lexicon, None, errors, refused.choices, model=self.model, facets=self.facets
        )
        values = {
            "form": shown,
            "anchors": shown.anchors if self.words else shown.anchors - {"q"},
            "errors": [(error, title_of(error.field, self.model)) for error in errors],
            "action": self.path,
            "unit": self.unit,
            "first": self.first,
            "form_title": self.title,
            "words": self.words,
            "need": "",
            "sources": (),
        }
        return page("list_refused.html", values, status=422)

    def _placed(self, errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
        """What is missing of the whole search is said after the errors of its fields, beside the first field to fill."""
        told = tuple(error for error in errors if error.field != "query")
        return told or tuple(replace(error, field=self.first[0]) if self.first else error for error in errors)

    def refusal(self, error: InvalidRequest, request: Request, context: Context) -> Response:
        """The same for what only the answer could refuse."""
        return self.refused(Refused(grouped(url_items(request)), error.errors), context)


def files(asked: Asked, api: str) -> list[tuple[str, str | None]]:
    """The whole list as files, then its page as JSON."""
    made = [
        (name, address(f"{api}.{form}", _without(asked.query, _NOT_OF_A_FILE)))
        for form, name in FILES.items()
        if form != "geojson" or on_a_map(api)
    ]
    return [*made, ("cette page en JSON", asked.url(api, page=asked.query.page))]


def feeds(asked: Asked, of: str) -> list[tuple[str, str | None]]:
    """The list as feeds, then the page that says what they would have sent."""
    kept = _without(asked.query, _NOT_OF_A_FEED)
    # Followed from a past day, a feed would never say anything new.
    followed = [(name, value) for name, value in kept if name != "as_of"]
    made = [(name, address(f"/v1/feeds/{of}.{form}", followed)) for form, name in FEEDS.items()]
    return [*made, ("Ce que ce flux aurait envoyé", address(f"/veille/{of}", kept))]


def _without(query: Model, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs(query) if name not in names]

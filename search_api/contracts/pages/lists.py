"""What the pages of lists share: the reading of a query, its form, its files and feeds, the page of a refused query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from search_api.context import Context, url_items
from search_api.contracts.lists import on_a_map
from search_api.pages.controls import Form, form
from search_api.pages.corrections import plain_errors
from search_api.pages.render import page
from search_api.pages.state import Choice, Elsewhere, PageState, Refused, address, grouped, read
from search_api.pages.words import title_of
from vivier.errors import FieldError, InvalidRequest
from vivier.model.base import Model
from vivier.search.port import FacetCounts
from vivier.search.query_url import pairs

FILES = {"csv": "CSV", "xlsx": "XLSX (tableur)", "jsonl": "JSON, un par ligne", "geojson": "GeoJSON (carte)"}
FEEDS = {"atom": "Flux Atom", "json": "Flux JSON", "ics": "Calendrier (iCal)"}
GLANCED = 10
"""Results of a page: what one sees at a glance."""
BY_MAIL = "Recevoir par courriel"
"""The page of a feed that a person reads."""
_NOT_OF_A_FILE = ("page", "per_page", "facets", "groups")
_NOT_OF_A_FEED = (*_NOT_OF_A_FILE, "sort", "since")


@dataclass(frozen=True)
class ListPage:
    """A list as a page: its address, the model of its query, its names."""

    path: str
    model: type[Model]
    unit: str
    facets: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    title: str = "Filtrer"
    words: str | bool = True
    button: str = "Appliquer"
    size: int | None = None
    """Results of a page that names no number; ``None``: as many as the API gives."""
    order: str | None = None
    """The order of a list in which no word is searched; ``None``: that of the API."""
    needs: bool = False
    """Whether a request without parameters shows only the form."""
    name: str = "Opportunités"
    """The title of the page that shows only the form."""
    template: str = "leads.html"
    """Its template."""

    def form(self, values: Any, context: Context, counts: Mapping[str, FacetCounts] | None = None) -> Form:
        """The form of this list, filled with values."""
        return form(values, context.lexicon, counts, model=self.model, facets=self.facets)

    def read(self, request: Request, context: Context) -> PageState | Response:
        """The search of the URL, or a response: a redirection to the canonical URL, or the errors to correct."""
        items = url_items(request)
        state = read(items, context.lexicon, self.model, self.path, self.size)
        if isinstance(state, Elsewhere):
            return RedirectResponse(state.url, 303)
        return self.refused(state, context) if isinstance(state, Refused) else self._opened(state)

    def _opened(self, state: PageState) -> PageState:
        """The search with the order of the page, where it has that of the API: a list without words has no relevance."""
        if self.order is None or state.query.sort != "relevance" or state.query.q:
            return state
        query = state.query.model_copy(update={"sort": self.order})
        return replace(state, query=query, opened=[*state.opened, ("sort", self.order)])

    def refused(self, refused: Refused, context: Context) -> Response:
        """The page 422: every error beside its field, the other inputs as typed, no result."""
        errors = self._placed(plain_errors(refused.errors, context.lexicon, self.model))
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
        }
        return page("list_refused.html", values, status=422)

    def _placed(self, errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
        """The errors to show: those of fields, else those of the whole query, beside the first field to fill."""
        placed = tuple(error for error in errors if error.field != "query")
        return placed or tuple(replace(error, field=self.first[0]) if self.first else error for error in errors)

    def refusal(self, error: InvalidRequest, request: Request, context: Context) -> Response:
        """The page 422 for an error found while answering."""
        items = url_items(request)
        choices = {wrong.field: tuple(choices_of(wrong, self.path, items)) for wrong in error.errors if wrong.choices}
        return self.refused(Refused(grouped(items), error.errors, choices), context)


def choices_of(error: FieldError, path: str, items: Sequence[tuple[str, str]]) -> Iterator[Choice]:
    """The meanings of a doubtful value, each with the link to the same page that chooses it."""
    others = [item for item in items if item[0] != error.field]
    for value, label in error.choices:
        url = address(path, [(error.field, value), *others])
        if url is not None:
            yield Choice(label, url)


def files(state: PageState, api: str) -> list[tuple[str, str | None]]:
    """Names and URLs of the whole list as files, then of this page as JSON."""
    made = [
        (name, address(f"{api}.{form}", _without(state.query, _NOT_OF_A_FILE)))
        for form, name in FILES.items()
        if form != "geojson" or on_a_map(api)
    ]
    return [*made, ("cette page en JSON", state.url(api, page=state.query.page))]


def feeds(state: PageState, of: str) -> list[tuple[str, str | None]]:
    """Names and URLs of the list followed by mail, then as feeds."""
    items = _without(state.query, _NOT_OF_A_FEED)
    # A feed as of a past day would never have a new item.
    followed = [(name, value) for name, value in items if name != "as_of"]
    made = [(name, address(f"/v1/feeds/{of}.{form}", followed)) for form, name in FEEDS.items()]
    by_mail = (BY_MAIL, address(f"/courriel/{of}", [*followed, *state.own()]))
    return [by_mail, *made]


def _without(query: Model, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs(query) if name not in names]

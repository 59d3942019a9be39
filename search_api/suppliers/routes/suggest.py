"""``/v1/suggest``: suppliers, trades and places whose names begin with the text typed."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.links import SUPPLIERS
from search_api.parameters import SuggestQuery
from search_api.reference_schemas import SuggestAnswer, SuggestionOut
from search_api.responses import table_response
from vivier.bodies import body_of
from vivier.search.suggest import TYPES, Suggestion, suggest

_PARAMETERS = {"trade": "trade", "place": "territory"}
"""The parameter of a search that takes the id of a suggestion."""


@of_api("vocabulaire")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        "/v1/suggest",
        SuggestQuery,
        "suggested",
        "Compléter ce que l'on tape : structures, métiers, lieux",
        SuggestAnswer,
        errors=(406, 422, 503),
    ).answer_with(routes, context, _answer)


def _answer(request: Request, query: SuggestQuery, context: Context) -> Response:
    types = query.types or tuple(TYPES)
    generation = context.generation().name if "supplier" in types else None
    found = suggest(query.q, types, query.limit, context.snapshot, context.lexicon)
    body: SuggestAnswer = {
        "query": {"q": query.q, "types": types, "limit": query.limit},
        "results": [_body(suggestion) for suggestion in found],
        "meta": {"index_generation": generation},
    }
    return table_response(request, body)


def _body(suggestion: Suggestion) -> SuggestionOut:
    return body_of(
        SuggestionOut,
        suggestion,
        type_fr=TYPES[suggestion.type],
        label_fr=suggestion.label,
        detail_fr=suggestion.detail,
        link=_link(suggestion),
    )


def _link(suggestion: Suggestion) -> str:
    """The URL of the record of a supplier; for a trade or a place, the URL of the search."""
    if suggestion.type == "supplier":
        return f"{SUPPLIERS}/{quote(suggestion.id, safe='')}"
    return f"{SUPPLIERS}?{urlencode({_PARAMETERS[suggestion.type]: suggestion.id}, safe=':')}"

"""``/v1/needs``: the reading of a need written in plain French, and the search that it gives."""

from __future__ import annotations

from urllib.parse import urlencode

from search_api.asked import Published, table_of
from search_api.context import Context
from search_api.parameters import NeedQuery
from search_api.routing import Routes
from search_api.schemas import NeedAnswer
from vivier.needs import Applied, applied, checked_text, resolve_need


def router(context: Context) -> Routes:
    """The routes."""
    routes = Routes(tags=["besoins"])

    table_of(
        routes,
        context,
        "/v1/needs",
        NeedQuery,
        lambda query: _answer(query, context),
        Published(
            "need",
            "Comprendre un besoin écrit en français : métiers, CPV, lieu, type, label, montant, durée",
            NeedAnswer,
            errors=(406, 422),
            posted="Le même, le texte dans un corps JSON",
        ),
    )

    return routes


def _answer(query: NeedQuery, context: Context) -> dict[str, object]:
    understood = resolve_need(checked_text(query.text), context.lexicon)
    search = applied(understood, context.lexicon)
    return need_body(understood.model_dump(mode="json"), search)


def need_body(understood: dict[str, object], search: Applied) -> dict[str, object]:
    """The reading of a need as JSON, with its certain pieces as parameters of ``/v1/suppliers``, the words not applied, and the link
    of the search."""
    parameters: dict[str, list[str]] = {}
    for name, value in search.pairs:
        parameters.setdefault(name, []).append(value)
    link = f"/v1/suppliers?{urlencode(search.pairs)}" if search.pairs else None
    left = [words.model_dump(mode="json") for words in search.not_applied]
    return {**understood, "query": parameters, "not_applied": left, "links": {"suppliers": link}}

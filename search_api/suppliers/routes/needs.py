"""``/v1/needs``: the reading of a need written in plain French, and the search that it gives."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.parameters import NeedQuery
from search_api.schemas import NeedAnswer
from vivier.needs import Applied, applied, checked_text, resolve_need


@of_api("besoins")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        "/v1/needs",
        NeedQuery,
        "need",
        "Comprendre un besoin écrit en français : métiers, CPV, lieu, type, label, montant, durée",
        NeedAnswer,
        errors=(406, 422),
        posted="Le même, le texte dans un corps JSON",
    ).table_of(routes, context, lambda query: _answer(query, context))


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
    assumed = [words.model_dump(mode="json") for words in search.assumed]
    return {**understood, "query": parameters, "not_applied": left, "assumed": assumed, "links": {"suppliers": link}}

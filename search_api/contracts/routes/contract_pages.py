"""``/marches`` and ``/marches/{id}``: the contracts found, and the sheet of a contract with its story."""

from __future__ import annotations

from datetime import date
from typing import cast

from fastapi import APIRouter, Request

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.pages.contracts import contract_card, contract_sheet, summaries
from search_api.contracts.pages.listing import Generations, about, common, serve, serve_sheet, ways_out
from search_api.contracts.pages.lists import GLANCED, ListPage, feeds, files
from search_api.envelope import credited
from search_api.pages.state import PageState
from search_api.pages.words import left_out
from vivier.contracts.announced import announced_for, announced_reason
from vivier.contracts.find import find_list
from vivier.contracts.plan import FACETS
from vivier.contracts.query import ContractQuery
from vivier.contracts.reasons import contract_reasons
from vivier.contracts.relax import relaxed_list
from vivier.contracts.renewal import following_of
from vivier.contracts.story import RelatedBody, contract_story
from vivier.model.views import ContractView
from vivier.needs.asked import said_first
from vivier.search.query import MAX_DEPTH

CONTRACTS = ListPage("/marches", ContractQuery, "marché", facets=FACETS["contracts"], size=GLANCED, order="ends")


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The list and the sheet. They are not part of the API: the OpenAPI document leaves them out."""
    serve(routes, CONTRACTS, ("contracts",), _contracts, context)
    serve_sheet(routes, CONTRACTS, "contracts", _contract, context)


def _contracts(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    found = find_list(state.query, context.snapshot, context.lexicon, context.today())
    values = {
        "counted_as": ("marché public", "marchés publics"),
        "empty": "Aucun marché ne répond à toutes ces conditions.",
        "hint": "Montants hors taxes.",
        **common(CONTRACTS, state, found.total, MAX_DEPTH, context, found.answer.facets),
        "about": about(state, context),
        "cards": [
            contract_card(contract.id, contract.record, contract.reasons, context.lexicon, found.plan.as_of)
            for contract in found.results
        ],
        "notices": (*said_first(state.besoin, context.lexicon, type(state.query)), *found.plan.notices),
        "left_out": left_out(found.unknown_excluded, "marché"),
        "relaxed": ways_out(relaxed_list(found, context.snapshot, context.lexicon), CONTRACTS),
        "exports": files(state, "/v1/contracts"),
        "feeds": feeds(state, "contracts"),
        "sources": credited((contract.record for contract in found.results), generations),
    }
    return "list.html", values


def _contract(record: ContractView, as_of: date, context: Context) -> tuple[str, dict[str, object]]:
    story = contract_story(record, context.snapshot, context.lexicon, as_of)
    announced = announced_for([record], context.snapshot, as_of).get(record["key"])
    expected = announced_reason(following_of(record, as_of, announced))
    reasons = (*contract_reasons(record, None, as_of, context.lexicon), *expected)
    values = {
        "sheet": contract_sheet(record, reasons, context.lexicon, as_of),
        "story": {
            name: summaries(cast(list[RelatedBody], some), context.lexicon, as_of) for name, some in story.items()
        },
    }
    return "contract.html", values

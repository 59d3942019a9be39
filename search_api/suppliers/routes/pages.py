"""The page of results, ``/fournisseurs``, and the static files of every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context, url_items
from search_api.envelope import all_sources, links
from search_api.links import EXPORTS, GEOJSON, UNPAGED, pairs
from search_api.pages.chips import near_name
from search_api.pages.controls import FACETS, FIRST_FACETS, form
from search_api.pages.corrections import plain_errors
from search_api.pages.pager import pager
from search_api.pages.render import FOREVER, STATIC_PATH, answered, asset_named, page, version
from search_api.pages.state import RESULTS, Elsewhere, PageState, Refused, address, grouped, read, sheet_query
from search_api.pages.words import title_of, unpublished
from search_api.parameters import NoParameters
from search_api.responses import etag_of
from search_api.suppliers.pages.cards import Cards, caution, groups_shown
from search_api.suppliers.pages.criteria import criteria
from search_api.suppliers.pages.map import results_map
from search_api.suppliers.pages.tray import tray_of
from search_api.suppliers.pages.understood import understood
from vivier.errors import InvalidRequest
from vivier.french import capital, enumerated, kilometres, number, plural, quoted
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.needs.asked import outside, said_first
from vivier.search.query import MAX_DEPTH, unknowns
from vivier.suppliers.believed import is_improbable, likeliest
from vivier.suppliers.beyond import Beyond, beyond
from vivier.suppliers.find import METHOD_VERSIONS, AnswerGroup, SupplierFound, find, groups
from vivier.suppliers.group_facets import elsewhere, facets_shown
from vivier.suppliers.group_words import count, this_trade, title, who_do
from vivier.suppliers.groups import wanted_trades
from vivier.suppliers.notices import notices, unconnected
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.sources import cards as source_cards
from vivier.suppliers.sources import sources_of
from vivier.suppliers.whole import MAX_ROWS
from vivier.territory.phrases import in_place, of_town

_NAMED_FILTERS: frozenset[str] = frozenset(
    ("q", "territory", "near", "radius_km", "polygon", "seat", "departement", "region", "trade", "cpv", "kind", "label")
)
"""The filters that the sentence names."""
_NO_FILTER: frozenset[str] = frozenset(
    ("group", "groups", "include_unknown", "as_of", "sort", "seed", "page", "per_page", "fields", "facets", "coverage")
) | {"lot_amount", "lot_months"}
_MOST_NAMED = 3


def answer(found: SupplierFound, groups: Sequence[AnswerGroup], lexicon: Lexicon) -> str:
    """« Entretien des espaces verts à moins de 40 km de Rennes : 3 structures font ce métier, 18 sont à appeler ».

    Suppliers farther than the place are not counted: they do not answer. Nor those who are not worth a call.
    """
    query = found.plan.query
    totals: dict[str, int] = {group.code: _worth_a_call(group, found.plan, lexicon) for group in groups} or {
        "exact": found.total
    }
    does, to_call = (
        totals.get("exact", 0),
        sum(totals.get(group, 0) for group in ("label_unknown", "near_trade", "to_ask")),
    )
    trades = [lexicon.trade_names.get(code, code) for code in wanted_trades(query, lexicon)]
    what = trades[0] if len(trades) == 1 else f"{len(trades)} métiers" if trades else ""
    where = " ".join((*_places(found, lexicon, bool(trades)), *_others_of_answer(query)))
    in_part = next((group.in_part for group in groups if group.code == "exact"), 0)
    counted = _counted(does, in_part, to_call, query.kind, this_trade(len(trades)))
    unlisted = bool(query.label) and len(unconnected(found)) == len(query.label)
    if unlisted:
        calls = (
            f", {number(to_call)} {'structure est' if to_call == 1 else 'structures sont'} à appeler" if to_call else ""
        )
        counted = f"Aucune liste de ce label n’est connectée{calls}"
    if not what and not unlisted:
        return f"{counted} {where}".strip()
    return f"{capital(f'{what} {where}'.strip())} : {counted[0].lower()}{counted[1:]}"


def _worth_a_call(group: AnswerGroup, plan: SupplierPlan, lexicon: Lexicon) -> int:
    """How many of a group are worth a call: none when it is improbable that any of its first ones, who publish no trade, does one asked."""
    wanted = wanted_trades(plan.query, lexicon)
    silent = [result for result in group.results if any(why.code == "trade_unknown" for why in result.reasons)]
    beliefs = [likeliest(result.record, wanted, lexicon, plan.as_of)[1] for result in silent]
    return 0 if beliefs and all(map(is_improbable, beliefs)) else group.total


def _counted(does: int, in_part: int, to_call: int, kinds: Sequence[str], this: str) -> str:
    """« 4 ESAT font ce métier, 2 en font une partie, 18 sont à appeler », « 3 structures », « aucune structure connue, 16 à appeler »."""
    if not does:
        none = f"Aucune structure connue{_of_kinds(kinds)}"
        return f"{none}, {number(to_call)} à appeler" if to_call else none
    if not this:
        return _subject(does, kinds)
    calls = f", {number(to_call)} {'est' if to_call == 1 else 'sont'} à appeler" if to_call else ""
    return who_do(_subject(does - in_part or does, kinds), does, in_part, this) + calls


def _subject(count: int, kinds: Sequence[str]) -> str:
    several = count > 1
    if not kinds or len(kinds) > _MOST_NAMED:
        return f"{number(count)} structure{'s' if several else ''}"
    return f"{number(count)} {enumerated(kinds, 'et' if several else 'ou')}"


def _of_kinds(kinds: Sequence[str]) -> str:
    return f" de type {enumerated(kinds, 'ou')}" if 0 < len(kinds) <= _MOST_NAMED else ""


def _places(found: SupplierFound, lexicon: Lexicon, by_trade: bool) -> Iterator[str]:
    """Where the structures sit or intervene, from the filters of place: a trade is done « à Lille », structures intervene there."""
    query = found.plan.query
    if query.near is not None and query.radius_km is not None:
        yield f"à moins de {kilometres(query.radius_km)} {of_town(near_name(query.near, lexicon))}"
    if query.territory:
        yield f"{'' if by_trade else 'pour intervenir '}{_in(query.territory, lexicon)}"
    for name in ("seat", "departement", "region"):
        codes = getattr(query, name)
        if codes:
            yield f"{'par des structures ' if by_trade else ''}ayant leur siège {_in(codes, lexicon)}"
    if query.polygon is not None:
        yield "dans la zone dessinée"


def _in(ids: Sequence[str], lexicon: Lexicon) -> str:
    if len(ids) > _MOST_NAMED:
        return f"dans l’un de ces {len(ids)} territoires"
    return enumerated([in_place(lexicon.gazetteer.parse(id_)[0]) for id_ in ids], "ou")


def _others_of_answer(query: SupplierQuery) -> Iterator[str]:
    """The labels, the words, and whether other criteria hold."""
    if len(query.label) > _MOST_NAMED:
        yield f"avec un des {number(len(query.label))} labels demandés"
    elif query.label:
        names = [quoted(LABELS[code].name) if code in LABELS else code for code in query.label]
        yield f"avec {'le label' if len(names) == 1 else 'un des labels'} {enumerated(names, 'ou')}"
    if query.q is not None:
        yield f"pour {quoted(query.q)}"
    if any(_is_set(query, name) for name in type(query).model_fields if name not in _NAMED_FILTERS | _NO_FILTER):
        yield "selon vos autres critères"


def _is_set(query: SupplierQuery, name: str) -> bool:
    return bool(getattr(query, name) != type(query).model_fields[name].default)


@dataclass(frozen=True)
class Panel:
    """The panel. ``changes`` and ``trades``: links, each with a text that says how many results it gives, ``(text, url)``."""

    nothing: bool
    in_pairs: bool
    changes: list[tuple[str, str]]
    trades: list[tuple[str, str]]


def beyond_panel(found: SupplierFound, more: Beyond | None, state: PageState) -> Panel | None:
    """The panel; ``None`` when enough results are found."""
    if more is None:
        return None
    changes = [(relaxation.sentence, replace(state, query=relaxation.query).url()) for relaxation in more.relaxations]
    trades = [
        (f"{trade.name} : {plural(trade.total, 'structure')}", replace(state, query=trade.query).url())
        for trade in more.trades
    ]
    return Panel(
        nothing=found.total == 0,
        in_pairs=any(len(relaxation.parameters) > 1 for relaxation in more.relaxations),
        changes=[(text, url) for text, url in changes if url is not None],
        trades=[(text, url) for text, url in trades if url is not None],
    )


FORMATS = {
    "csv": "CSV",
    "xlsx": "XLSX (tableur)",
    "jsonl": "JSON, une structure par ligne",
    "geojson": "GeoJSON (carte)",
}
"""French names of the files of the API; a file without a name here is offered by its extension."""
_PAGES = ("self", "next", "prev")
"""Links of an answer that lead to its pages."""


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(RESULTS)
    async def results(request: Request) -> Response:
        return await context.run(_results, request, context)

    @routes.get(STATIC_PATH + "/{name}")
    def static(request: Request, name: str) -> Response:
        context.parse(request, NoParameters)
        asset = asset_named(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, headers={"Cache-Control": FOREVER}, media_type=asset.media)


def _results(request: Request, context: Context) -> Response:
    items = url_items(request)
    state = read(items, context.lexicon)
    if isinstance(state, Elsewhere):
        return RedirectResponse(state.url, 303)
    if isinstance(state, Refused):
        return refused_page(state, context)
    try:
        return _found(request, state, context)
    except InvalidRequest as error:
        return refused_page(Refused(grouped(items), error.errors), context)


def refused_page(refused: Refused, context: Context) -> Response:
    """The page 422: every error beside its field, the other inputs as typed, no result."""
    errors = plain_errors(refused.errors, context.lexicon)
    shown = form(refused.values, context.lexicon, None, errors, refused.choices)
    values = {
        "form": shown,
        "anchors": shown.anchors,
        "errors": [(error, title_of(error.field)) for error in errors],
        "need": shown.single("need") or shown.single("besoin"),
        "sources": all_sources(context.generation()),
    }
    return page("refused.html", values, status=422)


def _found(request: Request, state: PageState, context: Context) -> Response:
    generation = context.generation()
    today = context.today()
    as_of = (state.query.as_of or today).isoformat()
    query = state.query
    etag = etag_of(
        "results",
        version(),
        generation.version,
        str(METHOD_VERSIONS),
        as_of,
        query.model_dump_json(),
        state.besoin or "",
        ",".join(state.chosen),
        str(state.every),
    )
    return answered(request, etag, context.answers, lambda: _made(state, etag, context))


def _made(state: PageState, etag: str, context: Context) -> Response:
    query, today = state.query, context.today()
    facets = FACETS if state.every else FIRST_FACETS
    found = find(query.model_copy(update={"facets": facets}), context.snapshot, context.lexicon, today)
    found = replace(found, plan=replace(found.plan, query=query))  # links lead to the query as given
    more, answer_groups = context.snapshot.together(
        lambda: beyond(found, context.snapshot, context.lexicon, today),
        lambda: groups(found, context.snapshot, context.lexicon),
    )
    return page("results.html", _values(found, state, more, answer_groups, context), etag=etag)


def _title_of(query: SupplierQuery, exact: AnswerGroup | None, lexicon: Lexicon) -> str:
    """The title of the list: that of its group, when the answer has groups and the reader chose one at most."""
    if len(query.group) > 1 or not (exact or query.group):
        return "Résultats"
    if query.group:
        return title(query.group[0], query, lexicon)
    return exact.title if exact else title("exact", query, lexicon)


def _values(
    found: SupplierFound,
    state: PageState,
    more: Beyond | None,
    answer_groups: tuple[AnswerGroup, ...],
    context: Context,
) -> dict[str, object]:
    lexicon, query = context.lexicon, state.query
    items = [*pairs(query), *state.own()]
    shown = form(
        grouped(items),
        lexicon,
        facets_shown(found, answer_groups),
        facets=FACETS if state.every else FIRST_FACETS,
        others=_others(found, answer_groups),
        whole=state.every,
    )
    made = Cards(found, state, lexicon, context.known)
    listed, others = made.listed(), groups_shown(made, answer_groups, state)
    exact = next((group for group in answer_groups if group.code == "exact"), None)
    out_of_scope = outside(state.besoin, lexicon) if state.besoin and not found.total else ""
    return {
        "found": found,
        "count": count(query.group[0] if len(query.group) == 1 else "exact", found.total),
        "query": query,
        "answer": out_of_scope.removesuffix(".") or answer(found, answer_groups, lexicon),
        "need": state.besoin or "",
        "understood": understood(state, lexicon),
        "takes": context.doors.people is not None and context.doors.people.takes(context),
        "criteria": criteria(state, shown, lexicon),
        "cards": listed,
        "groups": others,
        "every_card": [*listed, *(card for group in others for card in group.cards)],
        "list_title": _title_of(query, exact, lexicon),
        "caution": caution(listed, 0 if exact is None else exact.zone_unpublished),
        "form": shown,
        "every": replace(state, every=True).url(page=query.page),
        "map": results_map(found, answer_groups, state, context),
        "tiles": context.tiles,
        "tray": tray_of(state, context.snapshot),
        "sheet_query": sheet_query(state),
        "pager": pager(found.total, state, MAX_DEPTH),
        "exports": _exports(found),
        "by_mail": _by_mail(query, context),
        "posted": _posted(found),
        "notices": () if out_of_scope else (*said_first(state.besoin, lexicon, type(state.query)), *notices(found)),
        "left_out": _left_out(found, state, answer_groups),
        "beyond": beyond_panel(found, more, state),
        "sources": sources_of((result.record for result in found.results), source_cards(found.generation))
        or all_sources(found.generation),
    }


def _by_mail(query: SupplierQuery, context: Context) -> str | None:
    """The form that follows the search by mail."""
    people = context.doors.people
    return None if people is None else address("/courriel/suppliers", people.followed_by(query))


def _others(found: SupplierFound, answer_groups: tuple[AnswerGroup, ...]) -> dict[str, dict[str, int]]:
    """By facet, how many structures of the groups after the first hold each value."""
    return {facet.name: elsewhere(answer_groups, facet.name) for facet in found.plan.search.facets}


def _left_out(
    found: SupplierFound, state: PageState, answer_groups: tuple[AnswerGroup, ...]
) -> list[tuple[str, str | None]]:
    """Sentences that count the suppliers left out because they did not publish something, each with the URL that adds them when there is
    one. An unknown trade is not counted when a group lists whom to ask."""
    has_to_ask = any(group.code == "to_ask" for group in answer_groups)
    counts = {name: count for name, count in found.unknown_excluded.items() if name != "trade" or not has_to_ask}
    known = unknowns(SupplierQuery)
    return [
        (sentence, state.url(include_unknown=(*state.query.include_unknown, name)) if name in known else None)
        for name, sentence in unpublished(counts)
    ]


def _exports(found: SupplierFound) -> list[tuple[str, str]]:
    """Names and URLs of the other formats of this search in the API, then of its page as JSON."""
    urls = cast(dict[str, str | None], links(found))
    files = [(FORMATS.get(name, name), url) for name, url in urls.items() if name not in _PAGES]
    return [(name, url) for name, url in (*files, ("cette page en JSON", urls["self"])) if url is not None]


def _posted(found: SupplierFound) -> dict[str, object] | None:
    """The files whose address would be too long: a form sends the search in its body instead."""
    urls = cast(dict[str, str | None], links(found))
    files = {"geojson": GEOJSON, **(EXPORTS if found.total <= MAX_ROWS else {})}
    too_long = [(FORMATS.get(name, name), path) for name, path in files.items() if urls[name] is None]
    fields = [(name, value) for name, value in pairs(found.plan.query) if name not in UNPAGED]
    return {"files": too_long, "fields": fields} if too_long else None

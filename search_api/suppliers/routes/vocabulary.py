"""``/v1/trades``, ``/v1/cpv``, ``/v1/kinds``, ``/v1/labels``: the vocabulary of searches."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from search_api import reference_schemas as schemas
from search_api.asked import Published, table_of
from search_api.context import Context
from search_api.parameters import CpvQuery, NoParameters, TradesQuery
from search_api.routing import Routes
from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import KINDS, Kind
from vivier.law.labels import LABELS, LabelType
from vivier.lexicon import Lexicon
from vivier.search.port import Generation
from vivier.suppliers.plan import plan_search
from vivier.suppliers.query import SupplierQuery
from vivier.trades.cpv import load_cpv
from vivier.trades.find import find_cpv, find_trades
from vivier.trades.table import Trade, Trades

NOT_CONNECTED = "Source non connectée : le nombre de fournisseurs qui détiennent ce label n'est pas connu."


def router(context: Context) -> Routes:
    """The routes."""
    routes = Routes(tags=["vocabulaire"])

    table_of(
        routes,
        context,
        "/v1/trades",
        TradesQuery,
        lambda query: _trades(query, context.lexicon),
        Published(
            "trades",
            "Les métiers, leurs groupes et leurs correspondances (CPV, ROME, Marché de l'inclusion)",
            schemas.TradesAnswer,
            errors=(406, 422),
        ),
    )

    table_of(
        routes,
        context,
        "/v1/cpv",
        CpvQuery,
        lambda query: _cpv(query, context.lexicon.trades),
        Published(
            "cpv",
            "Codes CPV par chiffres ou par mots, et les métiers qui leur répondent",
            schemas.CpvAnswer,
            errors=(406, 422),
        ),
    )

    table_of(
        routes,
        context,
        "/v1/kinds",
        NoParameters,
        lambda _: _kinds(context),
        Published(
            "kinds",
            "Les types de structure, leur base légale et les articles de réservation",
            schemas.KindsAnswer,
            errors=(406, 422, 503),
        ),
    )

    table_of(
        routes,
        context,
        "/v1/labels",
        NoParameters,
        lambda _: _labels(context),
        Published(
            "labels",
            "Les labels, ce qu'ils certifient, et combien de fournisseurs en détiennent un valide",
            schemas.LabelsAnswer,
            errors=(406, 422, 503),
        ),
    )

    return routes


def _trades(query: TradesQuery, lexicon: Lexicon) -> schemas.TradesAnswer:
    found = lexicon.trades if query.q is None else find_trades(query.q, lexicon.trades, lexicon.analysis)
    chosen = [trade for trade in found if not query.group or trade.group in query.group]
    codes = {trade.code for trade in chosen}
    crosswalk: dict[str, list[str]] = {}
    for trade in chosen:
        for slug in trade.marche_slugs:
            crosswalk.setdefault(slug, []).append(trade.code)
    return {
        "query": query.model_dump(),
        "total": len(chosen),
        "groups": [
            {"code": group.code, "name": group.name, "trades": [t.code for t in group.trades if t.code in codes]}
            for group in lexicon.trades.groups()
            if any(trade.code in codes for trade in group.trades)
        ],
        "trades": [_trade(trade) for trade in chosen],
        "crosswalk": dict(sorted(crosswalk.items())),
    }


def _trade(trade: Trade) -> schemas.TradeOut:
    table = load_cpv()
    cpv = [
        {
            "code": prefix.code,
            "label_fr": table.label(prefix.code) if prefix.code in table else None,
            "weight": prefix.weight,
        }
        for prefix in trade.cpv
    ]
    return cast(schemas.TradeOut, {**asdict(trade), "cpv": cpv})


def _cpv(query: CpvQuery, trades: Trades) -> schemas.CpvAnswer:
    table = load_cpv()
    found = find_cpv(query.q, table)
    results: list[schemas.CpvOut] = [
        {
            "code": entry.code,
            "label_fr": entry.label_fr,
            "parent": table.parent(entry.code),
            "trades": [trade.code for trade, _ in trades.by_cpv(entry.code)],
        }
        for entry in found[: query.limit]
    ]
    return {"query": query.model_dump(), "total": len(found), "results": results}


def _suppliers_by(context: Context, generation: Generation, facet: str) -> dict[str, int]:
    """Number of suppliers by value of a facet today, counted by a search."""
    plan = plan_search(SupplierQuery(facets=(facet,), per_page=1), context.lexicon, context.today())
    return context.snapshot.suppliers.search(plan.search).facets[facet].values


def _kinds(context: Context) -> schemas.KindsAnswer:
    generation = context.generation()
    counts = _suppliers_by(context, generation, "kind")
    return {
        "results": [_kind(kind, counts.get(code, 0)) for code, kind in KINDS.items()],
        "articles": dict(ARTICLE_NAMES),
        "meta": _meta(context, generation),
    }


def _kind(kind: Kind, suppliers: int) -> schemas.KindOut:
    answers = {article: kind.answers(article) for article in ARTICLE_NAMES}
    own = {"checked": kind.checked, "articles": answers, "suppliers": suppliers}
    return cast(schemas.KindOut, {**asdict(kind), **own})


def _labels(context: Context) -> schemas.LabelsAnswer:
    generation = context.generation()
    counts = _suppliers_by(context, generation, "label")
    tally = generation.meta.get("tally", {})
    return {
        "results": [
            _label(label, counts.get(code, 0), known=bool(counts.get(code) or tally.get(f"label:{code}")))
            for code, label in LABELS.items()
        ],
        "meta": _meta(context, generation),
    }


def _label(label: LabelType, counted: int, *, known: bool) -> schemas.LabelOut:
    """A label as JSON. When no loaded source names a holder, the label is « not connected »: its count is unknown, not zero."""
    suppliers, notice = (counted, None) if known else (None, NOT_CONNECTED)
    return cast(schemas.LabelOut, {**asdict(label), "connected": known, "suppliers": suppliers, "notice": notice})


def _meta(context: Context, generation: Generation) -> dict[str, str]:
    return {"as_of": context.today().isoformat(), "index_generation": generation.name}

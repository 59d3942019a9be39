"""Reads all the matches of a search, in its order, one by one, for an export."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from vivier.errors import FieldError, InvalidRequest, VivierError
from vivier.french import number
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.port import Hit
from vivier.search.query import refuse_paging
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.neutral import neutral_key
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of
from vivier.suppliers.result import SupplierResult, result_of

MAX_ROWS = 50_000
"""The most matches of an export (docs/api.md, « Exports »)."""
_CHUNK = 20
"""How many records of a neutral order are read together. A larger chunk falls out of the cache of the processor before it is
written: with 100 the speed is halved."""


class ExportIncomplete(VivierError):
    """Raised when the matches read are fewer or more than those counted: the export written is not the whole result."""


@dataclass(frozen=True)
class Whole:
    """All the matches of a search. ``found``: the answer without its page: plan, generation, exact total, seed. ``results`` can be read
    only once, and raises ``ExportIncomplete`` at its end when there were not ``found.total`` of them."""

    found: SupplierFound
    results: Iterator[SupplierResult]


def whole(
    query: SupplierQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    *,
    limit: int | None = MAX_ROWS,
) -> Whole:
    """Reads all the matches of a query on one generation, lazily: no record is read before the first result is consumed.

    Raises ``InvalidRequest`` for a query that cannot be read or that sets its paging, and when there are more than ``limit`` matches
    (``None``: no limit); ``NotFound`` when no index exists, ``EngineUnavailable``.
    """
    refuse_paging(query)
    plan = plan_of(query.model_copy(update={"facets": ()}), snapshot, lexicon, today)
    counted = snapshot.suppliers.search(replace(plan.search, offset=0, limit=0))
    if limit is not None and counted.total > limit:
        raise InvalidRequest((_too_many(counted.total, limit),))
    seed = (query.seed or secrets.token_hex(8)) if query.sort == "neutral" else None
    found: SupplierFound = SupplierFound(plan, snapshot.suppliers.generation, counted, (), seed)
    return Whole(found, (result_of(hit, plan, lexicon) for hit in _counted(found, snapshot)))


def _too_many(total: int, limit: int) -> FieldError:
    message = f"Un export contient au plus {number(limit)} fournisseurs ; cette recherche en trouve {number(total)} : précisez-la."
    return FieldError("query", "too_many_rows", message)


def _counted(found: SupplierFound, snapshot: Snapshot) -> Iterator[Hit[SupplierView]]:
    count = 0
    for hit in _hits(found.plan, snapshot, found.seed):
        count += 1
        yield hit
    if count != found.total:
        raise ExportIncomplete(f"Export incomplet : {count} fournisseurs lus sur {found.total}. Recommencez.")


def _hits(plan: SupplierPlan, snapshot: Snapshot, seed: str | None) -> Iterator[Hit[SupplierView]]:
    if seed is None:
        yield from snapshot.suppliers.stream(plan.search)
        return
    scanned = snapshot.suppliers.scan(plan.search.where, records=False)
    ids = sorted((hit.id for hit in scanned), key=lambda id_: neutral_key(seed, id_))
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        records = snapshot.suppliers.get(chunk)
        yield from (Hit(id_, 0, None, records[id_]) for id_ in chunk)

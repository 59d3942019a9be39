"""Reads suppliers that a reader chose one by one, beside the search that led to them, so that they can be compared and exported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.port import Answer, Hit
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of
from vivier.suppliers.result import result_of
from vivier.suppliers.whole import Whole
from vivier.territory.targets import distance_km

MOST_CHOSEN = 5
"""The most suppliers that are compared together: more columns cannot be read side by side."""


def chosen_ids(text: str | None) -> tuple[str, ...]:
    """The ids of a list separated by commas: distinct, in their order, :data:`MOST_CHOSEN` at most."""
    ids = dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip())
    return tuple(ids)[:MOST_CHOSEN]


def records_of(ids: Iterable[str], snapshot: Snapshot) -> dict[str, SupplierView]:
    """The suppliers of these ids, in their order. An id that the index no longer has is left out."""
    wanted = tuple(ids)
    found = snapshot.suppliers.get(wanted) if wanted else {}
    return {id_: found[id_] for id_ in wanted if id_ in found}


def chosen(ids: Iterable[str], query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Whole:
    """The suppliers chosen, as results of the query: with their distance to its place, their coverage and their reasons. The query does not
    leave any of them out. Raises ``InvalidRequest`` when it cannot be read."""
    plan = plan_of(query.model_copy(update={"sort": "name", "facets": (), "group": ()}), snapshot, lexicon, today)
    hits = (Hit(id_, 0, _distance(record, query), record) for id_, record in records_of(ids, snapshot).items())
    results = tuple(result_of(hit, plan, lexicon) for hit in hits)
    found: SupplierFound = SupplierFound(plan, snapshot.suppliers.generation, Answer(len(results), []), results)
    return Whole(found, iter(results))


def _distance(record: SupplierView, query: SupplierQuery) -> float | None:
    """The distance from the point of the query to the seat, in km; ``None`` when one of them is unknown."""
    address = record["address"]["value"] if "address" in record else {}
    point = address.get("point")
    return None if query.near is None or point is None else distance_km(query.near, (point["lon"], point["lat"]))

"""Finds contracts, notices and planned purchases: takes a query, gives ordered results with their reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from vivier.contracts.missed import missed_profile, missing, not_won
from vivier.contracts.plan import ListPlan, plan_list
from vivier.contracts.profile import Profile
from vivier.contracts.query import ContractQuery, ListQuery
from vivier.contracts.reasons import contract_reasons, notice_reasons
from vivier.contracts.status import CALLS, day_of, status_condition
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.lexicon import Lexicon
from vivier.procurement import NOTICE_STATUSES
from vivier.search.find import Found, Reason, Result, vocabulary_for
from vivier.search.operators import AnyOf, Range, Search, Sort, Terms, conjunction
from vivier.search.port import Hit
from vivier.search.snapshot import Snapshot

METHOD_VERSIONS: Final = {"provision": "provision-1", "score": "list-score-1", "end": "end-1"}
ListResult = Result[Any]
"""A contract (``ContractView``) or a notice (``NoticeView``), by the collection of the query."""
ListFound = Found[ListQuery, ListResult]


def find_list(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ListFound:
    """Search, order and explain. Raises ``InvalidRequest``, ``NotFound`` (nothing indexed), ``EngineUnavailable``."""
    plan, reader = list_plan(query, snapshot, lexicon, today), snapshot.of(query.collection)
    answer = reader.search(plan.search)
    results = tuple(listed(hit, plan, lexicon) for hit in answer.hits)
    profile = _missed_by(query, snapshot, lexicon, plan.as_of)
    if profile is not None:
        results = tuple(
            replace(each, reasons=(missing(each.record, profile, lexicon), *each.reasons)) for each in results
        )
    return Found(plan, reader.generation, answer, results)


def totals_by_status(found: ListFound, snapshot: Snapshot) -> dict[str, int]:
    """How many notices each state would list, whatever the states asked; under the empty name, how many there are in all."""
    plan = found.plan
    others = plan.conditions.where("status")
    states = {name: conjunction(others, status_condition(name, plan.as_of)) for name in NOTICE_STATUSES}
    counted = Search(where=AnyOf(()), sort=(), counts=(("", others), *states.items()), limit=0)
    return dict(snapshot.of(plan.collection).search(counted).counts)


def stream_list(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[ListResult]:
    """Every result once, in the order of the pages, without their depth limit."""
    plan = list_plan(query, snapshot, lexicon, today)
    for hit in snapshot.of(query.collection).stream(plan.search):
        yield listed(hit, plan, lexicon)


def last_notice(snapshot: Snapshot, as_of: date) -> date | None:
    """The day of the newest notice known on a day, by which an empty list tells its age; ``None`` when there is none."""
    if not snapshot.live("notices"):
        return None
    known = conjunction(Terms("nature", CALLS), Range("published", lte=as_of.isoformat()))
    found = snapshot.notices.search(Search(known, sort=(Sort("published", descending=True),), limit=1))
    return next((day_of(hit.record.get("published")) for hit in found.hits), None)


def list_plan(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ListPlan:
    """The plan of a query, its unknown words corrected by those of the generation."""
    profile = _missed_by(query, snapshot, lexicon, query.as_of or today)
    more = {} if profile is None else {"missed": not_won(profile, lexicon, query.as_of or today)}
    return plan_list(query, lexicon, today, vocabulary_for(query, snapshot), more)


def _missed_by(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> Profile | None:
    """Who did not win the contracts of a query; ``None`` when it does not say. Raises ``InvalidRequest`` for a structure that is not in the index."""
    if not isinstance(query, ContractQuery) or query.missed is None:
        return None
    try:
        return missed_profile(query.missed, snapshot, lexicon, as_of)
    except NotFound as error:
        raise InvalidRequest((FieldError("missed", "not_found", str(error)),)) from error


def listed(hit: Hit[Any], plan: ListPlan, lexicon: Lexicon) -> ListResult:
    """One hit with its reasons. ``distance_km`` goes from the point of the query to the place of the hit as indexed."""
    distance = None if hit.distance_km is None else round(hit.distance_km, 2)
    reasons = _REASONS[plan.collection](hit.record, distance, plan.as_of, lexicon)
    return Result(hit.id, hit.record, distance, reasons, hit.score)


_Reasons = Callable[[Any, float | None, date, Lexicon], tuple[Reason, ...]]
_REASONS: Final[Mapping[str, _Reasons]] = {"contracts": contract_reasons, "notices": notice_reasons}

"""Finds suppliers: runs a query and returns ordered results with their reasons. API, pages and command line present the same
answer."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.find import Found, Reason, Result, vocabulary_for
from vivier.search.operators import AnyOf, Search, Sort, Terms
from vivier.search.port import Answer, FacetCounts, Hit
from vivier.search.scoring import Component, components
from vivier.search.snapshot import Snapshot
from vivier.suppliers.capacity import Capacity, capacity_of
from vivier.suppliers.farther import NOBODY, Farther, counted, farther, pinned, ring_counts
from vivier.suppliers.fewer_words import readings
from vivier.suppliers.group_words import group_reasons, sentence, title
from vivier.suppliers.groups import GROUP_STEP, chosen_groups, group_of
from vivier.suppliers.plan import ZONE_UNPUBLISHED, SupplierPlan, facet_name, group_counts, others_search, plan_search
from vivier.suppliers.query import Group, SupplierQuery
from vivier.suppliers.reasons import coverage_of, matching_offers, reasons_for, serving_offers
from vivier.territory.coverage import Coverage

FEWEST = 5
"""The least number of results shown of the groups after the first, however many the first group has on its page."""
METHOD_VERSIONS = {"coverage": "coverage-2", "score": "score-2", "capacity": "capacity-1", "groups": "groups-2"}

_ID = re.compile(r"v[a-z2-7]{12}")


@dataclass(frozen=True)
class SupplierResult(Result[SupplierView]):
    """One supplier found. ``record`` is the supplier as indexed (see :class:`vivier.model.Supplier`), every fact with its
    provenance; ``coverage`` is that of the territory of the query best covered, ``None`` without a territory; ``components``
    add up to ``score`` and are empty in any order but relevance; ``group``: the group of the answer that the supplier belongs to;
    ``written``: what the build wrote of the record."""

    coverage: Coverage | None = None
    components: tuple[Component, ...] = ()
    capacity: Capacity | None = None
    group: Group = "exact"
    written: bytes | None = None


@dataclass(frozen=True)
class AnswerGroup:
    """A group of the answer: its ``code``, its French ``title``, its ``total`` of suppliers, a French ``sentence`` on what they have and
    lack, and its first ``results``: empty for the first group, whose results are those of the answer. ``zone_unpublished``: how many of the
    first group count by their seat, as they publish no zone. ``facets``: counts by value of the facets of the answer, in this group."""

    code: Group
    title: str
    total: int
    sentence: str
    results: tuple[SupplierResult, ...] = ()
    zone_unpublished: int = 0
    facets: Mapping[str, FacetCounts] = field(default_factory=dict)


@dataclass(frozen=True)
class SupplierFound(Found[SupplierQuery, SupplierResult]):
    """The whole answer of a search for suppliers."""

    plan: SupplierPlan


def find(query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> SupplierFound:
    """Runs a query: finds, orders and explains the suppliers of its page.

    Raises ``InvalidRequest`` for a query that cannot be read, ``NotFound`` when no index exists, ``EngineUnavailable``.
    """
    seed = (query.seed or secrets.token_hex(8)) if query.sort == "neutral" else None

    def answered(plan: SupplierPlan) -> Answer[SupplierView]:
        return snapshot.suppliers.search(plan.search) if seed is None else _neutral(plan, snapshot, seed)

    plain, plan, others = _plans(query, snapshot, lexicon, today)
    plan = _as_grouped(plan, snapshot)
    if _is_surely_met(plan):
        answer, met = answered(plan), True
    else:
        answer, met = snapshot.together(lambda: answered(plan), lambda: _is_met(plan, snapshot))
    if not met:
        plan = _as_grouped(_first_met(others, snapshot) or plain, snapshot)
        answer = answered(plan)
    results = tuple(result_of(hit, plan, lexicon) for hit in answer.hits)
    return SupplierFound(plan, snapshot.suppliers.generation, answer, results, seed)


def groups(
    found: SupplierFound, snapshot: Snapshot, lexicon: Lexicon, *, results: bool = True
) -> tuple[AnswerGroup, ...]:
    """The groups of the answer, each with its total; with ``results``, those after the first also have those that complete the page, and all but
    the last the values of the facets.

    Makes one more search, or two at once with ``results``, whatever was found. Empty for a query without trade and without place, whose
    answer has one group.
    """
    plan = found.plan
    if len(plan.groups) < 2:
        return ()
    counts, facets, away, hits = (_completed if results else _counted)(found, snapshot)
    shown = [result_of(hit, plan, lexicon) for hit in hits]
    totals = {"exact": found.total, **counts, "farther": away.total}
    unpublished: dict[Group, int] = {"exact": counts.get(ZONE_UNPUBLISHED, 0)}
    return tuple(
        AnswerGroup(
            code,
            title(code, plan.query, lexicon),
            totals[code],
            sentence(code, totals[code], plan, lexicon, unpublished.get(code, 0), away.km),
            tuple(result for result in shown if result.group == code),
            unpublished.get(code, 0),
            _facets_of(code, found, facets),
        )
        for code in plan.groups
    )


_Others = tuple[Mapping[str, int], Mapping[str, FacetCounts], Farther, tuple[Hit[SupplierView], ...]]
"""Of the groups after the first: their totals, their facets, who is farther, the results that complete the page."""


def _counted(found: SupplierFound, snapshot: Snapshot) -> _Others:
    """The totals of the groups alone, all counted by one search."""
    plan = found.plan
    between = [group for group in plan.groups if group not in ("exact", "farther")]
    rings = tuple(ring_counts(plan)) if "farther" in plan.groups else ()
    counts = (*group_counts(plan, between), *rings)
    answer = snapshot.suppliers.search(Search(where=AnyOf(()), sort=(), counts=counts, limit=0))
    return answer.counts, {}, counted(answer.counts) if rings else NOBODY, ()


def _completed(found: SupplierFound, snapshot: Snapshot) -> _Others:
    """The groups with the results that complete the page, in the order of groups."""
    plan = found.plan
    room = 0 if plan.query.group or plan.query.page > 1 else max(FEWEST, plan.query.per_page - len(found.results))
    away, answer = snapshot.together(
        lambda: farther(plan, snapshot) if "farther" in plan.groups else NOBODY,
        lambda: snapshot.suppliers.search(others_search(plan, room)),
    )
    last = (replace(hit, parts={**hit.parts, "group": GROUP_STEP}) for hit in away.hits)
    return answer.counts, answer.facets, away, (*answer.hits, *last)[:room]


def _facets_of(group: Group, found: SupplierFound, others: Mapping[str, FacetCounts]) -> dict[str, FacetCounts]:
    """The counts of the facets of an answer in one group; empty when the query chose its groups, as the answer then counts these."""
    names = [facet.name for facet in found.plan.search.facets]
    if group == "exact" and not found.plan.query.group:
        return {name: found.answer.facets[name] for name in names}
    known = {name: others.get(facet_name(group, name)) for name in names}
    return {name: counts for name, counts in known.items() if counts is not None}


def plan_of(query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> SupplierPlan:
    """The plan of a query; its unknown words are corrected from the words of the generation, and fewer words are enough when no supplier
    has them all (:mod:`vivier.suppliers.fewer_words`). Raises ``InvalidRequest``."""
    plain, first, others = _plans(query, snapshot, lexicon, today)
    return _as_grouped(first if _is_met(first, snapshot) else _first_met(others, snapshot) or plain, snapshot)


def _as_grouped(plan: SupplierPlan, snapshot: Snapshot) -> SupplierPlan:
    """The plan with its group *farther* made of who is the nearest, when the query chooses that group."""
    return pinned(plan, snapshot) if "farther" in plan.query.group else plan


def _plans(
    query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> tuple[SupplierPlan, SupplierPlan, Iterator[SupplierPlan]]:
    """The plan of a query with its words as they are, then those of the ways to read them: the first, and the others."""
    plain = plan_search(query, lexicon, today, vocabulary_for(query, snapshot))
    if query.q is None or plain.words is None:
        return plain, plain, iter(())
    first, *others = readings(plain.words, query.q, lexicon)
    read = plain if first is plain.words else plan_search(query, lexicon, today, words=first)
    return plain, read, (plan_search(query, lexicon, today, words=words) for words in others)


def _is_surely_met(plan: SupplierPlan) -> bool:
    """Whether some supplier meets the words of a plan without a search: it has none, or a single one that the generation has."""
    words = plan.words
    return words is None or (len(words.groups) == 1 and not words.unused and not words.notices)


def _is_met(plan: SupplierPlan, snapshot: Snapshot) -> bool:
    """Whether some supplier meets the words of a plan, whatever its other filters."""
    if _is_surely_met(plan):
        return True
    where = plan.conditions.whole["q"]
    return snapshot.suppliers.search(Search(where=where, sort=(), limit=0)).total > 0


def _first_met(plans: Iterator[SupplierPlan], snapshot: Snapshot) -> SupplierPlan | None:
    """The first of several plans whose words some supplier meets, whatever its other filters; all of them are asked in one search."""
    tried = {str(place): plan for place, plan in enumerate(plans)}
    counts = tuple((place, plan.conditions.whole["q"]) for place, plan in tried.items())
    found = snapshot.suppliers.search(Search(where=AnyOf(()), sort=(), counts=counts, limit=0)).counts
    return next((plan for place, plan in tried.items() if found[place]), None)


def get(id_: str, snapshot: Snapshot) -> SupplierView | None:
    """The supplier that has this id, as stored, ``None`` when there is none. A former id gives the supplier that replaces it, under its
    present id."""
    found = snapshot.suppliers.get([id_]).get(id_)
    if found is None and (owner := _owner(id_, snapshot)) is not None:
        found = snapshot.suppliers.get([owner]).get(owner)
    return found


def _owner(id_: str, snapshot: Snapshot) -> str | None:
    """The id of the supplier that has this former id; ``None`` when there is none."""
    if not _ID.fullmatch(id_):
        return None
    hits = snapshot.suppliers.search(Search(where=Terms("identifiers", (id_,)), limit=1)).hits
    return hits[0].id if hits else None


def neutral_key(seed: str, id_: str) -> bytes:
    """The sort key of a neutral order: SHA-256 of seed and id. The order favours nobody, and the seed alone reproduces it."""
    return hashlib.sha256(f"{seed}|{id_}".encode()).digest()


def _neutral(plan: SupplierPlan, snapshot: Snapshot, seed: str) -> Answer[SupplierView]:
    """The page of a neutral order: sorts the ids of all matches, then reads only the records of the page."""
    search = plan.search
    where = search.where
    counting = Search(where=where, sort=(Sort("name_sort"),), facets=search.facets, counts=search.counts, limit=0)
    ids, counted = snapshot.together(
        lambda: [hit.id for hit in snapshot.suppliers.scan(where, records=False)],
        lambda: snapshot.suppliers.search(counting),
    )
    ids.sort(key=lambda id_: neutral_key(seed, id_))
    page = ids[search.offset : search.offset + search.limit]
    records = snapshot.suppliers.get(page)
    hits = [Hit(id_, 0, None, records[id_]) for id_ in page]
    return Answer(counted.total, hits, counted.facets, counted.counts)


def result_of(hit: Hit[SupplierView], plan: SupplierPlan, lexicon: Lexicon) -> SupplierResult:
    """Completes a hit with its coverage, its reasons, its capacity, its group and the parts of its score."""
    group = group_of(hit.parts["group"]) if "group" in hit.parts else chosen_groups(plan.query)[0]
    offers = matching_offers(hit.record, plan, lexicon)
    serving = serving_offers(hit.record, plan, lexicon, group, offers)
    coverage = coverage_of(hit.record, serving, plan)
    distance = hit.distance_km
    if coverage is not None and plan.query.near is None:
        distance = coverage.distance_km
    rounded = None if distance is None else round(distance, 2)
    capacity = capacity_of(hit.record, plan.query)
    reasons = reasons_for(hit.record, offers, serving, coverage, rounded, plan, lexicon)
    if capacity is not None:
        reasons += (Reason(f"capacity_{capacity.state}", capacity.text),)
    if group != "exact":
        reasons = (*group_reasons(group, hit.record, plan, lexicon), *reasons)
    parts = _components(hit, plan) if group == "exact" else ()
    return SupplierResult(
        hit.id, hit.record, rounded, reasons, hit.score, coverage, parts, capacity, group, hit.written
    )


def says_kinds_alone(plan: SupplierPlan) -> bool:
    """Whether :func:`result_of` says nothing of any record but the reasons of its kinds: the query asks for no place, no trade, no label, no
    area, no amount and no group."""
    query = plan.query
    requested = (
        plan.territories,
        plan.search.origins,
        query.trade,
        query.cpv,
        query.service_type,
        query.label,
        query.zone,
        query.group,
    )
    return query.near is None and query.lot_amount is None and not any(requested)


def _components(hit: Hit[SupplierView], plan: SupplierPlan) -> tuple[Component, ...]:
    """The parts of the score. The points that no other part gave are those of the words."""
    if plan.query.sort != "relevance":
        return ()
    points = dict(hit.parts)
    if "words" in plan.weights:
        points["words"] = hit.score - sum(hit.parts.values())
    return components(points, plan.weights)

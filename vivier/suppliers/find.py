"""Finds suppliers: runs a query and returns ordered results with their reasons. API, pages and command line present the same
answer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.find import Found
from vivier.search.operators import AnyOf, Search, Terms
from vivier.search.port import Answer, FacetCounts, Hit
from vivier.search.snapshot import Snapshot
from vivier.suppliers.farther import NOBODY, Farther, counted, farther, ring_counts
from vivier.suppliers.group_words import sentence, title
from vivier.suppliers.groups import GROUP_STEP, shown
from vivier.suppliers.neutral import neutral_page
from vivier.suppliers.plan import IN_PART, ZONE_UNPUBLISHED, SupplierPlan, facet_name, group_counts, others_search
from vivier.suppliers.query import Group, SupplierQuery
from vivier.suppliers.readings import read
from vivier.suppliers.result import SupplierResult, result_of

FEWEST = 5
"""The least number of results shown of the groups after the first, however many the first group has on its page."""
METHOD_VERSIONS = {"coverage": "coverage-3", "score": "score-3", "capacity": "capacity-1", "groups": "groups-4"}

_ID = re.compile(r"v[a-z2-7]{12}")


@dataclass(frozen=True)
class AnswerGroup:
    """A group of the answer: its ``code``, its French ``title``, its ``total`` of suppliers, a French ``sentence`` on what they have and
    lack, and its first ``results``: empty for the first group, whose results are those of the answer. ``zone_unpublished``: how many of the
    first group count by their seat, as they publish no zone; ``in_part``: how many of it do a narrower trade alone. ``facets``: counts by value of the facets of the answer, in this group."""

    code: Group
    title: str
    total: int
    sentence: str
    results: tuple[SupplierResult, ...] = ()
    zone_unpublished: int = 0
    in_part: int = 0
    facets: Mapping[str, FacetCounts] = field(default_factory=dict)


@dataclass(frozen=True)
class SupplierFound(Found[SupplierQuery, SupplierResult]):
    """The whole answer of a search for suppliers."""

    plan: SupplierPlan


def find(query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> SupplierFound:
    """Reads the words of a query, plans it once, searches its page, explains each supplier of it.

    Raises ``InvalidRequest`` for a query that cannot be read, ``NotFound`` when no index exists, ``EngineUnavailable``.
    """
    seed = (query.seed or secrets.token_hex(8)) if query.sort == "neutral" else None

    def page(plan: SupplierPlan) -> Answer[SupplierView]:
        return snapshot.suppliers.search(plan.search) if seed is None else neutral_page(plan.search, snapshot, seed)

    plan, answer = read(query, snapshot, lexicon, today).searched(page)
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
    codes = tuple(plan.groups) if plan.query.group else shown(plan.groups, found.total)
    between = tuple(code for code in codes if code not in ("exact", "farther"))
    counts, facets, away, hits = (_completed if results else _counted)(found, between, snapshot)
    completing = [result_of(hit, plan, lexicon) for hit in hits]
    totals = {"exact": found.total, **counts, "farther": away.total}
    if not (plan.query.label or plan.query.group or totals.get("label_unknown")):
        codes = tuple(code for code in codes if code != "label_unknown")
    unpublished: dict[Group, int] = {"exact": counts.get(ZONE_UNPUBLISHED, 0)}
    in_part: dict[Group, int] = {"exact": counts.get(IN_PART, 0)}
    return tuple(
        AnswerGroup(
            code,
            title(code, plan.query, lexicon, in_part.get(code, 0)),
            totals[code],
            sentence(code, totals[code], plan, lexicon, unpublished.get(code, 0), away.km, in_part.get(code, 0)),
            tuple(result for result in completing if result.group == code),
            unpublished.get(code, 0),
            in_part.get(code, 0),
            _facets_of(code, found, facets),
        )
        for code in codes
    )


_Others = tuple[Mapping[str, int], Mapping[str, FacetCounts], Farther, tuple[Hit[SupplierView], ...]]
"""Of the groups after the first: their totals, their facets, who is farther, the results that complete the page."""


def _counted(found: SupplierFound, between: tuple[Group, ...], snapshot: Snapshot) -> _Others:
    """The totals of the groups alone, all counted by one search."""
    plan = found.plan
    rings = tuple(ring_counts(plan)) if "farther" in plan.groups else ()
    counts = (*group_counts(plan, between), *rings)
    answer = snapshot.suppliers.search(Search(where=AnyOf(()), sort=(), counts=counts, limit=0))
    return answer.counts, {}, counted(answer.counts) if rings else NOBODY, ()


def _completed(found: SupplierFound, between: tuple[Group, ...], snapshot: Snapshot) -> _Others:
    """The groups with the results that complete the page, in the order of groups."""
    plan = found.plan
    room = 0 if plan.query.group or plan.query.page > 1 else max(FEWEST, plan.query.per_page - len(found.results))
    away, answer = snapshot.together(
        lambda: farther(plan, snapshot) if "farther" in plan.groups else NOBODY,
        lambda: snapshot.suppliers.search(others_search(plan, between, room)),
    )
    last = away.hits[: max(0, room - len(answer.hits))]
    grouped = (replace(hit, parts={**hit.parts, "group": GROUP_STEP}) for hit in last)
    return answer.counts, answer.facets, away, (*answer.hits, *grouped)[:room]


def _facets_of(group: Group, found: SupplierFound, others: Mapping[str, FacetCounts]) -> dict[str, FacetCounts]:
    """The counts of the facets of an answer in one group; empty when the query chose its groups, as the answer then counts these."""
    names = [facet.name for facet in found.plan.search.facets]
    if group == "exact" and not found.plan.query.group:
        return {name: found.answer.facets[name] for name in names}
    known = {name: others.get(facet_name(group, name)) for name in names}
    return {name: counts for name, counts in known.items() if counts is not None}


def get(id_: str, snapshot: Snapshot) -> SupplierView | None:
    """The supplier that has this id, as stored, ``None`` when there is none. A former id gives the supplier that replaces it, under its
    present id."""
    found = snapshot.suppliers.get([id_]).get(id_)
    if found is None and (owner := _owner(id_, snapshot)) is not None:
        found = snapshot.suppliers.get([owner]).get(owner)
    return found


def supplier_of(id_: str, snapshot: Snapshot) -> SupplierView:
    """The same. Raises ``NotFound`` when there is none."""
    record = get(id_, snapshot)
    if record is None:
        raise NotFound(f"Aucun fournisseur « {id_[:80]} » dans l'index en service.")
    return record


def _owner(id_: str, snapshot: Snapshot) -> str | None:
    """The id of the supplier that has this former id; ``None`` when there is none."""
    if not _ID.fullmatch(id_):
        return None
    hits = snapshot.suppliers.search(Search(where=Terms("identifiers", (id_,)), limit=1)).hits
    return hits[0].id if hits else None

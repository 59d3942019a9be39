"""Joins the counts by value that the groups of an answer have: a value may be held by nobody in the first group and by somebody in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from vivier.search.port import FacetCounts
from vivier.suppliers.find import AnswerGroup, SupplierFound
from vivier.suppliers.query import Group


def in_groups(groups: Iterable[AnswerGroup], facet: str, value: str) -> dict[Group, int]:
    """How many suppliers of each group hold a value of a facet; empty when the groups have no counts."""
    return {group.code: group.facets[facet].values.get(value, 0) for group in groups if facet in group.facets}


def elsewhere(groups: Iterable[AnswerGroup], facet: str) -> dict[str, int]:
    """How many suppliers of the groups after the first hold each value of a facet, the most frequent values first."""
    counts: Counter[str] = Counter()
    for group in groups:
        if group.code != "exact" and facet in group.facets:
            counts.update(group.facets[facet].values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def facets_shown(found: SupplierFound, groups: Iterable[AnswerGroup]) -> Mapping[str, FacetCounts]:
    """The facets of an answer: their values, then, with a count of zero, those that only the groups after the first hold."""
    listed = tuple(groups)
    shown = {}
    for facet in found.plan.search.facets:
        counts = found.answer.facets[facet.name]
        room = max(0, facet.size - len(counts.values))
        others = [value for value in elsewhere(listed, facet.name) if value not in counts.values][:room]
        shown[facet.name] = replace(counts, values=counts.values | dict.fromkeys(others, 0)) if others else counts
    return shown

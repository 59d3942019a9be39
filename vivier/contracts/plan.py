"""The plan of a list of contracts or notices: the conditions on their dates, and the parts of their score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from vivier.contracts.months import add_months
from vivier.contracts.query import ContractQuery, ListQuery, NoticeQuery
from vivier.contracts.status import not_renewed, status_condition
from vivier.lexicon import Lexicon
from vivier.needs.asked import said_first
from vivier.search.conditions import Conditions
from vivier.search.operators import AnyOf, Collection, Not, Operator, Part, Range, Sort
from vivier.search.plan import Plan, Reading, filter_conditions, read
from vivier.search.scoring import ladder_part
from vivier.search.words import CONTRACTS, NOTICES, Searched, Words
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

FACETS: Final[Mapping[Collection, tuple[str, ...]]] = {
    "contracts": ("provision", "reserved_for", "social", "category", "departement", "year"),
    "notices": ("provision", "reserved_for", "nature", "source", "category", "departement"),
}
WEIGHTS: Final[Mapping[str, float]] = {"words": 0.7, "phrase": 0.1, "recency": 0.2}
"""Shares of the score of a list sorted by relevance: the words first, then how recent the contract or notice is."""
RECENCY_STEPS: Final = ((90, 1.0), (365, 0.8), (730, 0.6), (1460, 0.3))
"""Age in days of the notification or publication, and its value."""
DAYS: Final[Mapping[Collection, str]] = {"contracts": "notified", "notices": "published"}
"""The day from which a contract or a notice exists: before it, nobody could find it."""
_SEARCHED: Final[Mapping[Collection, Searched]] = {"contracts": CONTRACTS, "notices": NOTICES}
_SOONEST_FIRST: Final = ("ends", "deadline", "distance")
ListPlan = Plan[ListQuery]


def plan_list(
    query: ListQuery,
    lexicon: Lexicon,
    today: date,
    vocabulary: Vocabulary = NO_VOCABULARY,
    more: Mapping[str, Operator] = {},
) -> ListPlan:
    """Compiles a query. ``more``: conditions that only a generation can make, by parameter. Raises ``InvalidRequest`` when a territory cannot be
    read."""
    first = said_first(query.need, lexicon, type(query))
    reading, day = read(query, lexicon, today, first), DAYS[query.collection]
    words = reading.words(vocabulary, WEIGHTS, _SEARCHED[query.collection])
    conditions = Conditions({**_conditions(reading, words), **more}, reading.day)
    return reading.plan(
        conditions,
        words,
        WEIGHTS,
        parts=_parts(words, reading.as_of, day) if query.sort != "ends" else _to_come(reading.day),
        sort=_sort(query.sort, day, words),
        facets=FACETS[query.collection],
        counts=reading.unknown_counts(conditions),
    )


def _conditions(reading: Reading[ListQuery], words: Words | None) -> dict[str, Operator]:
    """Conditions by parameter, in the order in which an empty list proposes to drop them."""
    query, as_of = reading.query, reading.as_of
    found = reading.territory_conditions() | filter_conditions(query, reading.lexicon, reading.day)[0]
    if query.as_of is not None:
        found["as_of"] = Range(DAYS[query.collection], lte=reading.day, missing=True)
    found |= reading.place_conditions()
    if isinstance(query, ContractQuery) and query.ending_months is not None:
        last = add_months(as_of, query.ending_months)
        found["ending_months"] = Range("ends", gte=reading.day, lte=last.isoformat())
    if isinstance(query, ContractQuery) and len(set(query.renewed)) == 1:
        still = not_renewed(as_of)
        found["renewed"] = still if "no" in query.renewed else Not(still)
    if isinstance(query, NoticeQuery) and query.status:
        found["status"] = AnyOf(tuple(status_condition(status, as_of) for status in query.status))
    return found | reading.text_condition(words)


def _to_come(day: str) -> Iterator[Part]:
    """What ends from a day on comes before what ended."""
    yield ladder_part("to_come", 1.0, [(Range("ends", gte=day), 1.0)])


def _parts(words: Words | None, as_of: date, day: str) -> Iterator[Part]:
    if words is not None:
        yield words.phrase
    steps = [(Range(day, gte=(as_of - timedelta(days=age)).isoformat()), value) for age, value in RECENCY_STEPS]
    yield ladder_part("recency", WEIGHTS["recency"], steps)


def _sort(order: str, day: str, words: Words | None) -> tuple[Sort, ...]:
    if order == "relevance":
        return Sort("score"), Sort(day, descending=True)
    if order == "ends" and words is None:
        return Sort("score"), Sort("ends")
    return (Sort(order, descending=order not in _SOONEST_FIRST),)

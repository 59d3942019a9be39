"""From a query on contracts or notices to a search: one condition a parameter, one condition a facet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from vivier.contracts.months import add_months
from vivier.contracts.query import ContractQuery, ListQuery, NoticeQuery
from vivier.contracts.status import not_renewed, status_condition
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.identity import digits
from vivier.lexicon import Lexicon
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Facet,
    Near,
    Not,
    Operator,
    Part,
    Range,
    Search,
    Sort,
    Terms,
    Text,
    conjunction,
)
from vivier.search.query import filters
from vivier.search.scoring import ladder_part
from vivier.search.words import CONTRACTS, NOTICES, Words, read_words
from vivier.territory import Territory
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
_TERRITORIES: Final = ("territory", "buyer_territory")


@dataclass(frozen=True)
class ListPlan:
    """A search ready for an engine, and what is needed to explain its answer. ``conditions``: each parameter's alone."""

    collection: Collection
    query: ListQuery
    search: Search
    as_of: date
    territories: tuple[Territory, ...] = ()
    notices: tuple[str, ...] = ()
    conditions: Mapping[str, Operator] = field(default_factory=dict)


def plan_list(query: ListQuery, lexicon: Lexicon, today: date, vocabulary: Vocabulary = NO_VOCABULARY) -> ListPlan:
    """Compile a query. ``InvalidRequest`` when a territory cannot be read."""
    collection: Collection = "contracts" if isinstance(query, ContractQuery) else "notices"
    as_of = query.as_of or today
    territories, notices = _territories(query, lexicon)
    conditions = dict(_declared(query, lexicon, territories))
    if query.as_of is not None:
        conditions["as_of"] = Range(DAYS[collection], lte=as_of.isoformat(), missing=True)
    if query.near is not None and query.radius_km is not None:
        conditions["near"] = Near("location", *query.near, query.radius_km)
    if isinstance(query, ContractQuery) and query.ending_months is not None:
        last = add_months(as_of, query.ending_months)
        conditions["ending_months"] = Range("ends", gte=as_of.isoformat(), lte=last.isoformat())
    if isinstance(query, ContractQuery) and len(set(query.renewed)) == 1:
        still = not_renewed(as_of)
        conditions["renewed"] = still if "no" in query.renewed else Not(still)
    if isinstance(query, NoticeQuery) and query.status:
        conditions["status"] = AnyOf(tuple(status_condition(one, as_of) for one in query.status))
    words = _words(query, lexicon, vocabulary, collection)
    if query.q is not None:
        conditions["q"] = _text_or_identifier(query.q, None if words is None else words.text)
    whole = conjunction(*conditions.values())
    search = Search(
        where=whole,
        text=None if words is None else words.text,
        parts=tuple(_parts(words, as_of, collection)),
        sort=tuple(_sort(query, as_of)),
        origins=tuple(_origins(query, territories["territory"], lexicon)),
        facets=tuple(_facets(query, conditions, whole, collection)),
        counts=tuple(_unknown_counts(query, conditions)),
        offset=(query.page - 1) * query.per_page,
        limit=query.per_page,
    )
    said = (*notices, *(words.notices if words is not None else ()))
    return ListPlan(collection, query, search, as_of, territories["territory"], said, conditions)


def _territories(query: ListQuery, lexicon: Lexicon) -> tuple[dict[str, tuple[Territory, ...]], list[str]]:
    found: dict[str, tuple[Territory, ...]] = {}
    notices: list[str] = []
    errors: list[FieldError] = []
    for name in _TERRITORIES:
        meant: dict[str, Territory] = {}
        for text in getattr(query, name):
            try:
                told, notice = lexicon.gazetteer.expand(text, name)
            except InvalidRequest as error:
                errors += error.errors
                continue
            except NotFound as error:
                errors.append(FieldError(name, "unknown_territory", str(error)))
                continue
            meant |= {one.id: one for one in told}
            notices += [notice] if notice else []
        found[name] = tuple(meant.values())
    if errors:
        raise InvalidRequest(tuple(errors))
    return found, notices


def _declared(
    query: ListQuery, lexicon: Lexicon, territories: Mapping[str, tuple[Territory, ...]]
) -> Iterator[tuple[str, Operator]]:
    unknown_kept = getattr(query, "include_unknown", ())
    for name, filter_ in filters(type(query)).items():
        value = getattr(query, name)
        if value is None or value == ():
            continue
        if name in territories:
            yield name, Terms(filter_.field, tuple(one.id for one in territories[name]))
        elif filter_.bound is not None:
            yield name, filter_.range(value, include_unknown=filter_.figure in unknown_kept)
        else:
            yield name, filter_.entry(value, lexicon)


def _words(query: ListQuery, lexicon: Lexicon, vocabulary: Vocabulary, collection: Collection) -> Words | None:
    if query.q is None:
        return None
    searched = CONTRACTS if collection == "contracts" else NOTICES
    return read_words(query.q, lexicon, vocabulary, WEIGHTS["words"], WEIGHTS["phrase"], searched)


def _text_or_identifier(q: str, text: Text | None) -> Operator:
    plain, numbers = "".join(q.split()).lower(), digits(q)
    values = (q.strip().lower(), plain, *((numbers,) if len(numbers) in (9, 14) else ()))
    identifiers = Terms("identifiers", tuple(dict.fromkeys(values)))
    return identifiers if text is None else AnyOf((text, identifiers))


def _parts(words: Words | None, as_of: date, collection: Collection) -> Iterator[Part]:
    if words is not None:
        yield words.phrase
    steps = [
        (Range(DAYS[collection], gte=(as_of - timedelta(days=age)).isoformat()), value) for age, value in RECENCY_STEPS
    ]
    yield ladder_part("recency", WEIGHTS["recency"], steps)


def _sort(query: ListQuery, as_of: date) -> Iterator[Sort]:
    order: str = getattr(query, "sort", "relevance")
    if order == "relevance":
        yield Sort("score")
        yield Sort("notified" if isinstance(query, ContractQuery) else "published", descending=True)
    elif order in ("ends", "deadline", "distance"):
        yield Sort(order)
    else:
        yield Sort(order, descending=True)


def _origins(query: ListQuery, territories: Iterable[Territory], lexicon: Lexicon) -> Iterator[tuple[float, float]]:
    if query.near is not None:
        yield query.near
        return
    for territory in territories:
        point = lexicon.gazetteer.reference_point(territory.id)
        if point is not None:
            yield point


def _facets(
    query: ListQuery, conditions: Mapping[str, Operator], whole: Operator, collection: Collection
) -> Iterator[Facet]:
    """A facet of a parameter that is not given leaves nothing out: it shares the condition of the search."""
    declared = filters(type(query))
    for name in FACETS[collection] if query.facets is None else query.facets:
        rest = (condition for other, condition in conditions.items() if other != name)
        others = conjunction(*rest) if name in conditions else whole
        yield Facet(name, declared[name].field, others, None, All(), getattr(query, name))


def _unknown_counts(query: ListQuery, conditions: Mapping[str, Operator]) -> Iterator[tuple[str, Operator]]:
    """Contracts left out only because what a bound asks is not known of them."""
    by_field: dict[str, list[str]] = {}
    for name, filter_ in filters(type(query)).items():
        if filter_.bound is not None and getattr(query, name) is not None:
            by_field.setdefault(filter_.field, []).append(name)
    for field_name, names in by_field.items():
        if field_name not in getattr(query, "include_unknown", ()):
            others = (condition for other, condition in conditions.items() if other not in names)
            yield field_name, conjunction(*others, Not(Exists(field_name)))

"""From a query to a search: filters joined on the same offer, territories as codes, one condition per facet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.identity import digits
from vivier.lexicon import Lexicon
from vivier.search.codes import trades_of_cpv
from vivier.search.filters import Filter, unknown_of, valid_on
from vivier.search.operators import (
    All,
    AnyOf,
    Exists,
    Facet,
    Near,
    Not,
    Operator,
    Part,
    Same,
    Search,
    Sort,
    Terms,
    Text,
    Tier,
    Within,
    conjunction,
)
from vivier.search.polygon import polygon_rings
from vivier.search.query import filters
from vivier.search.scoring import (
    annual_amount,
    capacity_part,
    distance_part,
    freshness_part,
    weights_of,
)
from vivier.search.words import Words, read_words
from vivier.suppliers.conditions import CLASSES, Conditions
from vivier.suppliers.query import SupplierQuery
from vivier.territory import Gazetteer, Territory
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

DEFAULT_FACETS = ("kind", "trade", "service_type", "label", "departement", "region")


@dataclass(frozen=True)
class Plan:
    """A search ready for an engine, and what is needed to explain its answer."""

    query: SupplierQuery
    search: Search
    as_of: date
    territories: tuple[Territory, ...] = ()
    notices: tuple[str, ...] = ()
    words: Words | None = None
    conditions: tuple[tuple[str, Operator], ...] = ()
    """Each parameter's condition taken alone, then the offer conditions and the territory joined on one offer."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weight of each part of the score in this query, sum 1."""


def plan_search(query: SupplierQuery, lexicon: Lexicon, today: date, vocabulary: Vocabulary = NO_VOCABULARY) -> Plan:
    """Compile a query. ``InvalidRequest`` when a territory or a polygon cannot be read."""
    as_of = query.as_of or today
    errors: list[FieldError] = []
    territories, notices = _territories("territory", query.territory, lexicon, errors)
    seats, seat_notices = _territories("seat", query.seat, lexicon, errors)
    supplier, offer = _declared(query, lexicon, as_of)
    if seats:
        supplier["seat"] = Terms("seat", tuple(seat.id for seat in seats))
    weights = weights_of(_called_for(query, territories))
    words = read_words(query.q, lexicon, vocabulary, weights["words"], weights["phrase"]) if query.q else None
    supplier |= _places(query, errors)
    if query.q is not None:
        supplier["q"] = _text_or_identifier(query.q, words.text if words is not None else None)
    supplier["closed"] = Not(Terms("closed", ("yes",)))
    if errors:
        raise InvalidRequest(tuple(errors))
    conditions = Conditions(supplier, offer, territories, CLASSES[query.coverage], lexicon.gazetteer, as_of.isoformat())
    origins = _origins(query, territories, lexicon.gazetteer)
    search = Search(
        where=conditions.where(),
        text=words.text if words is not None else None,
        parts=tuple(_parts(query, weights, conditions, words, origins, lexicon, as_of)),
        sort=_sort(query, territories),
        origins=origins,
        facets=tuple(_facets(query, conditions, as_of)),
        counts=tuple(_unknown_counts(query, conditions, as_of.isoformat())),
        offset=(query.page - 1) * query.per_page,
        limit=query.per_page,
    )
    if query.sort == "distance" and territories and query.near is None:
        inside = Terms("seat", tuple(territory.id for territory in territories))
        search = replace(search, text=None, parts=(Part("inside", (Tier(inside, 1),)),))
    said = (*notices, *seat_notices, *(words.notices if words is not None else ()))
    return Plan(query, search, as_of, territories, said, words, conditions.apart(), weights)


def _called_for(query: SupplierQuery, territories: tuple[Territory, ...]) -> Iterator[str]:
    """The parts of the score this query calls for."""
    if query.q is not None:
        yield from ("words", "phrase")
    if query.trade or query.cpv:
        yield "trade"
    if territories:
        yield "coverage"
    if query.near is not None or any(territory.kind in ("commune", "arrondissement") for territory in territories):
        yield "distance"
    if query.lot_amount is not None:
        yield "capacity"
    yield "freshness"


def _parts(
    query: SupplierQuery,
    weights: Mapping[str, float],
    conditions: Conditions,
    words: Words | None,
    origins: tuple[tuple[float, float], ...],
    lexicon: Lexicon,
    as_of: date,
) -> Iterator[Part]:
    if words is not None:
        yield words.phrase
    if "trade" in weights:
        cpv = (trade for code in query.cpv for trade in trades_of_cpv(lexicon, code))
        yield conditions.trade(weights["trade"], tuple(dict.fromkeys((*query.trade, *cpv))))
    if "coverage" in weights:
        yield conditions.coverage(weights["coverage"])
    if "distance" in weights:
        yield distance_part(weights["distance"], origins)
    if query.lot_amount is not None:
        yield capacity_part(weights["capacity"], annual_amount(query.lot_amount, query.lot_months))
    yield freshness_part(weights["freshness"], as_of)


def _territories(
    name: str, texts: Iterable[str], lexicon: Lexicon, errors: list[FieldError]
) -> tuple[tuple[Territory, ...], list[str]]:
    found: dict[str, Territory] = {}
    notices: list[str] = []
    for text in texts:
        try:
            meant, notice = lexicon.gazetteer.expand(text, name)
        except InvalidRequest as error:
            errors += [FieldError(name, one.code, one.message, one.allowed, one.suggestion) for one in error.errors]
            continue
        except NotFound as error:
            errors.append(FieldError(name, "unknown_territory", str(error)))
            continue
        found |= {territory.id: territory for territory in meant}
        notices += [notice] if notice else []
    return tuple(found.values()), notices


def _declared(query: SupplierQuery, lexicon: Lexicon, as_of: date) -> tuple[dict[str, Operator], dict[str, Operator]]:
    supplier: dict[str, Operator] = {}
    offer: dict[str, Operator] = {}
    for name, filter_ in filters(type(query)).items():
        value = getattr(query, name)
        if value is None or value == () or name == "seat":
            continue
        if filter_.bound is not None:
            unknown = filter_.figure in query.include_unknown
            supplier[name] = filter_.range(value, include_unknown=unknown)
        elif filter_.level == "offer":
            offer[name] = filter_.entry(value, lexicon)
        else:
            supplier[name] = filter_.operator(value, lexicon, as_of.isoformat())
    return supplier, offer


def _places(query: SupplierQuery, errors: list[FieldError]) -> dict[str, Operator]:
    places: dict[str, Operator] = {}
    if query.near is not None and query.radius_km is not None:
        places["near"] = Near("location", *query.near, query.radius_km)
    if query.polygon is not None:
        try:
            places["polygon"] = AnyOf(tuple(Within("location", rings) for rings in polygon_rings(query.polygon)))
        except InvalidRequest as error:
            errors += error.errors
    return places


def _text_or_identifier(q: str, text: Text | None) -> Operator:
    plain = "".join(q.split()).lower()
    numbers = digits(q)
    identifiers = Terms("identifiers", tuple(dict.fromkeys((plain, numbers) if len(numbers) in (9, 14) else (plain,))))
    return identifiers if text is None else AnyOf((text, identifiers))


def _sort(query: SupplierQuery, territories: tuple[Territory, ...]) -> tuple[Sort, ...]:
    by_distance = (Sort("distance"),) if territories or query.near is not None else ()
    match query.sort:
        case "distance":
            return (*((Sort("score"),) if query.near is None else ()), *by_distance)
        case "name":
            return (Sort("name_sort"),)
        case "updated":
            return (Sort("updated", descending=True),)
        case _:
            return (Sort("score"), *by_distance)


def _origins(
    query: SupplierQuery, territories: tuple[Territory, ...], gazetteer: Gazetteer
) -> tuple[tuple[float, float], ...]:
    if query.near is not None:
        return (query.near,)
    points = (gazetteer.reference_point(territory.id) for territory in territories)
    return tuple(point for point in points if point is not None)


def _facets(query: SupplierQuery, conditions: Conditions, as_of: date) -> Iterable[Facet]:
    declared = filters(type(query))
    for name in DEFAULT_FACETS if query.facets is None else query.facets:
        filter_ = declared[name]
        entry: Operator = All()
        if filter_.path == "offers":
            entry = conditions.entry(name)
        elif filter_.path is not None and filter_.dated:
            entry = All(valid_on(as_of.isoformat()))
        yield Facet(name, filter_.field, conditions.where(name), filter_.path, entry, getattr(query, name))


def _unknown_counts(query: SupplierQuery, conditions: Conditions, day: str) -> Iterable[tuple[str, Operator]]:
    """Suppliers left out only because what the filter asks is not known of them."""
    by_field: dict[str, tuple[str, Filter]] = {}
    for name, filter_ in filters(type(query)).items():
        if filter_.negative or getattr(query, name) in (None, ()):
            continue
        if filter_.bound is not None or (filter_.path == "offers" and filter_.field in ("trade", "service_type")):
            by_field.setdefault(filter_.figure, (name, filter_))
    for field_name, (name, filter_) in by_field.items():
        if field_name not in query.include_unknown:
            yield field_name, conjunction(conditions.where(name), unknown_of(filter_, day))
    if conditions.territories:
        without = conditions.where("territory")
        yield "location", conjunction(without, Not(Exists("seat")), Not(Same("offers", (Exists("reach_all"),))))


__all__ = ["DEFAULT_FACETS", "Plan", "plan_search"]

"""Compiles a query into a search, whatever its collection: reads the territories once, then makes one condition for each parameter
and one for each facet.

Each collection adds the rest in its own module (``vivier/suppliers/plan.py``, ``vivier/contracts/plan.py``): more conditions, the
parts of the score, the orders.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.identity import digits
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search import operators as ops
from vivier.search.conditions import Conditions
from vivier.search.filters import Filter, unknown_of
from vivier.search.polygon import polygon_rings
from vivier.search.query import TERRITORIES, SearchQuery, filters
from vivier.search.words import Searched, Words, read_words
from vivier.territory import Territory
from vivier.text.vocabulary import Vocabulary

Q = TypeVar("Q", bound=SearchQuery)
TO_CHECK = "to_check"
"""The name of the count of the records found whose proof is too old."""


@dataclass(frozen=True)
class Plan(Generic[Q]):
    """A search ready for an engine, with the data that explains its answer. ``territories``: those of the parameter « territory »;
    ``weights``: the weight of each part of the score; ``notices``: in French, the values that were not read literally."""

    query: Q
    search: ops.Search
    as_of: date
    conditions: Conditions
    territories: tuple[Territory, ...]
    notices: tuple[str, ...]
    words: Words | None
    weights: Mapping[str, float]

    @property
    def collection(self) -> ops.Collection:
        return self.query.collection


@dataclass(frozen=True)
class Reading(Generic[Q]):
    """A query being planned: its day, its ``territories`` by parameter, and ``notices``, which say in French which values were not read
    literally."""

    query: Q
    lexicon: Lexicon
    as_of: date
    territories: Mapping[str, tuple[Territory, ...]]
    notices: tuple[str, ...]

    @property
    def day(self) -> str:
        """The day of the query, ISO."""
        return self.as_of.isoformat()

    @cached_property
    def origins(self) -> tuple[tuple[float, float], ...]:
        """The points (lon, lat) that distances are measured from: the point of the query, else the reference points of its territories."""
        if self.query.near is not None:
            return (self.query.near,)
        points = (self.lexicon.gazetteer.reference_point(territory.id) for territory in self.territories["territory"])
        return tuple(point for point in points if point is not None)

    def territory_conditions(self) -> dict[str, ops.Operator]:
        """The conditions of the parameters whose values are territories and that filter a field."""
        return {
            name: ops.Terms(filter_.field, tuple(territory.id for territory in self.territories[name]))
            for name, filter_ in _given(self.query)
            if name in TERRITORIES
        }

    def place_conditions(self) -> dict[str, ops.Operator]:
        """The conditions of the circle and of the polygon of the query. Raises ``InvalidRequest`` for a polygon that cannot be read."""
        places: dict[str, ops.Operator] = {}
        if self.query.near is not None and self.query.radius_km is not None:
            places["near"] = ops.Near("location", *self.query.near, self.query.radius_km)
        polygon = getattr(self.query, "polygon", None)
        if polygon is not None:
            places["polygon"] = ops.AnyOf(tuple(ops.Within("location", rings) for rings in polygon_rings(polygon)))
        return places

    def words(self, vocabulary: Vocabulary, weights: Mapping[str, float], searched: Searched) -> Words | None:
        """The words of the query, read; ``None`` when it has none."""
        if self.query.q is None:
            return None
        return read_words(self.query.q, self.lexicon, vocabulary, weights["words"], weights["phrase"], searched)

    def text_condition(self, words: Words | None) -> dict[str, ops.Operator]:
        """The condition of the text of the query: a record has its words, or has it as an identifier."""
        return {} if self.query.q is None else {"q": _text_or_identifier(self.query.q, words)}

    def plan(
        self,
        conditions: Conditions,
        words: Words | None,
        weights: Mapping[str, float],
        *,
        parts: Iterable[ops.Part],
        sort: tuple[ops.Sort, ...],
        facets: tuple[str, ...],
        counts: Iterable[tuple[str, ops.Operator]],
    ) -> Plan[Q]:
        """Assembles the plan. ``facets``: the facets of a query that names none."""
        search = ops.Search(
            where=conditions.where(),
            text=None if words is None else words.text,
            parts=tuple(parts),
            sort=sort,
            origins=self.origins,
            facets=tuple(self.facets(conditions, facets if self.query.facets is None else self.query.facets)),
            counts=tuple(counts),
            offset=(self.query.page - 1) * self.query.per_page,
            limit=self.query.per_page,
        )
        territories = self.territories["territory"]
        notices = (*self.notices, *(words.notices if words is not None else ()))
        return Plan(self.query, search, self.as_of, conditions, territories, notices, words, weights)

    def unknown_counts(
        self, conditions: Conditions, *, first_filter_only: bool = False
    ) -> Iterator[tuple[str, ops.Operator]]:
        """For each figure, trade or type of service filtered, the condition of the records excluded only because it is unknown.

        ``first_filter_only``: only the first filter on a figure is left out of its condition. A query with two bounds on the same
        figure then counts nobody, as the second bound still excludes unknown figures.
        """
        by_figure: dict[str, dict[str, Filter]] = {}
        for name, filter_ in _given(self.query):
            if filter_.bound is not None or (filter_.level == "offer" and filter_.field in ("trade", "service_type")):
                by_figure.setdefault(filter_.figure, {})[name] = filter_
        for figure, of_figure in by_figure.items():
            if figure not in _unknown_included(self.query):
                names = tuple(of_figure)[: 1 if first_filter_only else None]
                yield figure, ops.conjunction(conditions.where(*names), unknown_of(of_figure[names[0]], self.day))

    def unproved_count(self, conditions: Conditions) -> Iterator[tuple[str, ops.Operator]]:
        """The condition of the records found whose every entry that meets a filter has a proof that is too old."""
        proofs = [
            (filter_, name)
            for name, filter_ in _given(self.query)
            if filter_.proof is not None and not filter_.negative
        ]
        proved = [
            ops.Same(filter_.path, (filter_.entry(getattr(self.query, name), self.lexicon), *filter_.counted(self.day)))
            for filter_, name in proofs
            if filter_.path is not None
        ]
        if proved:
            yield TO_CHECK, ops.conjunction(conditions.where(), ops.Not(ops.All(tuple(proved))))

    def facets(self, conditions: Conditions, names: tuple[str, ...], before: str = "") -> Iterator[ops.Facet]:
        """The facets ``names`` of the records that meet the conditions, each without its own filter. ``before``: what their names in the answer
        begin with."""
        declared = filters(type(self.query))
        for name in names:
            filter_ = declared[name]
            entry = conditions.entry(name) if filter_.path == "offers" else ops.All(filter_.counted(self.day))
            where, selected = conditions.where(name), getattr(self.query, name)
            yield ops.Facet(f"{before}{name}", filter_.field, where, filter_.path, entry, selected)


def read(query: Q, lexicon: Lexicon, today: date, first: tuple[str, ...] = ()) -> Reading[Q]:
    """Reads the territories of a query and fixes its day: ``as_of``, else ``today``. ``first``: notices that come before the others. Raises
    what :func:`read_territories` raises."""
    found, notices = read_territories(query, lexicon)
    territories = {name: tuple(dict.fromkeys(several)) for name, several in found.items()}
    return Reading(query, lexicon, query.as_of or today, territories, (*first, *notices))


def read_territories(query: Model, lexicon: Lexicon) -> tuple[dict[str, list[Territory]], tuple[str, ...]]:
    """Reads the territories of a query, by parameter, with a notice in French for each that was not read literally.

    Raises ``InvalidRequest`` with one error for each territory that cannot be read.
    """
    found: dict[str, list[Territory]] = {name: [] for name in TERRITORIES}
    notices: list[str] = []
    errors: list[FieldError] = []
    for name in TERRITORIES:
        for text in getattr(query, name, ()):
            try:
                meant, notice = lexicon.gazetteer.expand(text, name)
            except InvalidRequest as error:
                errors += error.errors
                continue
            found[name] += meant
            notices += [notice] if notice else []
    refuse_any(errors)
    return found, tuple(notices)


def filter_conditions(
    query: Model, lexicon: Lexicon, day: str, others: Container[str] = TERRITORIES
) -> tuple[dict[str, ops.Operator], dict[str, ops.Operator]]:
    """The conditions of the declared filters of a query on ``day`` (ISO): those on the record, then those on one offer. ``others``:
    the filters left out, because the caller reads them."""
    whole: dict[str, ops.Operator] = {}
    offer: dict[str, ops.Operator] = {}
    for name, filter_ in _given(query):
        value = getattr(query, name)
        if name in others:
            continue
        if filter_.bound is not None:
            whole[name] = filter_.range(value, include_unknown=filter_.figure in _unknown_included(query))
        elif filter_.level == "offer":
            offer[name] = filter_.entry(value, lexicon)
        else:
            whole[name] = filter_.operator(value, lexicon, day)
    return whole, offer


def _given(query: Model) -> Iterator[tuple[str, Filter]]:
    """The declared filters that a query uses, in the order of its model, wishes left out."""
    for name, filter_ in filters(type(query)).items():
        if not filter_.wish and getattr(query, name) not in (None, ()):
            yield name, filter_


def _unknown_included(query: Model) -> tuple[str, ...]:
    """The figures whose unknown values the query includes; empty for a query that has no such parameter."""
    figures: tuple[str, ...] = getattr(query, "include_unknown", ())
    return figures


def _text_or_identifier(q: str, words: Words | None) -> ops.Operator:
    """The condition that a record has the words, or has the text as an identifier: as written, without its spaces, or by its digits when
    they make a SIREN (9) or a SIRET (14)."""
    plain, numbers = "".join(q.split()).lower(), digits(q)
    values = (q.strip().lower(), plain, *((numbers,) if len(numbers) in (9, 14) else ()))
    identifiers = ops.Terms("identifiers", tuple(dict.fromkeys(values)))
    return identifiers if words is None else ops.AnyOf((words.text, identifiers))

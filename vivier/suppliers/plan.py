"""Plans a search for suppliers: joins filters on the same offer, turns territories into codes, makes the parts of the score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.needs.asked import said_first
from vivier.search import operators as ops
from vivier.search import scoring
from vivier.search.codes import evidence_from
from vivier.search.conditions import Conditions
from vivier.search.plan import Plan, Reading, filter_conditions, read
from vivier.search.words import SUPPLIERS, Words
from vivier.suppliers import groups as grouping
from vivier.suppliers.offers import known_or_by_law
from vivier.suppliers.query import Group, SupplierQuery
from vivier.suppliers.reach import graded, served
from vivier.suppliers.wishes import has_wishes, wish_part, wishes_of
from vivier.territory import Territory
from vivier.territory.model import FRANCE
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary
from vivier.trades.near import near_trades
from vivier.trades.table import STAFFING
from vivier.vocabulary import SUPPOSED

DEFAULT_FACETS = ("kind", "trade", "service_type", "label", "departement", "region")
ZONE_UNPUBLISHED = "zone_unpublished"
IN_PART = "in_part"
"""The names of counts of :func:`others_search`."""
_OPEN = ops.Not(ops.Terms("closed", ("yes",)))


@dataclass(frozen=True)
class SupplierPlan(Plan[SupplierQuery]):
    """The plan of a search for suppliers. ``reading``: the query as read; ``exact``: its conditions, those of the first group; ``ways``: the
    conditions of each group. ``nearest``: the condition of the suppliers of the group *farther*, once they are known
    (:mod:`vivier.suppliers.farther`)."""

    reading: Reading[SupplierQuery]
    exact: Conditions
    ways: grouping.Ways
    nearest: ops.Operator | None = None

    @cached_property
    def groups(self) -> Mapping[Group, ops.Operator]:
        """The condition of each group of the answer, in the order of groups."""
        return {group: grouping.members(self.ways, group) for group in self.ways}

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Codes of the trades that the query requests, by ``trade`` and by ``cpv``."""
        return frozenset(grouping.wanted_trades(self.query, self.reading.lexicon))

    @property
    def counts_parts(self) -> bool:
        """Whether who does a part of the trade alone is told apart: who lends people does so for any part, a supposition has no trade of its own."""
        return bool(self.wanted) and STAFFING not in self.wanted and not asks_for_supposed(self.query)

    @cached_property
    def near_wanted(self) -> frozenset[str]:
        """Codes of the trades near those that the query requests: those of the group *near_trade*."""
        near = near_trades(grouping.wanted_trades(self.query, self.reading.lexicon), self.reading.lexicon.trades)
        return frozenset((*near.close, *near.family))

    @cached_property
    def close_wanted(self) -> frozenset[str]:
        """Those of them that are a parent or a sibling of a trade that the query requests: the first degree of the group."""
        return frozenset(
            near_trades(grouping.wanted_trades(self.query, self.reading.lexicon), self.reading.lexicon.trades).close
        )

    @cached_property
    def enough(self) -> frozenset[str]:
        """The rungs of evidence that ``min_evidence`` accepts; empty when the query does not give it."""
        weakest = self.query.min_evidence
        return frozenset(rung for least in weakest for rung in evidence_from(self.reading.lexicon, least))


def plan_search(
    query: SupplierQuery,
    lexicon: Lexicon,
    today: date,
    vocabulary: Vocabulary = NO_VOCABULARY,
    words: Words | None = None,
) -> SupplierPlan:
    """Compiles a query into a plan. ``words``: its words when they have been read already; they are read with ``vocabulary`` otherwise.
    Raises ``InvalidRequest`` when a territory or a polygon cannot be read."""
    return _planned(*_compiled(query, lexicon, today, vocabulary, words))


def condition_of(query: SupplierQuery, lexicon: Lexicon, today: date, words: Words | None) -> ops.Operator:
    """The condition of the suppliers that :func:`plan_search` would search, without the rest of the plan."""
    *_, exact, ways = _compiled(query, lexicon, today, NO_VOCABULARY, words)
    return grouping.narrowed(exact, ways, grouping.chosen_groups(query)).where()


def _compiled(
    query: SupplierQuery, lexicon: Lexicon, today: date, vocabulary: Vocabulary, words: Words | None
) -> tuple[Reading[SupplierQuery], Words | None, Mapping[str, float], Conditions, grouping.Ways]:
    """A query as read, its words, the weights of its score, its conditions, and those of its groups."""
    reading = read(query, lexicon, today, said_first(query.need, lexicon, SupplierQuery))
    weights = scoring.weights_of(_called_for(query, reading.territories["territory"]))
    words = words or reading.words(vocabulary, weights, SUPPLIERS)
    exact = _conditions(reading, words)
    return reading, words, weights, exact, grouping.ways_of(reading, exact)


def with_nearest(plan: SupplierPlan, ids: tuple[str, ...]) -> SupplierPlan:
    """The plan whose group *farther* is made of the suppliers that have these ids."""
    nearest = ops.Terms("id", ids)
    farther = tuple(replace(way, whole={**way.whole, "nearest": nearest}) for way in plan.ways["farther"])
    return _planned(plan.reading, plan.words, plan.weights, plan.exact, {**plan.ways, "farther": farther}, nearest)


def _planned(
    reading: Reading[SupplierQuery],
    words: Words | None,
    weights: Mapping[str, float],
    exact: Conditions,
    ways: grouping.Ways,
    nearest: ops.Operator | None = None,
) -> SupplierPlan:
    query, chosen = reading.query, grouping.chosen_groups(reading.query)
    plan = reading.plan(
        grouping.narrowed(exact, ways, chosen),
        words,
        weights,
        parts=_parts(reading, weights, exact, words),
        sort=_sort(query, reading.territories["territory"]),
        facets=DEFAULT_FACETS,
        counts=_unknown_counts(reading, exact),
    )
    planned = SupplierPlan(**vars(plan), reading=reading, exact=exact, ways=ways, nearest=nearest)
    return replace(planned, search=_search(planned, chosen))


def _search(plan: SupplierPlan, chosen: tuple[Group, ...]) -> ops.Search:
    """The search of a plan in its order: by group when the query chooses its groups, and by nearness to a territory."""
    if chosen != ("exact",):
        return _by_group(plan)
    query, territories = plan.query, plan.territories
    if query.sort == "distance" and territories and query.near is None:
        return replace(
            plan.search, text=None, parts=(ops.Part("inside", (ops.Tier(grouping.inside(plan.reading), 1),)),)
        )
    return plan.search


def _by_group(plan: SupplierPlan) -> ops.Search:
    """The search in the order of groups; inside a group, in the order requested, else by the probability that a supplier does the trade and
    comes, then by distance, and by distance alone for *farther*."""
    reading, search, by_group = plan.reading, plan.search, grouping.group_part(plan.ways)
    if plan.query.sort in ("name", "updated", "neutral"):
        return replace(
            search, text=None, parts=(by_group,), sort=(ops.Sort("score"), *_sort(plan.query, plan.territories))
        )
    wanted, seated = grouping.wanted_trades(plan.query, reading.lexicon), grouping.inside(reading)
    if plan.query.sort == "distance":
        nearest = ops.Part("inside", (ops.Tier(seated, 1),))
        return replace(search, text=None, parts=(by_group, nearest), sort=(ops.Sort("score"), ops.Sort("distance")))
    parts = [grouping.comes_part(reading.origins, seated, _declared(plan))]
    if wanted:
        parts.append(grouping.does_part(plan.query.wish_trade or wanted))
    if has_wishes(plan.query):
        parts.append(wish_part(plan.query, reading.lexicon, reading.day, scoring.POINTS * wishes_of(plan.query)))
    if plan.nearest is not None:
        parts = [_of_others(part, plan.nearest) for part in parts]
        parts.append(ops.Part("inside", (ops.Tier(ops.conjunction(plan.nearest, seated), 1),)))
    return replace(search, text=None, parts=(by_group, *parts), sort=(ops.Sort("score"), ops.Sort("distance")))


def _declared(plan: SupplierPlan) -> grouping.Declared | None:
    """The conditions of a declared zone that covers the territory of a query; ``None`` without a territory."""
    covering = [plan.exact.served[name] for name in ("full", "wide") if name in plan.exact.served]
    if not covering:
        return None
    bases = (scoring.NAMED, scoring.NATION)
    return grouping.Declared(*(ops.Same("offers", (ops.AnyOf(tuple(covering)), basis)) for basis in bases))


def _of_others(part: ops.Part, nearest: ops.Operator) -> ops.Part:
    """The part that gives no point to the suppliers of *farther*, which the distance alone orders."""
    return ops.Part(
        part.name, tuple(ops.Tier(ops.conjunction(tier.where, ops.Not(nearest)), tier.points) for tier in part.tiers)
    )


def others_search(plan: SupplierPlan, others: tuple[Group, ...], limit: int) -> ops.Search:
    """The search of the groups ``others``, in their order, which also counts the values of the facets in each of them when
    the query names no group. ``limit``: most results, 1 at least."""
    requested = () if plan.query.group else tuple(facet.name for facet in plan.search.facets)
    facets = (
        facet
        for group in others
        for facet in plan.reading.facets(
            grouping.narrowed(plan.exact, plan.ways, (group,)), requested, facet_name(group, "")
        )
    )
    return replace(
        _by_group(replace(plan, ways={group: plan.ways[group] for group in ("exact", *others)}, nearest=None)),
        where=grouping.narrowed(plan.exact, plan.ways, others).where(),
        facets=tuple(facets),
        counts=tuple(group_counts(plan, others)),
        offset=0,
        limit=max(1, limit),
    )


def group_counts(plan: SupplierPlan, groups: Iterable[Group]) -> Iterator[tuple[str, ops.Operator]]:
    """The counts of some groups by their code, that of the first when the answer does not count it, those of unpublished zones and
    of the suppliers of the first that do a part of the trade alone."""
    if plan.query.group not in ((), ("exact",)):
        yield "exact", plan.groups["exact"]
    yield from ((group, plan.groups[group]) for group in groups)
    yield from _unpublished_zones(plan.exact)
    if plan.counts_parts:
        whole = ops.Same("offers", (*plan.exact.together(), ops.Terms("trade_own", tuple(sorted(plan.wanted)))))
        yield IN_PART, ops.conjunction(plan.exact.where(), ops.Not(whole))


def facet_name(group: Group, name: str) -> str:
    """The name of the facet ``name`` of a group in :func:`others_search`."""
    return f"{group}.{name}"


def _unpublished_zones(conditions: Conditions) -> Iterator[tuple[str, ops.Operator]]:
    """The condition of the suppliers of the first group that count by their seat or by a circle around it, as no offer that meets the
    query has a published zone that serves the place."""
    if conditions.served:
        published = ops.Same(
            "offers", (*conditions.together(), ops.AnyOf(tuple(conditions.served.values())), scoring.DECLARED)
        )
        yield ZONE_UNPUBLISHED, ops.conjunction(conditions.where(), ops.Not(published))


def _conditions(reading: Reading[SupplierQuery], words: Words | None) -> Conditions:
    """The conditions of a query: the supplier is open, and one of its offers meets all the filters on offers and serves the territory."""
    filtered, stated = filter_conditions(reading.query, reading.lexicon, reading.day)
    offer = {name: _widened(reading.query, condition) for name, condition in stated.items()}
    whole = {
        **filtered,
        **reading.territory_conditions(),
        **reading.place_conditions(),
        **reading.text_condition(words),
        "closed": _OPEN,
    }
    classes = served(reading.territories["territory"], reading.query.coverage, reading.lexicon.gazetteer)
    return Conditions(whole, reading.day, offer, classes)


def _widened(query: SupplierQuery, condition: ops.Operator) -> ops.Operator:
    """Widens the condition on the trade of an offer to what the law tells and, when the query requests that rung, to what is only supposed."""
    if not isinstance(condition, ops.Terms) or condition.field != "trade":
        return condition
    known = known_or_by_law(condition.values)
    return ops.AnyOf((known, ops.Terms("supposed_trade", condition.values))) if asks_for_supposed(query) else known


def asks_for_supposed(query: SupplierQuery) -> bool:
    """Whether the query names the rung of suppositions. Otherwise an offer whose trade is only supposed does not match."""
    return SUPPOSED in (*query.evidence, *query.min_evidence)


def _called_for(query: SupplierQuery, territories: tuple[Territory, ...]) -> Iterator[str]:
    """The names of the parts of the score that a query calls for."""
    if has_wishes(query):
        yield "wish"
    if query.q is not None:
        yield from ("words", "phrase")
    elif bool(query.trade or query.cpv) != any(getattr(query, place) for place in grouping.PLACES):
        yield "valid"
    if query.trade or query.cpv:
        yield "trade"
    if territories:
        yield "coverage"
    if query.near is not None or any(territory.kind not in ("country", "region") for territory in territories):
        yield "distance"
    if query.lot_amount is not None:
        yield "capacity"
    yield "freshness"


def _parts(
    reading: Reading[SupplierQuery], weights: Mapping[str, float], conditions: Conditions, words: Words | None
) -> Iterator[ops.Part]:
    """The parts of the score. Those of trade and coverage count only the offers that meet the other filters."""
    query = reading.query
    if "wish" in weights:
        yield wish_part(query, reading.lexicon, reading.day, round(scoring.POINTS * weights["wish"]))
    if "valid" in weights:
        yield scoring.valid_part(weights["valid"], reading.day)
    if words is not None:
        yield words.phrase
    if "trade" in weights:
        wanted = grouping.wanted_trades(query, reading.lexicon)
        yield scoring.trade_part(weights["trade"], wanted, conditions.together())
    if "coverage" in weights:
        classes = _graded(reading, conditions)
        yield scoring.coverage_part(weights["coverage"], classes, conditions.together(), _at_hand(reading))
    if "distance" in weights:
        yield scoring.distance_part(weights["distance"], reading.origins, _inside(reading))
    if query.lot_amount is not None:
        yield scoring.capacity_part(weights["capacity"], scoring.annual_amount(query.lot_amount, query.lot_months))
    yield scoring.freshness_part(weights["freshness"], reading.as_of)


def _graded(reading: Reading[SupplierQuery], conditions: Conditions) -> Mapping[str, ops.Operator]:
    """The condition of each class of coverage for the score."""
    return graded(conditions.served, reading.territories["territory"], reading.lexicon.gazetteer)


def _at_hand(reading: Reading[SupplierQuery]) -> ops.Operator | None:
    """The condition of a seat in the place of the query, or near enough for a zone that is the whole country to count whole; ``None`` when the
    country is asked."""
    national = FRANCE in (territory.id for territory in reading.territories["territory"])
    return None if national else grouping.within(value("zone_near_km"), reading)


def _inside(reading: Reading[SupplierQuery]) -> ops.Operator | None:
    """The condition of a seat inside a territory of the query wider than a commune; ``None`` without such a territory, or with a point."""
    wide = tuple(
        territory.id
        for territory in reading.territories["territory"]
        if territory.kind not in ("commune", "arrondissement", "country")
    )
    return ops.Terms("seat", wide) if wide and reading.query.near is None else None


def _sort(query: SupplierQuery, territories: tuple[Territory, ...]) -> tuple[ops.Sort, ...]:
    by_distance = (ops.Sort("distance"),) if territories or query.near is not None else ()
    match query.sort:
        case "distance":
            return (*((ops.Sort("score"),) if query.near is None else ()), *by_distance)
        case "name":
            return (ops.Sort("name_sort"),)
        case "updated":
            return (ops.Sort("updated", descending=True),)
        case _:
            return (ops.Sort("score"), *by_distance)


def _unknown_counts(reading: Reading[SupplierQuery], conditions: Conditions) -> Iterator[tuple[str, ops.Operator]]:
    """The conditions of the suppliers excluded only because a figure, a trade, a type of service or the location is unknown, and of those
    found by an agreement to check."""
    yield from reading.unknown_counts(conditions, first_filter_only=True)
    yield from reading.unproved_count(conditions)
    if conditions.served:
        nowhere = (ops.Not(ops.Exists("seat")), ops.Not(ops.Same("offers", (ops.Exists("reach_all"),))))
        yield "location", ops.conjunction(conditions.where("territory"), *nowhere)

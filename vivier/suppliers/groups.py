"""Sorts the suppliers of an answer into groups, from the surest to those whom the buyer must ask. Every supplier that the buyer could
call belongs to a group; one that declares not to do the trade is in none, for that trade.

1. *exact*: suppliers that meet every condition of the query.
2. *label_unknown*: suppliers that meet every condition but the label, which no source gives them, or which has ended, even when it is the
   only proof of their trade: to be asked.
3. *near_trade*: suppliers that meet every condition but the trade, and do a near one (a parent or a sibling, else the same family).
4. *to_ask*: inclusive structures that serve the place and publish no trade: their kind is eligible, the buyer must ask what they do.
5. *other_kind*: suppliers that meet every condition but the kind of structure. Told only where nobody is *exact* (:func:`shown`).
6. *farther*: the nearest suppliers of the groups *exact* and *to_ask* but for the place (:mod:`vivier.suppliers.farther`).

A supplier belongs to the first group whose conditions it meets. The engine evaluates groups as tiers of one part of the score, so that
both engines give the same order. An assumption changes the order of suppliers, and excludes none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Final

from vivier.belief.comes import DECLARED as COMES_DECLARED
from vivier.belief.comes import FARTHEST, INSIDE, NATION_RINGS_KM, OTHER, Curve, curves, nationwide
from vivier.belief.comes import RINGS_KM as REACH_KM
from vivier.belief.steps import IMPROBABLE, LEAST, MOST, codes
from vivier.lexicon import Lexicon
from vivier.search.codes import trades_of_cpv
from vivier.search.conditions import Conditions
from vivier.search.operators import AnyOf, Exists, Near, Not, Operator, Part, Same, Terms, Tier, conjunction
from vivier.search.plan import Reading
from vivier.search.scoring import POINTS
from vivier.suppliers.query import Group, SupplierQuery
from vivier.suppliers.refused import refusing
from vivier.trades.near import near_trades

TITLES: Final[Mapping[Group, str]] = {
    "exact": "Font ce métier",
    "label_unknown": "À appeler : label à vérifier",
    "near_trade": "À appeler : métier proche",
    "to_ask": "À appeler : métier non publié",
    "other_kind": "Font ce métier, d’un autre type",
    "farther": "Trop loin",
}
"""The French title of each group, in the order of groups. Without a trade, the first is titled :data:`ANSWER`."""
ANSWER: Final = "Répondent à votre demande"
RINGS_KM: Final = (60.0, 100.0, 200.0)
"""Kilometres from the place of the query within which *farther* is looked for: the first ring that has somebody."""
FARTHEST_KM: Final = RINGS_KM[-1]
"""The most kilometres from the place of the query to the seat of a supplier of *farther*."""
PLACES: Final = ("territory", "near", "polygon", "seat", "departement", "region")
_TRADES: Final = ("trade", "cpv", "evidence", "min_evidence", "service_type")
_NAT: Final = 1000
"""Points of a factor e of probability: the points of the parts add up to those of the product of their probabilities."""
_SILENT: Final = Not(Same("offers", (Exists("trade"),)))
_INCLUSIVE: Final = Same("agreements", (Exists("kind"),))


@dataclass(frozen=True)
class Grouped(Conditions):
    """The conditions of a query restricted to the groups ``chosen``: a supplier meets them when it belongs to one of these groups."""

    ways: Mapping[Group, tuple[Conditions, ...]] = field(default_factory=dict)
    chosen: tuple[Group, ...] = ()

    def where(self, *without: str) -> Operator:
        """The condition of belonging to a group chosen, the conditions of the parameters ``without`` left out. Calls that leave out the
        same conditions return the same operator, as those of :class:`Conditions` do."""
        left = self._named.intersection(without)
        if left not in self._made:
            found = tuple(members(self.ways, group, *left) for group in self.chosen)
            self._made[left] = found[0] if len(found) == 1 else AnyOf(found)
        return self._made[left]

    def entry(self, without: str) -> Operator:
        """The conditions of an offer counted in the facet ``without``: those of any way to belong to a group chosen."""
        found = tuple(dict.fromkeys(way.entry(without) for group in self.chosen for way in self.ways[group]))
        return found[0] if len(found) == 1 else AnyOf(found)

    @cached_property
    def _named(self) -> frozenset[str]:
        """The parameters that add a condition to a group."""
        return frozenset(name for ways in self.ways.values() for way in ways for name in way.names)


Ways = Mapping[Group, tuple[Conditions, ...]]
"""The alternative sets of conditions of each group, in the order of groups: a supplier that meets one set may belong to the group."""


def ways_of(reading: Reading[SupplierQuery], conditions: Conditions) -> Ways:
    """The groups of the answer to a query: *label_unknown*, *near_trade* and *to_ask* only when it has a trade,
    *other_kind* a kind and a trade, *farther* only when it has a place."""
    wanted = wanted_trades(reading.query, reading.lexicon)
    placed = any(name in conditions.whole for name in PLACES) or bool(conditions.served)
    ways: dict[Group, tuple[Conditions, ...]] = {"exact": (conditions,)}
    silent = _willing(_silent(conditions), wanted)
    if wanted:
        ways["label_unknown"] = (_willing(replace(_but(conditions, "label"), ended=True), wanted),)
        near = near_trades(wanted, reading.lexicon.trades)
        codes = (*near.close, *near.family)
        if codes:
            others = {name: met for name, met in conditions.offer.items() if name not in ("trade", "cpv")}
            near_trade = replace(conditions, offer={**others, "trade": Terms("trade", codes)})
            ways["near_trade"] = (_willing(near_trade, wanted),)
        ways["to_ask"] = (silent,)
    if wanted and reading.query.kind:
        ways["other_kind"] = (_willing(_but(conditions, "kind"), wanted),)
    if placed and reading.origins:
        around = within(FARTHEST_KM, reading)
        ways["farther"] = tuple(_elsewhere(way, around) for way in (conditions, *((silent,) if wanted else ())))
    return ways


def shown(groups: Iterable[Group], exact: int) -> tuple[Group, ...]:
    """The groups that an answer tells when ``exact`` suppliers meet every condition: a kind that was asked for is a wall, and opens only
    where it leaves nobody."""
    return tuple(group for group in groups if group != "other_kind" or not exact)


def within(km: float, reading: Reading[SupplierQuery]) -> Operator:
    """The condition of a seat in the place of a query, or within ``km`` of one of its points."""
    rings = tuple(Near("location", lon, lat, km) for lon, lat in reading.origins)
    return AnyOf((inside(reading), *rings))


def inside(reading: Reading[SupplierQuery]) -> Operator:
    """The condition of a seat in one of the territories of a query, which is at no distance from the place; that of nobody without one, or with
    a point."""
    near = reading.query.near is not None
    return Terms("seat", () if near else tuple(territory.id for territory in reading.territories["territory"]))


_BUT_WILLING: Final[Mapping[Group, tuple[str, ...]]] = {"label_unknown": ("willing",)}
"""Conditions that only members of a group must meet: whoever declares not to do the trade is in no group after it either."""
GROUP_STEP: Final = 8 * POINTS
"""Points between two groups: more than six wishes and every other part together."""


def members(ways: Ways, group: Group, *without: str) -> Operator:
    """The condition of belonging to a group and to none before it, the conditions of the parameters ``without`` left out."""
    names = [name for name in TITLES if name in ways and _is_before(name, group)]
    if (
        "label_unknown" in names
    ):  # whoever is exact meets its conditions: one exclusion is enough, as engines count clauses
        names.remove("exact")
    before = [way.where(*without, *_BUT_WILLING.get(name, ())) for name in names for way in ways[name]]
    own = tuple(way.where(*without) for way in ways[group])
    mine = own[0] if len(own) == 1 else AnyOf(own)
    return conjunction(mine, *(Not(other) for other in before))


def group_part(ways: Ways) -> Part:
    """The part of the score that orders by group: its points exceed any other score, so that each group comes before the next."""
    codes = list(TITLES)
    tiers = [
        Tier(way.where(), GROUP_STEP * (len(codes) - codes.index(group)))
        for group in codes
        if group in ways
        for way in ways[group]
    ]
    merged: dict[int, list[Operator]] = {}
    for tier in tiers:
        merged.setdefault(tier.points, []).append(tier.where)
    return Part(
        "group",
        tuple(
            Tier(wheres[0] if len(wheres) == 1 else AnyOf(tuple(wheres)), points) for points, wheres in merged.items()
        ),
    )


def group_of(points: int) -> Group:
    """The group to which :func:`group_part` gives these points."""
    codes = list(TITLES)
    return codes[len(codes) - points // GROUP_STEP]


@lru_cache(maxsize=256)
def does_part(wanted: tuple[str, ...]) -> Part:
    """The part of the score for the probability that a supplier does one of the trades ``wanted``: one that a source gives, else the belief stored.
    Whoever was never observed comes after those worth a call, and before those of whom it is improbable."""
    tiers = [Tier(Same("offers", (Terms("trade", wanted),)), _points(MOST, LEAST))]
    improbable: list[str] = []
    for values in zip(*(codes(trade) for trade in wanted), strict=True):
        probability, stored = values[0][1], tuple(value for value, _ in values)
        if probability < IMPROBABLE:
            improbable += stored
        else:
            tiers.append(Tier(Terms("belief", stored), _points(probability, LEAST)))
    tiers.append(Tier(Not(Terms("belief", tuple(improbable))), _points(IMPROBABLE, LEAST) - 1))
    return Part("does", _descending(tiers))


@dataclass(frozen=True)
class Declared:
    """The conditions of a declared zone that covers the place: one that names it, and one that is the whole country."""

    named: Operator
    nation: Operator


@lru_cache(maxsize=256)
def comes_part(origins: tuple[tuple[float, float], ...], inside: Operator, declared: Declared | None) -> Part:
    """The part of the score for the probability that a supplier comes to the place: by its declared zone, of which the whole country counts less
    from afar, inside the territory (``inside``), else by the distance from its seat and its kind."""
    if not origins:
        return Part("comes", ())
    tiers = [Tier(inside, _points(INSIDE, FARTHEST))]
    if declared is not None:
        tiers.append(Tier(declared.named, _points(COMES_DECLARED, FARTHEST)))
        tiers += _at_rings(declared.nation, origins, {km: COMES_DECLARED * nationwide(km) for km in NATION_RINGS_KM})
    for curve, who in _by_curve():
        tiers += _at_rings(who, origins, {km: curve.at(km) for km in REACH_KM})
    return Part("comes", _descending(tiers))


def _at_rings(
    who: Operator, origins: tuple[tuple[float, float], ...], chances: Mapping[float, float]
) -> Iterator[Tier]:
    """The points of those of ``who`` whose seat is within each distance of the place, by the probability (0 to 1) that it leaves."""
    for km, chance in chances.items():
        ring = AnyOf(tuple(Near("location", lon, lat, km) for lon, lat in origins))
        yield Tier(conjunction(who, ring), _points(chance, FARTHEST))


@lru_cache(maxsize=1)
def _by_curve() -> tuple[tuple[Curve, Operator], ...]:
    """Each curve, with the condition of the suppliers that follow it: that of other companies is of whoever has no kind with a curve."""
    found: dict[Curve, tuple[str, ...]] = {}
    kinds = {kind: curve for kind, curve in curves().items() if kind != OTHER}
    for kind, curve in kinds.items():
        found[curve] = (*found.get(curve, ()), kind)
    own = tuple((curve, Same("agreements", (Terms("kind", of_curve),))) for curve, of_curve in found.items())
    return (*own, (curves()[OTHER], Not(Same("agreements", (Terms("kind", tuple(kinds)),)))))


def _points(probability: float, least: float) -> int:
    """The points of a probability, none at ``least`` or under it."""
    return max(0, round(_NAT * math.log(probability / least)))


def _descending(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    """The tiers that give points, the greatest first."""
    return tuple(sorted((tier for tier in tiers if tier.points > 0), key=lambda tier: -tier.points))


def wanted_trades(query: SupplierQuery, lexicon: Lexicon) -> tuple[str, ...]:
    """Codes of the trades that a query requests, by ``trade`` and by ``cpv``."""
    by_cpv = (code for cpv in query.cpv for code in trades_of_cpv(lexicon, cpv))
    return tuple(dict.fromkeys((*query.trade, *by_cpv)))


def _silent(conditions: Conditions) -> Conditions:
    """The conditions of *to_ask*: those of the query but the trade and the words, for an inclusive structure that publishes no trade."""
    whole = {name: met for name, met in conditions.whole.items() if name != "q"}
    offer = {name: met for name, met in conditions.offer.items() if name not in _TRADES}
    return replace(conditions, whole={**whole, "inclusive": _INCLUSIVE, "silent": _SILENT}, offer=offer)


def _but(conditions: Conditions, name: str) -> Conditions:
    """The conditions without the one of the parameter ``name``."""
    return replace(conditions, whole={key: met for key, met in conditions.whole.items() if key != name})


def _willing(conditions: Conditions, wanted: tuple[str, ...]) -> Conditions:
    """The conditions without the suppliers that declare not to do the trades ``wanted``: nobody has to ask them."""
    return replace(conditions, whole={**conditions.whole, "willing": Not(refusing(wanted))}) if wanted else conditions


def _elsewhere(conditions: Conditions, around: Operator) -> Conditions:
    whole = {name: met for name, met in conditions.whole.items() if name not in PLACES}
    return replace(conditions, whole={**whole, "around": around}, served={})


def _is_before(name: Group, group: Group) -> bool:
    codes = list(TITLES)
    return codes.index(name) < codes.index(group)


def narrowed(conditions: Conditions, ways: Ways, chosen: tuple[Group, ...]) -> Conditions:
    """The conditions of the groups chosen: those of the query itself when only the first group is chosen."""
    if chosen == ("exact",):
        return conditions
    known: dict[str, Any] = {name: getattr(conditions, name) for name in ("whole", "day", "offer", "served")}
    return Grouped(**known, ways=ways, chosen=tuple(group for group in chosen if group in ways))


def chosen_groups(query: SupplierQuery) -> tuple[Group, ...]:
    """The groups that a query requests, in the order of groups; only the first when it names none."""
    return tuple(group for group in TITLES if group in query.group) or ("exact",)

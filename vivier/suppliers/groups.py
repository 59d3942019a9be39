"""The groups of an answer, from what is sure to what must be asked: nobody is left out of all of them who could be called.

1. *exact*: suppliers that meet everything asked.
2. *near_trade*: all but the trade; theirs is near the one asked (parent, sibling, then the same family).
3. *to_ask*: inclusive structures that serve the place and publish no trade: their kind is eligible, what they do is to be asked.
4. *farther*: all but the place, or a trade to be asked, within :data:`FARTHEST_KM` of it, the nearest first.

Each group leaves out those before it. The engine evaluates them as tiers of one part of the score, so that both engines give the
same order; an assumption orders, and never excludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from vivier.lexicon import Lexicon
from vivier.search.codes import trades_of_cpv
from vivier.search.conditions import Conditions
from vivier.search.operators import AnyOf, Exists, Near, Not, Operator, Part, Same, Terms, Tier, conjunction
from vivier.search.plan import Reading
from vivier.search.scoring import POINTS, ladder_part
from vivier.suppliers.query import Group, SupplierQuery

TITLES: Final[Mapping[Group, str]] = {
    "exact": "Répondent à tout",
    "near_trade": "Métier proche",
    "to_ask": "Métier non publié, à interroger",
    "farther": "Un peu plus loin",
}
"""The groups in their order."""
FARTHEST_KM: Final = 200.0
"""Kilometres from the place asked to the seat; beyond, a supplier is no neighbour."""
_PLACES: Final = ("territory", "near", "polygon", "seat", "departement", "region")
_TRADES: Final = ("trade", "cpv", "evidence", "min_evidence", "service_type")
_STEPS_KM: Final = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0, 160.0)
_SUPPOSED: Final = 0.9
"""Worth of a trade supposed from the activity code."""
_SUPPOSED_FAMILY: Final = 0.4
"""Worth of a family supposed from the activity code, or of another trade supposed in the family."""
_FAMILY: Final = 0.5
"""Worth of a trade of the same family, against a parent or a sibling."""
_SILENT: Final = Not(Same("offers", (Exists("trade"),)))
_INCLUSIVE: Final = Same("agreements", (Exists("kind"),))


@dataclass(frozen=True)
class Grouped(Conditions):
    """The conditions of a query narrowed to some groups: what is asked is met in the way of one of them."""

    ways: Mapping[Group, tuple[Conditions, ...]] = field(default_factory=dict)
    chosen: tuple[Group, ...] = ()

    def where(self, *without: str) -> Operator:
        """One of the groups chosen, the conditions of some parameters left out."""
        found = tuple(members(self.ways, group, *without) for group in self.chosen)
        return found[0] if len(found) == 1 else AnyOf(found)


Ways = Mapping[Group, tuple[Conditions, ...]]
"""By group, in order, the ways to belong to it: it is enough to meet one."""


def ways_of(reading: Reading[SupplierQuery], conditions: Conditions) -> Ways:
    """The groups that make sense for a query: near trades when it asks a trade, farther when it asks a place."""
    wanted = wanted_trades(reading.query, reading.lexicon)
    placed = any(name in conditions.whole for name in _PLACES) or bool(conditions.served)
    ways: dict[Group, tuple[Conditions, ...]] = {"exact": (conditions,)}
    silent = _silent(conditions)
    if wanted:
        near = near_trades(wanted, reading.lexicon)
        codes = (*near.close, *near.family)
        if codes:
            others = {name: met for name, met in conditions.offer.items() if name not in ("trade", "cpv")}
            ways["near_trade"] = (replace(conditions, offer={**others, "trade": Terms("trade", codes)}),)
        ways["to_ask"] = (silent,)
    if placed and reading.origins:
        around = AnyOf(tuple(Near("location", lon, lat, FARTHEST_KM) for lon, lat in reading.origins))
        ways["farther"] = tuple(_elsewhere(way, around) for way in (conditions, *((silent,) if wanted else ())))
    return ways


def members(ways: Ways, group: Group, *without: str) -> Operator:
    """Who belongs to a group and to none before it, the conditions of some parameters left out."""
    before = [way.where(*without) for name in TITLES if name in ways and _is_before(name, group) for way in ways[name]]
    own = tuple(way.where(*without) for way in ways[group])
    mine = own[0] if len(own) == 1 else AnyOf(own)
    return conjunction(mine, *(Not(other) for other in before))


def group_part(ways: Ways) -> Part:
    """The group of a supplier as whole points above any score: a group comes before the next."""
    codes = list(TITLES)
    tiers = [
        Tier(way.where(), POINTS * (len(codes) - codes.index(group)))
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
    """The group that :func:`group_part` gave these points."""
    codes = list(TITLES)
    return codes[len(codes) - points // POINTS]


def likely_part(weight: float, wanted: tuple[str, ...], lexicon: Lexicon) -> Part:
    """How likely a supplier is to do the trade asked: by its own trade, a parent or a sibling before the family; else by the trade
    that its activity code lets suppose, then by the likelihood that was learnt."""
    near = near_trades(wanted, lexicon)
    groups = tuple(dict.fromkeys(lexicon.trades.get(code).group for code in wanted))
    ladder: list[tuple[Operator, float]] = [
        (Same("offers", (Terms("trade", wanted),)), 1.0),
        (Same("offers", (Terms("supposed_trade", wanted),)), _SUPPOSED),
        (Same("offers", (Terms("family", groups),)), _SUPPOSED_FAMILY),
    ]
    if near.close:
        ladder.append((Same("offers", (Terms("trade", near.close),)), 1.0))
    if near.family:
        ladder.append((Same("offers", (Terms("trade", near.family),)), _FAMILY))
    for tenth in range(10, 0, -1):
        likely = tuple(f"{code}:{tenth}" for code in wanted)
        ladder.append((Terms("likely", likely), _SUPPOSED * tenth / 10))
    return ladder_part("likely", weight, ladder)


def away_part(weight: float, origins: tuple[tuple[float, float], ...], inside: Operator) -> Part:
    """The distance from the place to the seat, by rings; a seat ``inside`` is at no distance."""
    rings = [
        (AnyOf(tuple(Near("location", lon, lat, km) for lon, lat in origins)), 1.0 - km / FARTHEST_KM)
        for km in _STEPS_KM
    ]
    return ladder_part("away", weight, [(inside, 1.0), *rings] if origins else [])


@dataclass(frozen=True)
class NearTrades:
    """Trades near some others: ``close`` are their broader trades and those that share one, ``family`` the rest of their group."""

    close: tuple[str, ...]
    family: tuple[str, ...]


def near_trades(codes: tuple[str, ...], lexicon: Lexicon) -> NearTrades:
    """The trades near some codes, those they contain left out: a narrower trade answers the search itself."""
    trades = lexicon.trades
    within = {*codes, *(narrower.code for code in codes for narrower in trades.descendants(code))}
    broader = [above.code for code in codes for above in trades.ancestors(code)]
    parents = {trades.get(code).parent for code in codes} - {None}
    groups = {trades.get(code).group for code in codes}
    close = dict.fromkeys((*broader, *(trade.code for trade in trades if trade.parent in parents)))
    family = dict.fromkeys(trade.code for trade in trades if trade.group in groups)
    return NearTrades(
        tuple(code for code in close if code not in within),
        tuple(code for code in family if code not in within and code not in close),
    )


def wanted_trades(query: SupplierQuery, lexicon: Lexicon) -> tuple[str, ...]:
    """The trades a query asks for, by themselves and by CPV."""
    by_cpv = (code for cpv in query.cpv for code in trades_of_cpv(lexicon, cpv))
    return tuple(dict.fromkeys((*query.trade, *by_cpv)))


def _silent(conditions: Conditions) -> Conditions:
    """All that is asked but the trade, of a structure of inclusive kind that publishes none."""
    whole = {name: met for name, met in conditions.whole.items() if name != "q"}
    offer = {name: met for name, met in conditions.offer.items() if name not in _TRADES}
    return replace(conditions, whole={**whole, "inclusive": _INCLUSIVE, "silent": _SILENT}, offer=offer)


def _elsewhere(conditions: Conditions, around: Operator) -> Conditions:
    whole = {name: met for name, met in conditions.whole.items() if name not in _PLACES}
    return replace(conditions, whole={**whole, "around": around}, served={})


def _is_before(name: Group, group: Group) -> bool:
    codes = list(TITLES)
    return codes.index(name) < codes.index(group)


def narrowed(conditions: Conditions, ways: Ways, chosen: tuple[Group, ...]) -> Conditions:
    """The conditions of the groups chosen; those of the query when they are the first alone."""
    if chosen == ("exact",):
        return conditions
    known: dict[str, Any] = {name: getattr(conditions, name) for name in ("whole", "day", "offer", "served")}
    return Grouped(**known, ways=ways, chosen=tuple(group for group in chosen if group in ways))


def chosen_groups(query: SupplierQuery) -> tuple[Group, ...]:
    """The groups a query asks for, in their order; the first alone unless it says otherwise."""
    return tuple(group for group in TITLES if group in query.group) or ("exact",)

"""Computes the depth of a trade over many territories at once: it reads structures once, then makes a few queries by reach code,
instead of one search a territory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.desk.facts.candidates import known_trades, places
from vivier.desk.facts.depth_contracts import TradeContracts, Wins
from vivier.desk.facts.depth_read import Reached, TradeIndex, depth_articles, observed
from vivier.desk.facts.experience import Observed, indexed
from vivier.desk.facts.nearness import Nearness, nearness
from vivier.desk.method.depth import Around, Demand, Depth, Member, depth, protected, with_quadrants
from vivier.desk.method.offers import annual
from vivier.engine.snapshot import Snapshot
from vivier.errors import FieldError, InvalidRequest
from vivier.french import typed
from vivier.law.parameters import chosen, value
from vivier.lexicon import Lexicon
from vivier.suppliers.unlisted import unlisted
from vivier.territory import Gazetteer, Territory
from vivier.territory.model import FRANCE

By = Literal["departement", "region", "epci"]
LEVEL_NAMES: Final[dict[By, str]] = {
    "departement": "Départements",
    "region": "Régions",
    "epci": "Intercommunalités",
}
MOST_LISTED: Final = 50


@dataclass(frozen=True)
class DepthAsked:
    """The query of a depth map: trades taken together, and the territories: either all those of the level ``by`` (inside
    ``within``, if given), or those of ``territories``. ``amount`` (euros HT over ``months``): a lot that structures must bear."""

    trades: tuple[str, ...]
    as_of: date
    by: By = "departement"
    within: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    amount: float | None = None
    months: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class DepthRow:
    """One territory."""

    territory: Territory
    depth: Depth


@dataclass(frozen=True)
class DepthMap:
    """Rows in the order of the territories, and the country, which is counted apart: zones overlap, so it is not the sum of the
    rows. ``observed``: offers that reserved contracts of the trades received, ``None`` when no contract is indexed."""

    query: DepthAsked
    share: float
    rows: tuple[DepthRow, ...]
    country: Depth
    observed: Observed | None

    @property
    def contracts_indexed(self) -> bool:
        """Whether contracts are in service. Without them demand and experience are unknown, which is not « none »."""
        return self.observed is not None


def depth_map(query: DepthAsked, snapshot: Snapshot, lexicon: Lexicon) -> DepthMap:
    """The depth of every requested territory. Raises ``InvalidRequest``, or ``NotFound`` when nothing is indexed."""
    share = chosen("capacity_share", query.share, "share")
    reference = _reference(query)
    index = TradeIndex(snapshot, known_trades(query.trades, lexicon), query.as_of)
    gazetteer = lexicon.gazetteer
    territories = tuple(territories_of(query, lexicon))
    read = _read(index, territories, gazetteer)

    def made(id_: str, members: list[Member], around: Around) -> Depth:
        won = None if read.wins is None else read.wins.of(member.unit for member in members)
        bought = None if read.demand is None else read.demand[id_]
        return depth(members, depth_articles(), share, reference=reference, demand=bought, won=won, around=around)

    rows = [made(territory.id, *_counted(index, read, territory.id)) for territory in territories]
    every = index.members(index.sites, index.declared)
    near, (untold, seated) = read.near, index.anywhere()
    around = Around(
        untold=untold,
        mean_km=near.mean(FRANCE),
        least_km=near.least(FRANCE),
        seated_sites=seated,
        expected=index.expected_anywhere(untold),
        to_check=index.to_check(),
    )
    country = made(FRANCE, every, around)
    found = zip(territories, protected(with_quadrants(rows), country), strict=True)
    offers = observed(query.trades, query.as_of, snapshot, gazetteer, index, least=int(value("calibration_contracts")))
    return DepthMap(query, share, tuple(DepthRow(*pair) for pair in found), country, offers)


@dataclass(frozen=True)
class _Read:
    """The data that is read once for the whole map."""

    reached: Reached
    unlisted: frozenset[str]
    untold: Mapping[str, frozenset[str]]
    seated: Mapping[str, int]
    near: Nearness
    wins: Wins | None
    demand: Mapping[str, Demand] | None


def _read(index: TradeIndex, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> _Read:
    reached = index.reached(territories, gazetteer)
    beside = _unlisted(index, territories, gazetteer), index.untold(territories, gazetteer), index.seated(territories)
    near = nearness((site.commune for site in index.sites.values()), gazetteer)
    if not indexed(index.snapshot):
        return _Read(reached, *beside, near, None, None)
    contracts = TradeContracts(index.snapshot, index.trades, index.as_of)
    sirens = {site.siren for site in index.sites.values() if site.siren is not None}
    demand = contracts.demand((*territories, gazetteer.get(FRANCE)))
    return _Read(reached, *beside, near, contracts.wins(sirens), demand)


def _unlisted(index: TradeIndex, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> frozenset[str]:
    """The ids of the territories that lie whole in départements of which the lists read have nobody."""
    generation = index.snapshot.suppliers.generation
    codes = {found.code for found in unlisted(territories, generation, gazetteer)}
    lying = ((territory.id, gazetteer.departements(territory.id)) for territory in territories)
    return frozenset(id_ for id_, inside in lying if inside and codes.issuperset(inside))


def _counted(index: TradeIndex, read: _Read, id_: str) -> tuple[list[Member], Around]:
    """The structures counted in a territory, and the figures of those that are not counted."""
    members = index.members(read.reached.covering[id_], read.reached.declared[id_])
    inside = {member.unit for member in members}
    partly = index.units(read.reached.partly[id_]) - inside
    seated = index.units(read.reached.seated[id_]) - inside - partly
    unplaced = index.units((read.reached.partly[id_] | read.reached.seated[id_]) - index.declared) - inside
    km, untold = (read.near.mean(id_), read.near.least(id_)), read.untold[id_]
    return members, Around(
        *(len(partly), len(seated), len(untold)),
        *km,
        len(unplaced),
        read.seated[id_],
        index.expected(untold),
        index.to_check(read.reached.covering[id_]),
        id_ in read.unlisted,
    )


def territories_of(query: DepthAsked, lexicon: Lexicon) -> Iterator[Territory]:
    """The territories of the rows. A place of ``within`` that is smaller than the level gives the territory that contains it.
    Raises ``InvalidRequest`` for territories that are unknown, too small or too many, and for a place that no territory of the
    level contains."""
    gazetteer = lexicon.gazetteer
    if query.territories:
        yield from _listed(query, lexicon)
        return
    places_within = places(query.within, lexicon) if query.within else (gazetteer.get(FRANCE),)
    holders = {place.id for place in places_within}
    holding = {id_ for place in places_within for id_ in place.parents}
    every = (gazetteer.get(f"{query.by}:{code}") for code in gazetteer.names[query.by])
    found = [
        territory
        for territory in every
        if territory.id in holding or not holders.isdisjoint((territory.id, *territory.parents))
    ]
    if not found:
        names = ", ".join(place.name for place in places_within)
        message = f"« within » : aucun territoire de la maille « {LEVEL_NAMES[query.by].lower()} » dans {names}."
        raise InvalidRequest((FieldError("within", "out_of_range", message),))
    yield from found


def _listed(query: DepthAsked, lexicon: Lexicon) -> Iterator[Territory]:
    found = places(query.territories, lexicon)
    small = [territory.id for territory in found if territory.kind not in LEVEL_NAMES]
    if small or len(found) > MOST_LISTED:
        message = f"« territory » : des départements, régions ou EPCI, {MOST_LISTED} au plus" + (
            f" (reçu : {small[0]})." if small else f" (reçus : {len(found)})."
        )
        raise InvalidRequest((FieldError("territory", "out_of_range", message),))
    yield from found


def _reference(query: DepthAsked) -> float | None:
    if query.amount is None:
        return None
    if not (math.isfinite(query.amount) and query.amount >= 0):
        message = f"« amount » doit être un montant HT positif ou nul (reçu : {typed(query.amount)})."
        raise InvalidRequest((FieldError("amount", "out_of_range", message),))
    return annual(query.amount, query.months)

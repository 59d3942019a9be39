"""Depth of a trade over many territories at once: structures read once, then a few questions by reach code, never one search a
territory."""

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
from vivier.law.parameters import chosen
from vivier.lexicon import Lexicon
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
    """Trades taken together, and either every territory of a level (``within`` some, if given) or those listed. ``amount``
    (euros HT over ``months``): a lot its structures must bear."""

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
    """Rows in the order of the territories, and the whole country counted by itself: zones overlap, it is not their sum.
    ``observed``: offers that reserved contracts of the trades got, ``None`` when no contract is indexed."""

    asked: DepthAsked
    share: float
    rows: tuple[DepthRow, ...]
    country: Depth
    observed: Observed | None

    @property
    def contracts_indexed(self) -> bool:
        """Contracts are in service: else demand and experience are not known, which is not « none »."""
        return self.observed is not None


def depth_map(asked: DepthAsked, snapshot: Snapshot, lexicon: Lexicon) -> DepthMap:
    """Depth in every territory asked. Raises ``InvalidRequest``, ``NotFound`` when nothing is indexed."""
    share = chosen("capacity_share", asked.share, "share")
    reference = _reference(asked)
    index = TradeIndex(snapshot, known_trades(asked.trades, lexicon), asked.as_of)
    gazetteer = lexicon.gazetteer
    territories = tuple(territories_of(asked, lexicon))
    read = _read(index, territories, gazetteer)

    def made(id_: str, members: list[Member], around: Around) -> Depth:
        won = None if read.wins is None else read.wins.of(one.unit for one in members)
        bought = None if read.demand is None else read.demand[id_]
        return depth(members, depth_articles(), share, reference=reference, demand=bought, won=won, around=around)

    rows = [made(one.id, *_counted(index, read, one.id)) for one in territories]
    every = index.members(index.sites, index.declared)
    near, (untold, seated) = read.near, index.anywhere()
    around = Around(untold=untold, mean_km=near.mean(FRANCE), least_km=near.least(FRANCE), seated_sites=seated)
    country = made(FRANCE, every, around)
    found = zip(territories, protected(with_quadrants(rows), country), strict=True)
    offers = observed(asked.trades, asked.as_of, snapshot, gazetteer, index)
    return DepthMap(asked, share, tuple(DepthRow(*pair) for pair in found), country, offers)


@dataclass(frozen=True)
class _Read:
    """What is read once for the whole map."""

    reached: Reached
    untold: Mapping[str, int]
    seated: Mapping[str, int]
    near: Nearness
    wins: Wins | None
    demand: Mapping[str, Demand] | None


def _read(index: TradeIndex, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> _Read:
    reached = index.reached(territories, gazetteer)
    beside = index.untold(territories, gazetteer), index.seated(territories)
    near = nearness((one.commune for one in index.sites.values()), gazetteer)
    if not indexed(index.snapshot):
        return _Read(reached, *beside, near, None, None)
    contracts = TradeContracts(index.snapshot, index.trades, index.as_of)
    sirens = {one.siren for one in index.sites.values() if one.siren is not None}
    demand = contracts.demand((*territories, gazetteer.get(FRANCE)))
    return _Read(reached, *beside, near, contracts.wins(sirens), demand)


def _counted(index: TradeIndex, read: _Read, id_: str) -> tuple[list[Member], Around]:
    """The structures of a territory, and what is beside them."""
    members = index.members(read.reached.covering[id_], read.reached.declared[id_])
    inside = {member.unit for member in members}
    partly = index.units(read.reached.partly[id_]) - inside
    seated = index.units(read.reached.seated[id_]) - inside - partly
    unplaced = index.units((read.reached.partly[id_] | read.reached.seated[id_]) - index.declared) - inside
    km, sites = (read.near.mean(id_), read.near.least(id_)), read.seated[id_]
    return members, Around(len(partly), len(seated), read.untold[id_], *km, len(unplaced), sites)


def territories_of(asked: DepthAsked, lexicon: Lexicon) -> Iterator[Territory]:
    """The territories of the rows; those that hold a place of ``within`` smaller than the level. Raises ``InvalidRequest``:
    unknown, too small or too many, or a place that no territory of the level holds."""
    gazetteer = lexicon.gazetteer
    if asked.territories:
        yield from _listed(asked, lexicon)
        return
    places_within = places(asked.within, lexicon) if asked.within else (gazetteer.get(FRANCE),)
    holders = {one.id for one in places_within}
    holding = {id_ for one in places_within for id_ in one.parents}
    every = (gazetteer.get(f"{asked.by}:{code}") for code in gazetteer.names[asked.by])
    found = [one for one in every if one.id in holding or not holders.isdisjoint((one.id, *one.parents))]
    if not found:
        names = ", ".join(one.name for one in places_within)
        message = f"« within » : aucun territoire de la maille « {LEVEL_NAMES[asked.by].lower()} » dans {names}."
        raise InvalidRequest((FieldError("within", "out_of_range", message),))
    yield from found


def _listed(asked: DepthAsked, lexicon: Lexicon) -> Iterator[Territory]:
    found = places(asked.territories, lexicon)
    small = [one.id for one in found if one.kind not in LEVEL_NAMES]
    if small or len(found) > MOST_LISTED:
        message = f"« territory » : des départements, régions ou EPCI, {MOST_LISTED} au plus" + (
            f" (reçu : {small[0]})." if small else f" (reçus : {len(found)})."
        )
        raise InvalidRequest((FieldError("territory", "out_of_range", message),))
    yield from found


def _reference(asked: DepthAsked) -> float | None:
    if asked.amount is None:
        return None
    if not (math.isfinite(asked.amount) and asked.amount >= 0):
        message = f"« amount » doit être un montant HT positif ou nul (reçu : {typed(asked.amount)})."
        raise InvalidRequest((FieldError("amount", "out_of_range", message),))
    return annual(asked.amount, asked.months)

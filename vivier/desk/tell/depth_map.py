"""Computes the depth of a trade over many territories at once: it reads structures once, then makes a few queries by reach code,
instead of one search a territory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.desk.facts.candidates import known_trades, places
from vivier.desk.facts.depth_contracts import TradeContracts, Wins
from vivier.desk.facts.depth_read import Reached, Silent, TradeIndex, depth_articles, observed
from vivier.desk.facts.experience import Observed, indexed
from vivier.desk.facts.nearness import Nearness, nearness
from vivier.desk.facts.pairs import Pairs
from vivier.desk.method.depth import Around, Covered, Demand, Depth, depths
from vivier.desk.method.depth_rows import protected, with_quadrants
from vivier.desk.method.offers import annual
from vivier.errors import FieldError, InvalidRequest
from vivier.french import typed
from vivier.law.labels import environmental
from vivier.law.parameters import chosen, value
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.unlisted import unlisted
from vivier.territory import Gazetteer, Territory
from vivier.territory.model import FRANCE

By = Literal["departement", "region", "epci"]
Offer = Literal["inclusive", "environmental"]
OFFERS: Final[Mapping[Offer, str]] = {
    "inclusive": "Structures inclusives",
    "environmental": "Titulaires d'un label environnemental",
}
"""The two supplies that a map may count, with their French names."""
LEVEL_NAMES: Final[dict[By, str]] = {
    "departement": "Départements",
    "region": "Régions",
    "epci": "Intercommunalités",
}
MOST_LISTED: Final = 50


@dataclass(frozen=True)
class DepthAsked:
    """The query of a depth map: trades taken together, and the territories: either all those of the level ``by`` (inside
    ``within``, if given), or those of ``territories``. ``amount`` (euros HT over ``months``): a lot that structures must bear.
    ``offer``: who is counted, structures that answer a reservation or holders of an environmental label of the trades;
    ``is_dated``: the user gave the day."""

    trades: tuple[str, ...]
    as_of: date
    by: By = "departement"
    within: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    amount: float | None = None
    months: int | None = None
    share: float | None = None
    offer: Offer = "inclusive"
    is_dated: bool = False


@dataclass(frozen=True)
class DepthRow:
    territory: Territory
    depth: Depth


@dataclass(frozen=True)
class DepthMap:
    """Rows in the order of the territories, and the country, which is counted apart: zones overlap, so it is not the sum of the
    rows. ``observed``: offers that reserved contracts of the trades received, ``None`` when no contract is indexed.
    ``labels``: codes of the labels of which holders are counted, ``None`` for inclusive supply."""

    query: DepthAsked
    share: float
    rows: tuple[DepthRow, ...]
    country: Depth
    observed: Observed | None
    labels: tuple[str, ...] | None = None

    @property
    def contracts_indexed(self) -> bool:
        """Whether contracts are in service. Without them demand and experience are unknown, which is not « none »."""
        return self.observed is not None


def depth_map(query: DepthAsked, snapshot: Snapshot, lexicon: Lexicon) -> DepthMap:
    """The depth of every requested territory. Raises ``InvalidRequest``, or ``NotFound`` when nothing is indexed."""
    share = chosen("capacity_share", query.share, "share")
    reference = _reference(query)
    index = TradeIndex(snapshot, known_trades(query.trades, lexicon), query.as_of, _labels(query, lexicon))
    gazetteer = lexicon.gazetteer
    territories = tuple(territories_of(query, lexicon))
    read = _read(query, index, territories, gazetteer)

    n = len(territories)
    covered = _with_country(index, read.reached, n)
    arounds = [*_arounds(index, read, territories), _around_country(index, read)]
    units = [covered.members[at].unit for at in covered.member.tolist()]
    wins, demand = read.wins, read.demand
    *rows, country = depths(
        covered,
        depth_articles(),
        share,
        arounds,
        reference=reference,
        demands=[None] * (n + 1)
        if demand is None
        else [demand[territory.id] for territory in (*territories, gazetteer.get(FRANCE))],
        won=[None] * (n + 1) if wins is None else wins.of_each(n + 1, covered.place, units),
    )
    found = zip(territories, protected(with_quadrants(rows), country), strict=True)
    return DepthMap(query, share, tuple(DepthRow(*pair) for pair in found), country, read.observed, index.labels)


@dataclass(frozen=True)
class _Read:
    """The data that is read once for the whole map."""

    reached: Reached
    unlisted: frozenset[str]
    untold: Sequence[Silent]
    seated: Sequence[int]
    near: Nearness
    wins: Wins | None
    demand: Mapping[str, Demand] | None
    anywhere: tuple[int, int]
    observed: Observed | None


def _read(query: DepthAsked, index: TradeIndex, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> _Read:
    """What the map needs of the engine. The sites are read first, by the first work, and the others find them there."""
    snapshot, least = index.snapshot, int(value("calibration_contracts"))
    inclusive = index if index.labels is None else None
    contracts = TradeContracts(snapshot, index.trades, index.as_of) if indexed(snapshot) else None

    def won() -> Wins | None:
        sirens = {site.siren for site in index.sites.values() if site.siren is not None}
        return None if contracts is None else contracts.wins(sirens)

    def bought() -> Mapping[str, Demand] | None:
        return None if contracts is None else contracts.demand((*territories, gazetteer.get(FRANCE)))

    def around() -> tuple[Mapping[str, float], Sequence[Silent], Sequence[int], tuple[int, int]]:
        return snapshot.together(
            lambda: index.believed,
            lambda: index.untold(territories, gazetteer),
            lambda: index.seated(territories),
            index.anywhere,
        )

    (wins, reached), (_, untold, seated, anywhere), demand, offers = snapshot.together(
        lambda: snapshot.together(won, lambda: index.reached(territories, gazetteer)),
        around,
        bought,
        lambda: observed(query.trades, query.as_of, snapshot, gazetteer, inclusive, least=least),
    )
    near = nearness((site.commune for site in index.sites.values()), gazetteer)
    gaps = _unlisted(index, territories, gazetteer)
    return _Read(reached, gaps, untold, seated, near, wins, demand, anywhere, offers)


def _unlisted(index: TradeIndex, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> frozenset[str]:
    """The ids of the territories that lie whole in départements of which the lists read have nobody; all of them when no list of the
    labels is connected."""
    generation = index.snapshot.suppliers.generation
    if index.labels is not None:
        tally = generation.meta.get("tally", {})
        is_connected = any(tally.get(f"label:{code}") for code in index.labels)
        return frozenset() if is_connected else frozenset(territory.id for territory in territories)
    codes = {found.code for found in unlisted(territories, generation, gazetteer)}
    lying = ((territory.id, gazetteer.departements(territory.id)) for territory in territories)
    return frozenset(id_ for id_, inside in lying if inside and codes.issuperset(inside))


def _with_country(index: TradeIndex, reached: Reached, territories: int) -> Covered:
    """The structures counted in each territory, and last in the country, where all are."""
    every = index.everywhere.at(territories)
    covering, declared = (
        Pairs.union(some, every.width)
        for some in ((reached.covering, every), (reached.declared, every.having(index.declared)))
    )
    return index.covered(covering, declared, territories + 1)


def _arounds(index: TradeIndex, read: _Read, territories: tuple[Territory, ...]) -> Iterator[Around]:
    """The figures of the structures that are not counted in each territory."""
    reached, n = read.reached, len(territories)
    inside, partly, seated = (index.units(some) for some in (reached.covering, reached.partly, reached.seated))
    unpublished = (reached.partly | reached.seated).having(~index.declared)
    unplaced = index.every_unit(unpublished) - index.every_unit(reached.covering)
    columns = (
        territories,
        (partly - inside).counts(n),
        (seated - inside - partly).counts(n),
        unplaced.counts(n),
        index.to_check(reached.covering, n),
        reached.covering.counts(n),
    )
    for at, (territory, *counts, to_check, sheets) in enumerate(zip(*columns, strict=True)):
        part, seats, no_zone = counts
        untold, (mean, least) = read.untold[at], read.near.of(territory.id)
        known = part, seats, untold.count, mean, least, no_zone, read.seated[at], untold.expected, to_check
        yield Around(*known, territory.id in read.unlisted, sheets)


def _around_country(index: TradeIndex, read: _Read) -> Around:
    untold, seated = read.anywhere
    mean, least = read.near.of(FRANCE)
    return Around(
        untold=untold,
        mean_km=mean,
        least_km=least,
        seated_sites=seated,
        expected=index.untold_anywhere(untold).expected,
        to_check=index.to_check(index.everywhere, 1)[0],
        sheets=index.everywhere.counts(1)[0],
    )


def _labels(query: DepthAsked, lexicon: Lexicon) -> tuple[str, ...] | None:
    """The labels of which a map counts the holders; ``None`` for inclusive supply."""
    if query.offer == "inclusive":
        return None
    trades = (lexicon.trades.get(code) for code in known_trades(query.trades, lexicon))
    return environmental(place for trade in trades for place in (trade.code, trade.group))


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

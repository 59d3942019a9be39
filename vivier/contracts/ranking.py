"""Ranks buyers for a profile by their record (the lower bound of a share), volume in the trades of the profile, proximity, recency.

The record is the share of contracts with a social consideration; for an ordinary labelled company, or when the query asks so, with an
environmental one. ``B = Wilson lower bound(yes, recorded) × log1p(volume) / log1p(largest volume) × exp(−d/50) × 0.5^(months/24)``
(docs/methods.md (i)). Each factor is shown; a buyer without a recorded contract has no rank.

The order ``call`` asks another question, « whom should I call? »: volume × proximity × recency, whatever the buyer records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from vivier.contracts.buyers import category_of_siren
from vivier.contracts.leads_query import BuyersQuery
from vivier.contracts.months import add_months
from vivier.contracts.profile import Profile, Zone, with_narrower
from vivier.contracts.query_profile import own_filters
from vivier.contracts.ranking_rules import RECORDS, Mask, Peers, Record, Rule, rules_of, said_of, sifted
from vivier.contracts.shares import LEAST_RECORDED, Share, Z
from vivier.lexicon import Lexicon
from vivier.model.views import BuyerView
from vivier.search.operators import Exists, Measure, Not, Operator, Range, Terms, conjunction
from vivier.search.port import Groups
from vivier.search.snapshot import Snapshot
from vivier.search.words import BUYERS, read_words
from vivier.territory.communes import haversine_km

METHOD_VERSION: Final = "buyers-6"
DISTANCE_KM: Final = 50.0
HALF_LIFE_MONTHS: Final = 24.0
UNKNOWN_FACTOR: Final = 0.5
_DAYS_A_MONTH: Final = 30.4375
_EPOCH: Final = date(1970, 1, 1)
Column = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RankedBuyer:
    """One buyer and the factors of its rank, each in [0, 1]. ``volume`` is in euros a year, on average over the window, in the
    trades of the query, doubted amounts left out: it sums ``priced`` contracts, and is ``None`` when no amount is known.
    ``social`` and ``environmental`` count the contracts of those trades in the window, ``inclusive`` those whose holder is a known inclusive structure (this
    site or a sister site); ``next_end`` is the first latest end to come, ``None`` when no contract has one."""

    siren: str
    record: BuyerView | None
    social: Share
    environmental: Share
    reserved: int
    inclusive: int
    next_end: date | None
    volume: float | None
    priced: int
    contracts: int
    last: date | None
    distance_km: float | None
    record_factor: float
    volume_factor: float
    proximity_factor: float
    recency_factor: float
    score: float
    peers: Peers | None = None


@dataclass(frozen=True)
class RankedBuyers:
    """A page of buyers, in the order of the query; ``unnamed`` counts those without a published name. ``considered`` counts the buyers of the trades, place and period of the query;
    ``record``: the one that ranks; ``left_out`` counts those that a rule removes, each by the first rule it fails: ``considered`` = ``total`` + those left out."""

    total: int
    buyers: tuple[RankedBuyer, ...]
    notices: tuple[str, ...] = ()
    considered: int = 0
    left_out: tuple[Rule, ...] = ()
    unnamed: int = 0
    record: Record = "social"


class Ranking:
    """All the buyers of a query, in its order. Records are read only for the positions given to :meth:`buyers`."""

    def __init__(self, query: BuyersQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> None:
        self._snapshot, self._months, self.record = snapshot, query.months, record_of(query, profile)
        measures = _measures(profile, as_of)
        self._found = snapshot.contracts.group(_window(query, profile, lexicon, as_of), "buyer", measures)
        self._peers = peers_of(query, profile, snapshot, lexicon, as_of) if query.sort == "unused" else {}
        self._categories = _categories(self._found.values, lexicon) if self._peers else ()
        self.notices: tuple[str, ...] = ()
        named = None
        if query.q is not None:
            named, self.notices = _named(query.q, snapshot, lexicon)
        self.considered = len(self._found.values)
        rules = rules_of(query.sort, self.record, self._found, self._categories, self._peers, named)
        eligible, self.left_out = sifted(rules, self.record)
        self._factors = _factors(self._found, profile, as_of, query, self.record)
        known = _with_a_name(self._found.values, snapshot)
        self.unnamed = int((eligible & ~known).sum())
        self._order = _order(query, self._found, self._factors, eligible, known)

    def __len__(self) -> int:
        return len(self._order)

    def buyers(self, start: int, stop: int) -> tuple[RankedBuyer, ...]:
        """Buyers at the positions from ``start`` to ``stop``, ``stop`` excluded."""
        page = [int(i) for i in self._order[start:stop]]
        records = self._snapshot.buyers.get([self._found.values[i] for i in page])
        return tuple(self._buyer(i, records) for i in page)

    def _buyer(self, i: int, records: dict[str, BuyerView]) -> RankedBuyer:
        peers = self._peers.get(self._categories[i]) if self._categories else None
        return _ranked(self._found, self._factors, i, records, self._months, peers)


def record_of(query: BuyersQuery, profile: Profile) -> Record:
    """Which record of the buyers a query ranks: the environmental one when it asks so, or for an ordinary labelled company."""
    return "environmental" if query.sort == "environmental" or profile.ordinary else "social"


def rank_buyers(
    query: BuyersQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> RankedBuyers:
    """The page of buyers of a query. Raises ``NotFound`` when no contract is indexed."""
    ranking = Ranking(query, profile, snapshot, lexicon, query.as_of or today)
    start = (query.page - 1) * query.per_page
    buyers = ranking.buyers(start, start + query.per_page)
    return RankedBuyers(
        len(ranking),
        buyers,
        ranking.notices,
        ranking.considered,
        ranking.left_out,
        ranking.unnamed,
        ranking.record,
    )


_MEASURES: Final = (
    Measure("n"),
    *(Measure(f"{name}_{state}", where=Terms(name, (state,))) for name in RECORDS for state in ("yes", "no")),
    Measure("reserved", where=Terms("provisions", ("reserved",))),
    Measure("inclusive", where=Terms("inclusive", ("siret", "siren"))),
    Measure("amount", "sum", "amount"),
    Measure("priced", where=Exists("amount")),
    Measure("last", "max", "notified"),
)
_SEAT: Final = (Measure("lon", "min", "buyer_lon"), Measure("lat", "min", "buyer_lat"))


def _measures(profile: Profile, as_of: date) -> tuple[Measure, ...]:
    """Measures of each buyer. The distance to its seat is computed only when the profile has a point."""
    next_end = Measure("next_end", "min", "ends", Range("ends", gte=as_of.isoformat()))
    return (*_MEASURES, next_end, *(() if profile.zone.point is None else _SEAT))


def _window(query: BuyersQuery, profile: Profile, lexicon: Lexicon, as_of: date) -> Operator:
    first = add_months(as_of, -query.months)
    return conjunction(
        Range("notified", gte=first.isoformat(), lte=as_of.isoformat()),
        _of_my_trades(profile, lexicon),
        profile.zone.where(),
        own_filters(query, lexicon, as_of),
        Not(Exists("parent")),
    )


def _of_my_trades(profile: Profile, lexicon: Lexicon) -> Operator | None:
    """Contracts of the trades of the profile; of the supposed ones, those that the CPV or the words mean."""
    if not profile.wanted:
        return None
    return Terms("trades" if profile.trades else "meant_trades", with_narrower(profile.wanted, lexicon))


def _with_a_name(sirens: Sequence[str], snapshot: Snapshot) -> Mask:
    """Which buyers have a name: an index that knows none sorts a buyer by its number."""
    unnamed = {hit.id for hit in snapshot.buyers.scan(Terms("name_sort", tuple(sirens)), records=False)}
    return np.array([siren not in unnamed for siren in sirens], bool)


def peers_of(
    query: BuyersQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, as_of: date
) -> dict[str, Peers]:
    """By category, how many buyers of the whole country record enough contracts in these trades and period, and how many of them
    use a consideration of the kind of the query."""
    everywhere = replace(profile, zone=Zone())
    whole = query.model_copy(update={"buyer_category": ()})
    found = snapshot.contracts.group(_window(whole, everywhere, lexicon, as_of), "buyer", _MEASURES[1:5])
    yes, no = said_of(found, record_of(query, profile))
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for i in np.flatnonzero(yes + no >= LEAST_RECORDED):
        tally = counts[category_of_siren(found.values[i], lexicon.gazetteer)]
        tally[0] += 1
        tally[1] += bool(yes[i])
    return {category: Peers(category, n, using) for category, (n, using) in counts.items()}


def _categories(sirens: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(category_of_siren(siren, lexicon.gazetteer) for siren in sirens)


@dataclass(frozen=True)
class _Factors:
    """Columns of all buyers. ``silent``: nothing is recorded, which is no zero; such buyers are ranked by their volume, place and time."""

    silent: Mask
    record: Column
    volume: Column
    proximity: Column
    recency: Column
    distance: Column
    score: Column


def _factors(found: Groups, profile: Profile, as_of: date, query: BuyersQuery, dimension: Record) -> _Factors:
    m = found.measures
    yes, no = said_of(found, dimension)
    record = lower_bounds(yes, yes + no)
    logs = np.log1p(m["amount"])
    most = logs.max(initial=0.0)
    # an unknown volume is neither large nor small
    volume = np.where(m["priced"] > 0, logs / (most if most > 0 else 1.0), UNKNOWN_FACTOR)
    distance = np.full(len(logs), np.nan)
    if profile.zone.point is not None:
        distance = haversine_km(*profile.zone.point, m["lon"], m["lat"])
    # an unknown seat is neither near nor far
    proximity = np.where(
        np.isnan(distance), UNKNOWN_FACTOR if profile.zone.point is not None else 1.0, np.exp(-distance / DISTANCE_KM)
    )
    recency = 0.5 ** (((as_of - _EPOCH).days - m["last"]) / _DAYS_A_MONTH / HALF_LIFE_MONTHS)
    call = volume * proximity * recency
    silent = yes + no == 0
    score = call if query.sort == "call" else record * call
    return _Factors(silent, record, volume, proximity, recency, distance, score)


def lower_bounds(yes: Column, n: Column) -> Column:
    """Wilson's lower bound of every share at once, 0 where nothing is recorded (see :func:`vivier.contracts.shares.wilson`)."""
    safe = np.maximum(n, 1.0)
    p, z2 = yes / safe, Z * Z
    half = Z * np.sqrt(p * (1 - p) / safe + z2 / (4 * safe * safe))
    low: Column = np.maximum(0.0, (p + z2 / (2 * safe) - half) / (1 + z2 / safe))
    return np.where(n > 0, low, 0.0)


def _order(query: BuyersQuery, found: Groups, factors: _Factors, eligible: Mask, known: Mask) -> npt.NDArray[np.intp]:
    """Positions in the order of the query. The volume, then a ``known`` name, then the SIREN decide between equals, so the order is total."""
    m = found.measures
    silent = np.zeros(len(known), bool)
    match query.sort:
        case "rank" | "environmental" | "call":
            keys = factors.score
            if query.sort != "call":
                silent = factors.silent
                keys = np.where(silent, factors.volume * factors.proximity * factors.recency, keys)
        case "reserved":
            keys = m["reserved"] * factors.proximity * factors.recency
        case "unused":
            keys = factors.volume * factors.proximity * factors.recency
        case _:
            keys = m["amount"]
    positions = np.flatnonzero(eligible)
    order = (positions, ~known[positions], -m["amount"][positions], -keys[positions], silent[positions])
    return positions[np.lexsort(order)]


def _named(q: str, snapshot: Snapshot, lexicon: Lexicon) -> tuple[frozenset[str], tuple[str, ...]]:
    """SIRENs of the buyers whose name or number matches ``q``, and the notices of the search."""
    words = read_words(q, lexicon, snapshot.buyers.vocabulary(), 1.0, 0.0, BUYERS)
    plain = "".join(q.split())
    where: Operator = Terms("identifiers", (plain,))
    found = {hit.id for hit in snapshot.buyers.scan(where, records=False)}
    if words is not None:
        found |= {hit.id for hit in snapshot.buyers.scan(words.text, records=False)}
    return frozenset(found), () if words is None else words.notices


def _ranked(
    found: Groups,
    factors: _Factors,
    i: int,
    records: dict[str, BuyerView],
    months: int,
    peers: Peers | None,
) -> RankedBuyer:
    m, siren = found.measures, found.values[i]
    n = int(m["n"][i])
    distance = factors.distance[i]
    return RankedBuyer(
        siren=siren,
        record=records.get(siren),
        social=_share(found, "social", i),
        environmental=_share(found, "environmental", i),
        reserved=int(m["reserved"][i]),
        inclusive=int(m["inclusive"][i]),
        next_end=_day(m["next_end"][i]),
        volume=float(m["amount"][i]) * 12 / months if m["priced"][i] else None,
        priced=int(m["priced"][i]),
        contracts=n,
        last=_day(m["last"][i]),
        distance_km=None if np.isnan(distance) else round(float(distance), 1),
        record_factor=float(factors.record[i]),
        volume_factor=float(factors.volume[i]),
        proximity_factor=float(factors.proximity[i]),
        recency_factor=float(factors.recency[i]),
        score=float(factors.score[i]),
        peers=peers,
    )


def _share(found: Groups, record: Record, i: int) -> Share:
    yes, no = (int(column[i]) for column in said_of(found, record))
    return Share(yes, no, int(found.measures["n"][i]) - yes - no)


def _day(days: float) -> date | None:
    """The day so many days after 1970-01-01; ``None`` for no number."""
    return None if np.isnan(days) else date.fromordinal(_EPOCH.toordinal() + int(days))

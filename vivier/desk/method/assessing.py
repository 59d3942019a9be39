"""Assesses the articles for the candidates of a lot. What the amount does not change is computed once for every lot that has the same
candidates: the supply of each article, whoever carries hours, the variations of the candidates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from vivier.desk.method.candidate import Candidate
from vivier.desk.method.clause import Carriers, carriers
from vivier.desk.method.gate import Gate
from vivier.desk.method.supply import Supply
from vivier.desk.method.verdict import Assessment, Lot, assess, rank


@dataclass(frozen=True)
class Pool:
    """Candidates of one trade of a lot. ``around``: sites that would cover the place with zones 20 km larger."""

    candidates: Sequence[Candidate]
    around: Sequence[Candidate] = ()
    _supplies: dict[tuple[str, date, frozenset[str]], Supply] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _gates: dict[frozenset[str], Gate] = field(default_factory=dict, init=False, repr=False, compare=False)
    _carriers: dict[tuple[bool, frozenset[str]], Carriers] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def supply(self, code: str, as_of: date, opposed: Collection[str] = ()) -> Supply:
        """The supply of an article (:func:`vivier.desk.method.gate.gate`)."""
        key = code, as_of, frozenset(opposed)
        if key not in self._supplies:
            self._supplies[key] = self._gate(key[2]).supply(code, as_of)
        return self._supplies[key]

    def _gate(self, opposed: frozenset[str]) -> Gate:
        if opposed not in self._gates:
            self._gates[opposed] = Gate.of(self.candidates, opposed)
        return self._gates[opposed]

    def carriers(self, open_posts: bool, opposed: Collection[str] = ()) -> Carriers:
        """Who carries hours (:func:`vivier.desk.method.clause.carriers`)."""
        key = open_posts, frozenset(opposed)
        if key not in self._carriers:
            surest_last = sorted(self.candidates, key=lambda site: (site.in_trade, not site.refused))
            self._carriers[key] = carriers(distinct(surest_last), opposed, open_posts=open_posts)
        return self._carriers[key]

    @cached_property
    def wider(self) -> Pool:
        """The candidates, and those that larger zones would add."""
        return Pool(distinct((*self.candidates, *self.around)))

    @cached_property
    def supposed(self) -> Pool:
        """The candidates, supposing that those of unknown trade do the trade of the lot, that those of unknown zone cover the place, and that
        agreements to check are valid."""
        return Pool(distinct(_supposed(self.candidates)))


@dataclass(frozen=True)
class Ground:
    """The inputs of an assessment. A variation replaces one of them."""

    as_of: date
    opposed: Collection[str]
    lot: Lot
    share: float
    rate: float

    def assess(self, pool: Pool, code: str, place: int = 0) -> Assessment:
        """The assessment of an article. ``place``: rank of the trade of the pool, in a lot of several."""
        return self.again(pool.supply(code, self.as_of, self.opposed), place)

    def assess_each(self, pool: Pool, codes: Iterable[str], place: int = 0) -> tuple[Assessment, ...]:
        """The assessments of several articles, in order."""
        return tuple(self.assess(pool, code, place) for code in codes)

    def again(self, supply: Supply, place: int = 0) -> Assessment:
        """The assessment of a supply that was read before."""
        return assess(self.lot, supply, self.share, self.rate, place)


def weakest(of_each: Iterable[Assessment]) -> Assessment:
    """The assessment of the trade that limits a group: the worst verdict, then the least probability that two structures can do the lot, those
    to ask among them."""
    every = tuple(of_each)
    if len(every) == 1:
        return every[0]
    ranks = [rank(assessment)[:2] for assessment in every]
    worst = max(ranks)
    limiting = [assessment for assessment, found in zip(every, ranks, strict=True) if found == worst]
    if len(limiting) == 1:
        return limiting[0]
    return min(limiting, key=lambda found: (found.prospects.able.two, found.central.low.two, found.counted, found.pool))


def doing_all(pools: Sequence[Pool]) -> Pool:
    """Candidates of any of the trades, marked ``in_trade`` only if they do all of them, ``refused`` if they declare not to do one."""
    able = set.intersection(*({site.id for site in pool.candidates if site.in_trade} for pool in pools))
    every = distinct(site for pool in pools for site in pool.candidates)
    refused = {site.id for pool in pools for site in pool.candidates if site.refused}
    return Pool(tuple(site.but(in_trade=site.id in able, refused=site.id in refused) for site in every))


def carriers_of(pools: Sequence[Pool], open_posts: bool, opposed: Collection[str] = ()) -> Carriers:
    """Who carries hours in one of the trades of a lot."""
    if len(pools) == 1:
        return pools[0].carriers(open_posts, opposed)
    return Pool([site for pool in pools for site in pool.candidates]).carriers(open_posts, opposed)


def _supposed(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    for site in candidates:
        silent, unplaced = not (site.in_trade or site.trade_known), site.might_cover
        known = {"in_trade": site.in_trade or silent, "zone": "wide" if unplaced else site.zone}
        old = {"kinds": (*site.kinds, *site.to_check), "to_check": ()} if site.to_check else {}
        yield site.but(**known, **old) if silent or unplaced or old else site


def distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """One candidate an id. The last candidate of an id replaces the ones before."""
    return tuple({site.id: site for site in candidates}.values())

"""Reads the suppliers of a depth map: the structures of a trade, the territories that each reaches, and those it might reach."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Final

import numpy as np

from vivier.arrays import Mask, Positions
from vivier.belief.does import ONE_SIDE
from vivier.belief.steps import codes
from vivier.desk.facts.candidates import Sites, degrees
from vivier.desk.facts.depth_contracts import TradeContracts, observed_offers
from vivier.desk.facts.depth_sites import SiteColumns
from vivier.desk.facts.experience import Observed, indexed
from vivier.desk.facts.pairs import Pairs
from vivier.desk.facts.presence import ASSUMED, INCLUSIVE, OPEN, labelled, silent, untold
from vivier.desk.facts.remembered import on
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.depth import Covered, Member
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import legal_kinds
from vivier.law.articles import Article, reserving
from vivier.memory import Room
from vivier.search.filters import holding
from vivier.search.operators import EVERY, Not, Operator, Part, Same, Search, Sort, Terms, Tier, conjunction
from vivier.search.port import Members
from vivier.search.scoring import DECLARED
from vivier.search.snapshot import Snapshot
from vivier.suppliers.offers import known_or_by_law
from vivier.territory import Gazetteer, Territory
from vivier.trades.table import STAFFING
from vivier.vocabulary import EVIDENCES

Reaching = tuple[Members, Sequence[Positions] | None]
"""Sites by value, and the territories that each value stands for; ``None``: one, in their order."""


@cache
def depth_articles() -> tuple[Article, ...]:
    """The articles that a depth map counts: those that reserve contracts, without prisons."""
    return reserving("marche", prison=False)


CHECKED_DAYS: Final = 90
SHARED_DOUBT: Final = 0.25
"""How far the priors of all sites may be wrong together, as a share of what they add up to."""
_UNIT: Final = 10_000


@dataclass(frozen=True)
class Reached:
    """Sites of a trade by territory: ``covering``, whose zone covers half of its people; ``declared``, those of them whose published
    zone does; ``partly``, whose zone covers less; ``seated``, whose seat is there."""

    covering: Pairs
    declared: Pairs
    partly: Pairs
    seated: Pairs


@dataclass(frozen=True)
class Silent:
    """Sites whose trade no source gives, by territory: ``count``; ``believed``, those of which some fact lets suppose the trades; the others were
    never observed, and count in no sum;
    ``sum`` and ``variance`` of the number of them that do the trades, in ten-thousandths."""

    count: int
    believed: int
    sum: int
    variance: int

    @property
    def expected(self) -> tuple[float, float]:
        """Bounds, nine cases in ten, of the number of these sites that do the trades: the spread of independent answers, and that of the priors
        that all share."""
        about = self.sum / _UNIT
        half = ONE_SIDE * math.sqrt(self.variance / _UNIT + (SHARED_DOUBT * about) ** 2)
        return max(0.0, about - half), min(float(self.believed), about + half)


@dataclass(frozen=True)
class TradeIndex:
    """The open sites of some trades on one generation: those that meet an article; with ``labels``, those that hold one of them."""

    snapshot: Snapshot
    trades: tuple[str, ...]
    as_of: date
    labels: tuple[str, ...] | None = None

    @property
    def _trade(self) -> Operator:
        """Matches an offer of the trades that is in force on the date."""
        return holding(self.as_of.isoformat(), known_or_by_law(self.trades))

    @property
    def _where(self) -> Operator:
        return conjunction(Same("offers", (self._trade,)), self._listed if self.labels is not None else OPEN)

    @cached_property
    def _listed(self) -> Operator:
        """Matches the sites of the supply, whatever their trade."""
        return INCLUSIVE if self.labels is None else labelled(self.labels, self.as_of)

    @cached_property
    def _silent(self) -> Operator:
        """Matches the sites of the supply whose trade no source gives, nor the law."""
        unknown = silent(self.as_of) if self.labels is None else conjunction(untold(self.as_of), self._listed)
        return conjunction(unknown, Not(Same("offers", (self._trade,)))) if STAFFING in self.trades else unknown

    @property
    def sites(self) -> dict[str, Candidate]:
        """Sites by id, with the best proof of the trade. Without labels, sites that meet no article are left out."""
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[dict[str, Candidate], dict[str, Candidate]]:
        """The sites by id, and those that would meet an article if their agreement, which is to check, were still in force."""
        proof = [
            Tier(Same("offers", (self._trade, Terms("evidence", (code,)))), rank)
            for rank, code in enumerate(reversed(EVIDENCES), 1)
        ]
        published = Tier(Same("offers", (self._trade, DECLARED)), 1)
        does = degrees(self.trades, self.as_of.isoformat(), self._trade)
        parts = (Part("proof", tuple(proof)), Part("published", (published,)), Part("in_trade", does))
        search = Search(where=self._where, parts=parts, sort=(Sort("name_sort"),))
        found: dict[str, Candidate] = {}
        doubtful: dict[str, Candidate] = {}
        read = Sites.of(self.snapshot, self.as_of).candidate
        for hit in self.snapshot.suppliers.stream(search):
            site = read(hit).but(declared=True) if hit.parts["published"] else read(hit)
            if self.labels is not None or articles_of(site.kinds):
                found[site.id] = site
            elif articles_of(site.to_check):
                doubtful[site.id] = site
        return found, doubtful

    @cached_property
    def _columns(self) -> SiteColumns:
        return SiteColumns.of(*self._found)

    @property
    def everywhere(self) -> Pairs:
        """Every site, as those of a single territory."""
        return Pairs(np.arange(len(self._columns.sites)), self._columns.width)

    def to_check(self, sites: Pairs, territories: int) -> list[int]:
        """Number of SIREN in each territory that are not counted anywhere because their agreement is to check."""
        columns = self._columns
        known = np.bincount(columns.unit[columns.counted], minlength=len(columns.units)) > 0
        doubtful = sites.having(~columns.counted & ~known[columns.unit])
        return doubtful.by(columns.unit, columns.width).counts(territories)

    def reached(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Reached:
        """The sites that reach each of some territories, which are larger than communes."""
        ids = tuple(territory.id for territory in territories)
        partial, seats, reaching, twofold = self.snapshot.together(
            lambda: self._holding("reach_partial", ids, self._where, self._trade),
            lambda: self._holding("seat", ids, self._where, self._trade),
            lambda: self._reaching(territories, gazetteer, self._where, self._trade),
            lambda: [hit.id for hit in self.snapshot.suppliers.scan(self._twofold, records=False)],
        )
        covering = self._joined(reaching)
        declaring = self._declaring(territories, gazetteer, covering, twofold)
        return Reached(covering, declaring, self._numbered(partial), self._numbered(seats))

    def covering(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Pairs:
        """Sites whose zone for the trade covers at least half of the people of each territory."""
        reaching, _ = self.snapshot.together(
            lambda: self._reaching(territories, gazetteer, self._where, self._trade), lambda: self.sites
        )
        return self._joined(reaching)

    @property
    def _twofold(self) -> Operator:
        """Matches a site with a published zone for one offer of the trades and an assumed zone for another."""
        both = (Same("offers", (self._trade, published)) for published in (DECLARED, Not(DECLARED)))
        return conjunction(self._where, *both)

    def _declaring(
        self, territories: tuple[Territory, ...], gazetteer: Gazetteer, covering: Pairs, twofold: Sequence[str]
    ) -> Pairs:
        """Sites that cover each territory by a zone that they publish. Those with a published zone for one offer and an assumed zone for
        another (``twofold``, by id) are searched for each territory; the others are not."""
        declared = self._columns.declared
        if not twofold:
            return covering.having(declared)
        alone, number = declared.copy(), self._columns.number
        alone[[number[id_] for id_ in twofold if id_ in number]] = False
        reaching = self._reaching(territories, gazetteer, self._twofold, conjunction(self._trade, DECLARED))
        return covering.having(alone) | self._joined(reaching)

    def _reaching(
        self, territories: tuple[Territory, ...], gazetteer: Gazetteer, where: Operator, entry: Operator
    ) -> list[Reaching]:
        """Sites whose zone covers at least half of the people of each territory, by their entries that meet ``entry``: by its code; and by the
        code of its land block, with the territories of each block."""
        ids = tuple(territory.id for territory in territories)
        blocks = np.array([gazetteer.block(id_) or "" for id_ in ids])
        whole = tuple(sorted(set(blocks.tolist()) - {""}))
        full, wide, everywhere = self.snapshot.together(
            lambda: self._holding("reach_full", ids, where, entry),
            lambda: self._holding("reach_wide", ids, where, entry),
            lambda: self._holding("reach_all", tuple(f"bloc:{block}" for block in whole), where, entry),
        )
        return [(full, None), (wide, None), (everywhere, [np.flatnonzero(blocks == block) for block in whole])]

    def _joined(self, found: Sequence[Reaching]) -> Pairs:
        """The sites of the trades, by number, that each territory has."""
        return Pairs.union((self._numbered(members, at) for members, at in found), self._columns.width)

    def _numbered(self, found: Members, at: Sequence[Positions] | None = None) -> Pairs:
        """The sites of the trades that each value has, by number. ``at``: the territories that each value stands for, by default one."""
        numbers = found.among(self._columns.number)
        known = numbers >= 0
        return _spread(found.value_of[known], numbers[known], self._columns.width, at)

    def _holding(self, by: str, values: tuple[str, ...], where: Operator, entry: Operator) -> Members:
        return self.snapshot.suppliers.members(where, by, values, "offers", entry)

    def untold(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> list[Silent]:
        """Sites whose trade no source gives and that cover each territory or might, as
        :func:`vivier.desk.facts.presence.presence` counts those of one place."""
        ids, unknown = tuple(territory.id for territory in territories), self._silent
        reaching, part, seats = self.snapshot.together(
            lambda: self._reaching(territories, gazetteer, unknown, EVERY),
            lambda: self._holding("reach_partial", ids, unknown, ASSUMED),
            lambda: self._holding("seat", ids, unknown, ASSUMED),
        )
        found: list[Reaching] = [*reaching, (part, None), (seats, None)]
        number: dict[str, int] = {}
        for members, _ in found:
            for at in members.documents.tolist():
                number.setdefault(members.ids[at], len(number))
        width = max(len(number), 1)
        every = Pairs.union(
            (_spread(members.value_of, members.among(number), width, at) for members, at in found), width
        )
        believed = np.array([self.believed.get(id_, 0.0) for id_ in number], np.float64)
        sums = np.rint(_UNIT * believed).astype(np.intp)
        variances = np.rint(_UNIT * believed * (1 - believed)).astype(np.intp)
        some, n = every.having(believed > 0), len(territories)
        columns = (every.counts(n), some.counts(n), some.sums(sums, n), some.sums(variances, n))
        return [Silent(*of_each) for of_each in zip(*columns, strict=True)]

    def untold_anywhere(self, untold: int) -> Silent:
        """The same for the whole country, of which ``untold`` sites are silent."""
        some = self.believed.values()
        return Silent(untold, len(some), round(_UNIT * sum(some)), round(_UNIT * sum(p * (1 - p) for p in some)))

    @cached_property
    def believed(self) -> dict[str, float]:
        """The probability of the likeliest of the trades, by site whose trade no source gives."""
        values = dict(chain.from_iterable(map(codes, self.trades)))
        found = self.snapshot.suppliers.members(self._silent, "belief", tuple(values))
        by_site: dict[str, float] = {}
        for value, ids in found.items():
            by_site.update((id_, max(values[value], by_site.get(id_, 0.0))) for id_ in ids)
        return by_site

    def seated(self, territories: tuple[Territory, ...]) -> list[int]:
        """Number of sites of the supply whose seat is in each territory, whatever their trade."""
        ids = tuple(territory.id for territory in territories)
        found = self._holding("seat", ids, self._listed, EVERY)
        counts: list[int] = np.bincount(found.value_of, minlength=len(ids)).tolist()
        return counts

    def anywhere(self) -> tuple[int, int]:
        """Numbers for the whole country: sites whose trade no source gives, and sites of the supply."""
        questions = (("silent", self._silent), ("listed", self._listed))
        search = Search(where=EVERY, counts=questions, limit=0, sort=())
        found = self.snapshot.suppliers.search(search).counts
        return found["silent"], found["listed"]

    def covered(self, covering: Pairs, declared: Pairs, territories: int) -> Covered:
        """The structures that each territory has, one member for each SIREN. A member is made once for the territories that the same
        sites of it cover."""
        columns = self._columns
        counted = covering.having(columns.counted)
        published, alone = counted.also_in(declared), columns.alone[counted.items]
        single, of_single = np.unique(2 * counted.items[alone] + published[alone], return_inverse=True)
        members = [_member([columns.sites[code >> 1]], bool(code & 1), self.as_of) for code in single.tolist()]
        places, numbers = [counted.places[alone]], [of_single]
        made: dict[tuple[tuple[int, ...], bool], int] = {}
        for place, sites, any_published in _together(
            counted.places[~alone], counted.items[~alone], published[~alone], columns.unit
        ):
            key = sites, any_published
            if key not in made:
                made[key] = len(members)
                together = sorted((columns.sites[site] for site in sites), key=lambda site: site.id)
                members.append(_member(together, any_published, self.as_of))
            places.append(np.array([place]))
            numbers.append(np.array([made[key]]))
        return Covered(members, np.concatenate(places), np.concatenate(numbers), territories)

    def units(self, sites: Pairs) -> Pairs:
        """The distinct SIREN of the sites of each territory, those that meet no article left out."""
        return self._columns.structures(sites)

    def every_unit(self, sites: Pairs) -> Pairs:
        """The distinct SIREN of the sites of each territory, those whose agreement is to check among them."""
        return sites.by(self._columns.unit, self._columns.width)

    @property
    def declared(self) -> Mask:
        """Sites that publish a zone for the trade."""
        return self._columns.declared

    def answering(self, sites: Pairs, article: str, territories: int) -> list[int]:
        """Number of distinct SIREN in each territory that meet an article."""
        columns = self._columns
        meets = np.array([article in articles_of(site.kinds) for site in columns.sites], np.bool_)
        return columns.structures(sites.having(meets)).counts(territories)


def _spread(values: Positions, items: Positions, width: int, at: Sequence[Positions] | None) -> Pairs:
    """The pairs of a territory and an item, from those of a value and an item. ``at``: the territories that each value stands for."""
    if at is None:
        return Pairs.of(values, items, width)
    each = [(places, items[values == value]) for value, places in enumerate(at)]
    places, of_each = ([np.repeat(some, len(of)) for some, of in each], [np.tile(of, len(some)) for some, of in each])
    nothing = np.zeros(0, np.intp)
    return Pairs.of(np.concatenate([nothing, *places]), np.concatenate([nothing, *of_each]), width)


def _together(
    places: Positions, sites: Positions, published: Mask, unit: Positions
) -> Iterator[tuple[int, tuple[int, ...], bool]]:
    """The sites of one SIREN in one territory, and whether one of them covers it by a published zone."""
    found: dict[tuple[int, int], tuple[list[int], list[bool]]] = {}
    for place, site, of, public in zip(
        places.tolist(), sites.tolist(), unit[sites].tolist(), published.tolist(), strict=True
    ):
        some, flags = found.setdefault((place, of), ([], []))
        some.append(site)
        flags.append(public)
    for (place, _), (some, flags) in found.items():
        yield place, tuple(some), any(flags)


@lru_cache(maxsize=1024)
def articles_of(kinds: tuple[str, ...]) -> frozenset[str]:
    """The articles that these kinds meet."""
    return frozenset(article for article in depth_articles() if not set(legal_kinds(article)).isdisjoint(kinds))


def _member(sites: list[Candidate], declared: bool, as_of: date) -> Member:
    recent = as_of - timedelta(days=CHECKED_DAYS)
    together = Structure(sites[0], tuple(sites))
    return Member(
        sites[0].unit,
        frozenset(article for site in sites for article in articles_of(site.kinds)),
        together.turnover,
        declared,
        any(site.proof in ("declared", "certified", "contract") for site in sites),
        any(site.checked is not None and site.checked >= recent for site in sites),
        together.stale(as_of),
        together.fte,
        together.volume,
        together.in_part,
    )


def observed(
    trades: tuple[str, ...],
    as_of: date,
    snapshot: Snapshot,
    gazetteer: Gazetteer,
    index: TradeIndex | None = None,
    *,
    least: int,
) -> Observed | None:
    """Offers received by the reserved contracts of some trades, and the number of structures that could answer each in the
    département of the contract; ``None`` when no contract is indexed. Contracts without a known département are left out.
    Suppliers are read only from ``least`` contracts on (``index``: suppliers already read)."""
    if not indexed(snapshot):
        return None
    key = trades, least, on(snapshot, as_of, "suppliers", "contracts")
    return _OBSERVED.of(key, lambda: _observed(index or TradeIndex(snapshot, trades, as_of), gazetteer, least))


_OBSERVED: Final[Room[Hashable, Observed]] = Room()


def _observed(index: TradeIndex, gazetteer: Gazetteer, least: int) -> Observed:
    found = TradeContracts(index.snapshot, index.trades, index.as_of).offers()
    seen = observed_offers(found, None)
    if seen.contracts < least:
        return seen
    places = tuple(gazetteer.get(id_) for id_ in found.values)
    covering = index.covering(places, gazetteer)
    could: dict[str, dict[str, int]] = {
        article: dict(zip(found.values, index.answering(covering, article, len(places)), strict=True))
        for article in depth_articles()
    }
    return observed_offers(found, could)

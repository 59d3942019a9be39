"""Reads the suppliers of a depth map: the structures of a trade, the territories that each reaches, and those it might reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Final

from vivier.desk.facts.candidates import Sites
from vivier.desk.facts.depth_contracts import TradeContracts, observed_offers
from vivier.desk.facts.experience import Observed, indexed
from vivier.desk.facts.presence import ASSUMED, INCLUSIVE, OPEN, silent
from vivier.desk.facts.remembered import Remembered, on
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.depth import Member
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import legal_kinds
from vivier.engine.port import Members
from vivier.engine.snapshot import Snapshot
from vivier.law.articles import Article, reserving
from vivier.search.filters import holding
from vivier.search.operators import EVERY, Not, Operator, Part, Same, Search, Sort, Terms, Tier, conjunction
from vivier.search.scoring import DECLARED
from vivier.territory import Gazetteer, Territory
from vivier.vocabulary import EVIDENCES


@cache
def depth_articles() -> tuple[Article, ...]:
    """The articles that a depth map counts: those that reserve contracts, without prisons."""
    return reserving("marche", prison=False)


CHECKED_DAYS: Final = 90


@dataclass(frozen=True)
class Reached:
    """Ids of the sites of a trade by territory: ``covering``, whose zone covers half of its people; ``declared``, whose published
    zone does; ``partly``, whose zone covers less; ``seated``, whose seat is there."""

    covering: Mapping[str, frozenset[str]]
    declared: Mapping[str, frozenset[str]]
    partly: Mapping[str, frozenset[str]]
    seated: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class TradeIndex:
    """The open sites of some trades on one generation."""

    snapshot: Snapshot
    trades: tuple[str, ...]
    as_of: date

    @property
    def _trade(self) -> Operator:
        """Matches an offer of the trades that is in force on the date."""
        return holding(self.as_of.isoformat(), Terms("trade", self.trades))

    @property
    def _where(self) -> Operator:
        return conjunction(Same("offers", (self._trade,)), OPEN)

    @property
    def sites(self) -> dict[str, Candidate]:
        """Sites by id, with the best proof of the trade. Sites that meet no article are left out."""
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[dict[str, Candidate], dict[str, str]]:
        """The sites, and the SIREN of those that would meet an article if their agreement, which is to check, were still in force, by id."""
        proof = [
            Tier(Same("offers", (self._trade, Terms("evidence", (code,)))), rank)
            for rank, code in enumerate(reversed(EVIDENCES), 1)
        ]
        published = Tier(Same("offers", (self._trade, DECLARED)), 1)
        parts = (Part("proof", tuple(proof)), Part("published", (published,)))
        search = Search(where=self._where, parts=parts, sort=(Sort("name_sort"),))
        found: dict[str, Candidate] = {}
        doubtful: dict[str, str] = {}
        read = Sites.of(self.snapshot, self.as_of).candidate
        for hit in self.snapshot.suppliers.stream(search):
            site = read(hit)
            if articles_of(site.kinds):
                found[site.id] = site.but(declared=True) if hit.parts["published"] else site
            elif articles_of(site.to_check):
                doubtful[site.id] = site.unit
        return found, doubtful

    def to_check(self, ids: frozenset[str] | None = None) -> int:
        """Number of SIREN, among the sites given (all by default), that are not counted because their agreement is to check."""
        doubtful = self._found[1]
        if not doubtful:
            return 0
        among = doubtful.keys() if ids is None else doubtful.keys() & ids
        return len({doubtful[id_] for id_ in among} - self._units)

    @cached_property
    def _units(self) -> frozenset[str]:
        return frozenset(site.unit for site in self.sites.values())

    @cached_property
    def declared(self) -> frozenset[str]:
        """Sites that publish a zone for the trade."""
        return frozenset(id_ for id_, site in self.sites.items() if site.declared)

    def reached(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Reached:
        """The sites that reach each of some territories, which are larger than communes."""
        ids = tuple(territory.id for territory in territories)
        partly, seats, covering, twofold = self.snapshot.together(
            lambda: self._holding("reach_partial", ids, self._where, self._trade),
            lambda: self._holding("seat", ids, self._where, self._trade),
            lambda: self.covering(territories, gazetteer),
            lambda: frozenset(hit.id for hit in self.snapshot.suppliers.scan(self._twofold, records=False)),
        )
        return Reached(
            covering,
            self._declaring(territories, gazetteer, covering, twofold),
            {id_: frozenset(found) for id_, found in partly.items()},
            {id_: frozenset(found) for id_, found in seats.items()},
        )

    def covering(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Mapping[str, frozenset[str]]:
        """Sites whose zone for the trade covers at least half of the people of each territory. Each territory is read once."""
        missing = tuple(territory for territory in territories if territory.id not in self._covered)
        if missing:
            self._covered.update(self._covering(missing, gazetteer, self._where, self._trade))
        return {territory.id: self._covered[territory.id] for territory in territories}

    @cached_property
    def _covered(self) -> dict[str, frozenset[str]]:
        return {}

    @property
    def _twofold(self) -> Operator:
        """Matches a site with a published zone for one offer of the trades and an assumed zone for another."""
        both = (Same("offers", (self._trade, published)) for published in (DECLARED, Not(DECLARED)))
        return conjunction(self._where, *both)

    def _declaring(
        self,
        territories: tuple[Territory, ...],
        gazetteer: Gazetteer,
        covering: Mapping[str, frozenset[str]],
        twofold: frozenset[str],
    ) -> dict[str, frozenset[str]]:
        """Sites that cover each territory by a zone that they publish; others that publish a zone may be among them. A site with a
        published zone for one offer and an assumed zone for another is searched for each territory; the others are not."""
        if not twofold:
            return dict.fromkeys(covering, self.declared)
        declaring = self._covering(territories, gazetteer, self._twofold, conjunction(self._trade, DECLARED))
        alone = self.declared - twofold
        return {id_: (covering[id_] & alone) | found for id_, found in declaring.items()}

    def _covering(
        self, territories: tuple[Territory, ...], gazetteer: Gazetteer, where: Operator, entry: Operator
    ) -> dict[str, frozenset[str]]:
        """Sites whose zone covers at least half of the people of each territory."""
        ids = tuple(territory.id for territory in territories)
        blocks = {id_: gazetteer.block(id_) for id_ in ids}
        whole = tuple({f"bloc:{block}" for block in blocks.values() if block is not None})
        full, wide, everywhere = self.snapshot.together(
            lambda: self._holding("reach_full", ids, where, entry),
            lambda: self._holding("reach_wide", ids, where, entry),
            lambda: self._holding("reach_all", whole, where, entry),
        )
        return {id_: frozenset((*full[id_], *wide[id_], *everywhere.get(f"bloc:{blocks[id_]}", ()))) for id_ in ids}

    def _holding(self, by: str, values: tuple[str, ...], where: Operator, entry: Operator) -> Members:
        return self.snapshot.suppliers.members(where, by, values, "offers", entry)

    def untold(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Mapping[str, frozenset[str]]:
        """Sites whose trade no source gives and that cover each territory or might, as
        :func:`vivier.desk.facts.presence.presence` counts those of one place."""
        ids, unknown = tuple(territory.id for territory in territories), silent(self.as_of)
        covering, part, seated = self.snapshot.together(
            lambda: self._covering(territories, gazetteer, unknown, EVERY),
            lambda: self._holding("reach_partial", ids, unknown, ASSUMED),
            lambda: self._holding("seat", ids, unknown, ASSUMED),
        )
        return {id_: frozenset((*covering[id_], *part[id_], *seated[id_])) for id_ in ids}

    def expected(self, untold: frozenset[str]) -> tuple[float, float]:
        """Bounds of the number of these sites that do the trades: each has the tenth of probability learnt for it, give or take half of
        one; less than half of one when nothing lets suppose the trade."""
        tenths = [self.tenths[id_] for id_ in untold & self.tenths.keys()]
        return _bounds(tenths, len(untold) - len(tenths))

    def expected_anywhere(self, untold: int) -> tuple[float, float]:
        """The same for the whole country, of which ``untold`` sites are silent."""
        return _bounds(list(self.tenths.values()), untold - len(self.tenths))

    @cached_property
    def tenths(self) -> dict[str, int]:
        """The tenth of probability of the trades, by site whose trade no source gives."""
        values = {f"{trade}:{tenth}": tenth for trade in self.trades for tenth in range(1, 11)}
        found = self.snapshot.suppliers.members(silent(self.as_of), "likely", tuple(values))
        by_site: dict[str, int] = {}
        for value, ids in found.items():
            by_site.update((id_, max(values[value], by_site.get(id_, 0))) for id_ in ids)
        return by_site

    def seated(self, territories: tuple[Territory, ...]) -> Mapping[str, int]:
        """Number of inclusive sites whose seat is in each territory, whatever their trade."""
        ids = tuple(territory.id for territory in territories)
        return {id_: len(found) for id_, found in self._holding("seat", ids, INCLUSIVE, EVERY).items()}

    def anywhere(self) -> tuple[int, int]:
        """Numbers for the whole country: sites whose trade no source gives, and inclusive sites."""
        questions = (("silent", silent(self.as_of)), ("inclusive", INCLUSIVE))
        search = Search(where=EVERY, counts=questions, limit=0, sort=())
        found = self.snapshot.suppliers.search(search).counts
        return found["silent"], found["inclusive"]

    def members(self, ids: Iterable[str], declared: frozenset[str]) -> list[Member]:
        """One member for each SIREN of the sites given. The member of a structure with a single site, as most are, is made once for
        the whole map."""
        made, alone = self._made, self._alone
        found: list[Member] = []
        units: dict[str, list[str]] = {}
        for id_ in ids:
            if id_ in alone:
                key = id_, id_ in declared
                member = made.get(key)
                if member is None:
                    member = made[key] = _member([self.sites[id_]], key[1], self.as_of)
                found.append(member)
            elif id_ in self.sites:
                units.setdefault(self.sites[id_].unit, []).append(id_)
        for together in units.values():
            sites = [self.sites[id_] for id_ in sorted(together)]
            found.append(_member(sites, not declared.isdisjoint(together), self.as_of))
        return found

    @cached_property
    def _made(self) -> dict[tuple[str, bool], Member]:
        return {}

    @cached_property
    def _alone(self) -> frozenset[str]:
        """Sites that are the only one of their SIREN in the trade."""
        counts = Counter(site.unit for site in self.sites.values())
        return frozenset(id_ for id_, site in self.sites.items() if counts[site.unit] == 1)

    def units(self, ids: Iterable[str]) -> set[str]:
        """The distinct SIREN of the sites given, those that meet no article left out."""
        return {self.sites[id_].unit for id_ in ids if id_ in self.sites}

    def answering(self, ids: Iterable[str], article: str) -> int:
        """Number of distinct SIREN of the sites given that meet an article."""
        found = (self.sites[id_] for id_ in ids if id_ in self.sites)
        return len({site.unit for site in found if article in articles_of(site.kinds)})


def _bounds(tenths: list[int], others: int) -> tuple[float, float]:
    about, half = sum(tenths) / 10, len(tenths) / 20
    return about - half, about + half + others / 20


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


_OBSERVED: Final[Remembered[Observed]] = Remembered(512)


def _observed(index: TradeIndex, gazetteer: Gazetteer, least: int) -> Observed:
    found = TradeContracts(index.snapshot, index.trades, index.as_of).offers()
    seen = observed_offers(found, None)
    if seen.contracts < least:
        return seen
    places = tuple(gazetteer.get(id_) for id_ in found.values)
    covering, _ = index.snapshot.together(lambda: index.covering(places, gazetteer), lambda: index.sites)
    could: dict[str, dict[str, int]] = {
        article: {id_: index.answering(ids, article) for id_, ids in covering.items()} for article in depth_articles()
    }
    return observed_offers(found, could)


__all__ = ["TradeIndex", "depth_articles", "observed"]

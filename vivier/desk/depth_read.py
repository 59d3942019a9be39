"""What a depth map reads of the index: the structures of a trade, who reaches which territory, what contracts tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from vivier.desk.candidates import DECLARED, candidate
from vivier.desk.depth import Demand, Member
from vivier.desk.experience import RESERVED, Observed, indexed, window
from vivier.desk.supply import Candidate, legal_kinds
from vivier.engine.port import Engine, Members
from vivier.filters import holding
from vivier.operators import Measure, Not, Operator, Part, Range, Same, Search, Sort, Terms, Tier, conjunction
from vivier.territory import Gazetteer, Territory
from vivier.vocabulary import EVIDENCES

ARTICLES: Final = ("L2113-12", "L2113-13", "L2113-14", "L2113-15")
LEAST_MEDIAN: Final = 20
CHECKED_DAYS: Final = 90


@dataclass(frozen=True)
class Reached:
    """Ids of the sites of a trade by territory: whose zone covers half of its people, whose published zone does, whose zone
    covers less, whose seat is there."""

    covering: Mapping[str, frozenset[str]]
    declared: Mapping[str, frozenset[str]]
    partly: Mapping[str, frozenset[str]]
    seated: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class TradeIndex:
    """The open sites of some trades on one generation."""

    engine: Engine
    trades: tuple[str, ...]
    as_of: date
    generation: str | None = None

    @property
    def _trade(self) -> Operator:
        """An offer of the trades that holds on the date."""
        return holding(self.as_of.isoformat(), Terms("trade", self.trades))

    @property
    def _where(self) -> Operator:
        return conjunction(Same("offers", (self._trade,)), Not(Terms("closed", ("yes",))))

    @cached_property
    def sites(self) -> dict[str, Candidate]:
        """Sites by id, with the best proof of the trade; those that answer no article are left out."""
        proof = [
            Tier(Same("offers", (self._trade, Terms("evidence", (code,)))), rank)
            for rank, code in enumerate(reversed(EVIDENCES), 1)
        ]
        published = Tier(Same("offers", (self._trade, DECLARED)), 1)
        parts = (Part("proof", tuple(proof)), Part("published", (published,)))
        search = Search(where=self._where, parts=parts, sort=(Sort("name_sort"),))
        hits = self.engine.stream("suppliers", search, self.generation)
        found = (replace(candidate(hit, self.as_of), declared=hit.parts["published"] > 0) for hit in hits)
        return {one.id: one for one in found if articles_of(one.kinds)}

    @cached_property
    def declared(self) -> frozenset[str]:
        """Sites that publish a zone for the trade."""
        published = Same("offers", (self._trade, DECLARED))
        search = Search(where=conjunction(self._where, published), sort=(Sort("name_sort"),))
        return frozenset(hit.id for hit in self.engine.stream("suppliers", search, self.generation))

    def reached(self, territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Reached:
        """Which sites reach which of some territories (above communes)."""
        ids = tuple(one.id for one in territories)
        blocks = {one.id: gazetteer.block(one.id) for one in territories}
        whole = tuple({f"bloc:{block}" for block in blocks.values() if block is not None})

        def covering(entry: Operator) -> dict[str, frozenset[str]]:
            full, wide = (self._holding(name, ids, entry) for name in ("reach_full", "reach_wide"))
            everywhere = self._holding("reach_all", whole, entry)
            return {id_: frozenset((*full[id_], *wide[id_], *everywhere.get(f"bloc:{blocks[id_]}", ()))) for id_ in ids}

        partial, seats = (self._holding(name, ids, self._trade) for name in ("reach_partial", "seat"))
        return Reached(
            covering(self._trade),
            covering(conjunction(self._trade, DECLARED)),
            {id_: frozenset(found) for id_, found in partial.items()},
            {id_: frozenset(found) for id_, found in seats.items()},
        )

    def _holding(self, by: str, values: tuple[str, ...], entry: Operator) -> Members:
        return self.engine.members("suppliers", self._where, by, values, "offers", entry, self.generation)

    def won(self) -> dict[str, int] | None:
        """Contracts of the trades won in the window, by SIREN; ``None`` when no contract is indexed."""
        if not indexed(self.engine):
            return None
        where = conjunction(Terms("trades", self.trades), window(self.as_of))
        found = self.engine.group("contracts", where, "holders", (Measure("n"),))
        return {siren: int(n) for siren, n in zip(found.values, found.measures["n"], strict=True)}

    def demand(self, territories: tuple[Territory, ...]) -> dict[str, Demand] | None:
        """What is bought in each territory; ``None`` when no contract is indexed."""
        if not indexed(self.engine):
            return None
        of_trade, day = Terms("trades", self.trades), self.as_of.isoformat()
        running = conjunction(of_trade, Range("notified", lte=day), Range("ends", gte=day))
        yearly = Measure("annual", "sum", "annual_amount")
        maxima = Measure("frameworks", "sum", "annual_amount", Terms("framework", ("yes",)))
        sums = self.engine.group("contracts", running, "territory", (Measure("n"), yearly, maxima))
        at = {id_: place for place, id_ in enumerate(sums.values)}
        medians = self._medians(territories, conjunction(of_trade, window(self.as_of)))
        return {
            one.id: Demand(
                float(sums.measures["annual"][at[one.id]]),
                float(sums.measures["frameworks"][at[one.id]]),
                int(sums.measures["n"][at[one.id]]),
                medians.get(one.id),
            )
            if one.id in at
            else Demand(0.0, 0.0, 0, medians.get(one.id))
            for one in territories
        }

    def _medians(self, territories: tuple[Territory, ...], where: Operator) -> dict[str, float]:
        """The median yearly amount of the contracts awarded in each territory, where at least twenty have one."""
        priced = conjunction(where, Range("annual_amount", gte=0.01))
        amounts = self.engine.group("contracts", priced, "id", (Measure("annual", "sum", "annual_amount"),))
        value = dict(zip(amounts.values, amounts.measures["annual"].tolist(), strict=True))
        held = self.engine.members("contracts", priced, "territory", tuple(one.id for one in territories))
        return {
            id_: float(np.median([value[one] for one in found]))
            for id_, found in held.items()
            if len(found) >= LEAST_MEDIAN
        }

    def members(self, ids: Iterable[str], declared: frozenset[str], won: Mapping[str, int] | None) -> list[Member]:
        """One member a SIREN among the sites given. A structure of one site, as most are, is made once for the whole map."""
        made, alone = self._made, self._alone
        found: list[Member] = []
        units: dict[str, list[str]] = {}
        for id_ in ids:
            if id_ in alone:
                key = id_, id_ in declared
                member = made.get(key)
                if member is None:
                    member = made[key] = _member([self.sites[id_]], key[1], won, self.as_of)
                found.append(member)
            elif id_ in self.sites:
                units.setdefault(self.sites[id_].unit, []).append(id_)
        for together in units.values():
            sites = [self.sites[id_] for id_ in sorted(together)]
            found.append(_member(sites, not declared.isdisjoint(together), won, self.as_of))
        return found

    @cached_property
    def _made(self) -> dict[tuple[str, bool], Member]:
        return {}

    @cached_property
    def _alone(self) -> frozenset[str]:
        """Sites whose SIREN has no other in the trade."""
        counts = Counter(site.unit for site in self.sites.values())
        return frozenset(id_ for id_, site in self.sites.items() if counts[site.unit] == 1)

    def units(self, ids: Iterable[str]) -> set[str]:
        """The distinct SIREN of some sites that answer an article."""
        return {self.sites[id_].unit for id_ in ids if id_ in self.sites}


@lru_cache(maxsize=1024)
def articles_of(kinds: tuple[str, ...]) -> frozenset[str]:
    """The articles some kinds answer."""
    return frozenset(article for article in ARTICLES if not set(legal_kinds(article)).isdisjoint(kinds))


def _member(sites: list[Candidate], declared: bool, won: Mapping[str, int] | None, as_of: date) -> Member:
    unit = sites[0].unit
    recent = as_of - timedelta(days=CHECKED_DAYS)
    return Member(
        unit,
        frozenset(article for one in sites for article in articles_of(one.kinds)),
        max((one.turnover for one in sites if one.turnover is not None), default=None),
        declared,
        any(one.proof in ("declared", "certified", "contract") for one in sites),
        any(one.checked is not None and one.checked >= recent for one in sites),
        None if won is None else won.get(unit, 0),
    )


def observed(trades: tuple[str, ...], as_of: date, engine: Engine, gazetteer: Gazetteer) -> Observed | None:
    """Offers received by the reserved contracts of some trades, and how many structures could answer each, by the département
    of the contract; ``None`` when no contract is indexed. Contracts of no known département are left out."""
    if not indexed(engine):
        return None
    where = conjunction(Terms("trades", trades), RESERVED, Range("offers", gte=1), window(as_of))
    found = engine.group("contracts", where, "departement", (Measure("n"), Measure("offers", "sum", "offers")))
    places = tuple(gazetteer.get(id_) for id_ in found.values)
    index = TradeIndex(engine, trades, as_of)
    covering = index.reached(places, gazetteer).covering if places else {}
    counts = np.array([len(index.units(covering[one.id])) for one in places], np.float64)
    held, offers = found.measures["n"], found.measures["offers"]
    some = counts > 0
    return Observed(int(held[some].sum()), float(offers[some].sum()), float((held * counts)[some].sum()))


__all__ = ["ARTICLES", "TradeIndex", "observed"]

"""Computes what a zone reaches, as the codes by which an engine filters. The indexer asks for many zones at once: 0.1
ms each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

from vivier.model.place import Address, Zone
from vivier.territory.covers import FULL, Claim, Cover, Covers
from vivier.territory.gazetteer import Gazetteer, load_gazetteer
from vivier.territory.model import FRANCE
from vivier.territory.units import Reach, Units

Request = tuple[Zone, Address, float]
"""A zone, the seat, and the radius in km read into an undeclared zone."""

BATCH = 64  # circles worked on together: enough to spread the cost of a numpy call, few enough for the cache
REMEMBERED = 4096


class ReachIndex:
    """Answers :meth:`reach` from arrays that are computed once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.covers = Covers(gazetteer)
        self._units = Units(gazetteer.communes, self.covers.discs)
        self._known: OrderedDict[Claim, Reach] = OrderedDict()

    def reach(self, zone: Zone, seat: Address, default_km: float) -> Reach:
        """Codes reached by a zone from a seat. ``default_km``: radius in km read into an undeclared zone.

        Raises ``InvalidRequest`` (field « zone ») when the zone lists an unknown territory.
        """
        return self.reach_many([(zone, seat, default_km)])[0]

    def reach_many(self, requests: Sequence[Request]) -> list[Reach]:
        """:meth:`reach` of each request, in order; three times as fast as one by one."""
        claims = [self.covers.claim(*request) for request in requests]
        found: dict[Claim, Reach] = {}
        for first in range(0, len(claims), BATCH):
            found |= self._of_claims(claims[first : first + BATCH])
        return [found[claim] for claim in claims]

    def _of_claims(self, claims: list[Claim]) -> dict[Claim, Reach]:
        found = {claim: self._known[claim] for claim in claims if claim in self._known}
        new = [claim for claim in dict.fromkeys(claims) if claim not in found]
        covers = [self.covers.cover(claim) for claim in new if claim.basis != "country"]
        fresh = {claim: self._country(claim) for claim in new if claim.basis == "country"}
        if covers:
            fresh |= zip((cover.claim for cover in covers), self._units.reaches(covers), strict=True)
        self._remember(fresh)
        return found | fresh

    def _remember(self, fresh: dict[Claim, Reach]) -> None:
        self._known |= fresh
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _country(self, claim: Claim) -> Reach:
        """A country zone: the land blocks on the side of the sea of its seat, and their part of the country (docs/methods.md (b))."""
        communes, everybody = self.covers.communes, self.covers.gazetteer.leaves(FRANCE)
        blocks = tuple(f"bloc:{communes.block.codes[place]}" for place in sorted(self.covers.country(claim.block)))
        weight = communes.weight[everybody]
        share = float(weight @ self.covers.kappa(Cover(claim), everybody) / weight.sum())
        shares = {FRANCE: round(share, 4)}
        if share >= FULL:
            return Reach("country", blocks, full=(FRANCE,), shares=shares)
        return Reach("country", blocks, partial=(FRANCE,), shares=shares)


@lru_cache(maxsize=4)
def reach_index(gazetteer: Gazetteer) -> ReachIndex:
    """The index of a gazetteer, built once."""
    return ReachIndex(gazetteer)


def load_reach_index() -> ReachIndex:
    """The index of the committed tables, built once (1.5 s)."""
    return reach_index(load_gazetteer())


def reach(zone: Zone, seat: Address, default_km: float, gazetteer: Gazetteer) -> Reach:
    """:meth:`ReachIndex.reach` on the index of a gazetteer."""
    return reach_index(gazetteer).reach(zone, seat, default_km)


__all__ = ["Reach", "ReachIndex", "Request", "load_reach_index", "reach", "reach_index"]

"""Finds the structures that can carry the insertion hours of a clause (art. L2112-2, or L3114-2 for a concession).

Three groups are kept apart: structures that lend people, whatever the trade of the lot when some of its posts need no qualification;
structures of the trade, as co-contractors, as subcontractors or as the GEIQ of the branch; and structures to ask, never counted as
able, whose trade no source gives, or that are in the place with a zone that is not published.
The holder of the contract may also hire people directly, which needs no structure and is not counted here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, Literal

from vivier.desk.method.candidate import Candidate
from vivier.desk.method.offers import Odds, odds
from vivier.desk.method.prospects import WORTH_A_CALL, place_of, trade_of
from vivier.law.kinds import CLAUSE_ARTICLE, kinds_answering, lending
from vivier.law.parameters import value

METHOD_VERSION: Final = "clause-6"


@cache
def lenders() -> tuple[str, ...]:
    """Kinds that lend people (*mise à disposition*) whatever the trade. A GEIQ is not one of them: it lends within its branch."""
    return lending("any_trade")


@cache
def doers() -> tuple[str, ...]:
    """Kinds that carry hours in their own trade, which must be known: those that do the work, and the GEIQ of the branch. Kinds
    count only with a plain « yes » in ``eligibility.csv`` (docs/methods.md (a))."""
    lend = lenders()
    return tuple(kind for kind in kinds_answering(CLAUSE_ARTICLE) if kind not in lend)


Part = Literal["lending", "doing", "to_ask"]
PARTS: Final[dict[Part, str]] = {
    "lending": "met du personnel à disposition",
    "doing": "fait ce métier",
    "to_ask": "métier, zone ou agrément à confirmer",
}
"""How a structure would carry hours, in French."""
FIRST_CALLS: Final = 5


@dataclass(frozen=True)
class Carrying:
    """A structure that can, or might, carry hours, and our probability (0–1) that it can: trade, place, agreement."""

    site: Candidate
    part: Part
    probability: float


@dataclass(frozen=True)
class Carriers:
    """Structures that can carry hours, one site a SIREN. ``lending``: cover at least half of the place and lend people for any
    trade; ``doing``: cover it and do the trade, without lending; ``to_ask``: their trade or zone is not published, and they are in
    neither of the other two. ``open_posts``: some posts of the trade need no qualification, without which nobody lends for it
    unless the trade is known to be theirs."""

    lending: tuple[Candidate, ...] = ()
    doing: tuple[Candidate, ...] = ()
    to_ask: tuple[Candidate, ...] = ()
    open_posts: bool = True

    @cached_property
    def odds(self) -> Odds:
        """Odds that no structure, exactly one, or two and more carry hours, if all are asked."""
        return odds(carrying.probability for carrying in self._worth)

    @cached_property
    def odds_of_trade(self) -> Odds:
        """The same for structures of the trade alone: those that lend people whatever the trade are left out."""
        does = (_does(site) for site in (*self.doing, *self.lending, *self.to_ask) if of_trade(site))
        return odds(probability for probability in does if probability >= WORTH_A_CALL)

    def _might(self, site: Candidate) -> float:
        lends = self.open_posts and _any(site.possible_kinds, lenders())
        return place_of(site) * _agreement(site) if lends else _does(site)

    @cached_property
    def first_calls(self) -> tuple[Carrying, ...]:
        """Whom to call first for the hours: the most probable, then the nearest. Those that already answered are left out."""
        silent = (carrying for carrying in self._worth if carrying.site.can is None)
        return tuple(sorted(silent, key=_called_first)[:FIRST_CALLS])

    @cached_property
    def _worth(self) -> tuple[Carrying, ...]:
        """Those worth a call: however many they are, the others carry nothing (:data:`WORTH_A_CALL`)."""
        found = (
            *(Carrying(site, "lending", place_of(site)) for site in self.lending),
            *(Carrying(site, "doing", _does(site)) for site in self.doing),
            *(Carrying(site, "to_ask", self._might(site)) for site in self.to_ask),
        )
        return tuple(carrying for carrying in found if carrying.probability >= WORTH_A_CALL)

    @property
    def sure(self) -> int:
        """Number of structures that can carry hours according to the sources."""
        return len(self.lending) + len(self.doing)

    @property
    def possible(self) -> int:
        """``sure`` plus the structures to ask: an upper bound."""
        return self.sure + len(self.to_ask)

    @cached_property
    def lending_by_kind(self) -> Mapping[str, int]:
        """Number of structures that lend people, by kind, in the order of the table of kinds."""
        lend = lenders()
        kinds = [next(kind for kind in lend if kind in site.kinds) for site in self.lending]
        return {kind: kinds.count(kind) for kind in lend if kind in kinds}


def carriers(candidates: Iterable[Candidate], opposed: Collection[str] = (), *, open_posts: bool = True) -> Carriers:
    """The candidates that can carry hours. Their order does not matter. Adding one never lowers ``sure``, ``possible`` or the odds."""
    pool = sorted(
        candidates, key=lambda site: (site.can is not None, place_of(site), site.id)
    )  # the last represents its unit
    known = [site for site in pool if not (site.closed or site.refused or site.can == "no" or _opposed(site, opposed))]
    here = [site for site in known if site.covers]
    lend, do = lenders(), doers()
    lent = {site.unit: site for site in here if _any(site.kinds, lend) and (open_posts or site.in_trade)}
    doing = (site for site in here if site.in_trade and _any(site.kinds, do) and site.unit not in lent)
    done = {site.unit: site for site in sorted(doing, key=lambda site: (site.can is not None, _does(site)))}
    taken = lent.keys() | done.keys()
    covering_last = sorted(known, key=lambda site: site.covers)  # the site that covers the place represents its unit
    to_ask = {site.unit: site for site in covering_last if site.unit not in taken and _to_ask(site, open_posts)}
    return Carriers(tuple(lent.values()), tuple(done.values()), tuple(to_ask.values()), open_posts)


def _called_first(carrying: Carrying) -> tuple[float, float, str]:
    far = math.inf if carrying.site.distance_km is None else carrying.site.distance_km
    return -round(carrying.probability, 2), far, carrying.site.id


def _to_ask(site: Candidate, open_posts: bool) -> bool:
    """Whether the site might carry hours, if its trade or its zone were published, or its agreement checked."""
    might_do = site.in_trade or not site.trade_known
    lends = (open_posts or might_do) and _any(site.possible_kinds, lenders())
    does = might_do and _any(site.possible_kinds, doers())
    return (site.covers or site.might_cover) and (lends or does)


def of_trade(site: Candidate) -> bool:
    """Whether a structure that carries hours does so by the trade: a source says that it does it, or it lends nobody."""
    return site.in_trade or not _any(site.possible_kinds, lenders())


def unsettled(site: Candidate) -> bool:
    """Whether no source gives the trade of a site to ask, and it lends nobody: only its trade then says whether it may carry hours."""
    return not site.in_trade and not _any(site.possible_kinds, lenders())


def _does(site: Candidate) -> float:
    """Probability that a site does the trade in the place, under an agreement that is still valid."""
    return trade_of(site) * place_of(site) * _agreement(site)


def _agreement(site: Candidate) -> float:
    return 1.0 if _any(site.kinds, (*lenders(), *doers())) else value("agreement_old")


def _opposed(site: Candidate, opposed: Collection[str]) -> bool:
    return bool(opposed) and not {site.id, site.siren, site.siret}.isdisjoint(opposed)


def _any(having: tuple[str, ...], kinds: tuple[str, ...]) -> bool:
    return not _set(kinds).isdisjoint(having)


@cache
def _set(kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(kinds)

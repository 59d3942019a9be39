"""Who can carry the insertion hours of a clause (art. L2112-2, or L3114-2 for a concession) on a territory.

Three ways, never added up silently: structures that lend people, whatever the trade of the lot; structures of the trade, as
co-contractors, as subcontractors or as the GEIQ of the branch; and those whose trade no source tells, or that are on the spot with
a zone that nobody published, to be asked and never counted as able.
A holder may also hire the people directly: that way needs no structure and is not counted here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from vivier.desk.method.supply import Candidate
from vivier.law.kinds import CLAUSE_ARTICLE, kinds_answering, lending

METHOD_VERSION: Final = "clause-2"


def lenders() -> tuple[str, ...]:
    """Kinds that lend people (*mise à disposition*) whatever the trade. A GEIQ lends too, but within the branch it was made for."""
    return lending("any_trade")


def doers() -> tuple[str, ...]:
    """Kinds that carry hours in their own trade, which must be known: those that do the work, and the GEIQ of the branch. Only a
    plain « yes » of ``eligibility.csv`` counts (docs/methods.md (a))."""
    lend = lenders()
    return tuple(kind for kind in kinds_answering(CLAUSE_ARTICLE) if kind not in lend)


@dataclass(frozen=True)
class Carriers:
    """Structures, distinct by SIREN: those that cover at least half of the place, ``lending`` people for any trade or ``doing`` the
    trade (none of them lends), and those ``to_ask`` because nobody tells their trade or their zone, or because
    their agreement is to be checked (none is in the other two)."""

    lending: tuple[Candidate, ...] = ()
    doing: tuple[Candidate, ...] = ()
    to_ask: tuple[Candidate, ...] = ()

    @property
    def sure(self) -> int:
        """Structures that can carry hours as far as sources tell."""
        return len(self.lending) + len(self.doing)

    @property
    def possible(self) -> int:
        """The same with those to ask: an upper bound."""
        return self.sure + len(self.to_ask)

    @property
    def lending_by_kind(self) -> Mapping[str, int]:
        """Structures that lend people by kind, in the order of the table of kinds."""
        lend = lenders()
        kinds = [next(kind for kind in lend if kind in one.kinds) for one in self.lending]
        return {kind: kinds.count(kind) for kind in lend if kind in kinds}


def carriers(candidates: Iterable[Candidate], opposed: Collection[str] = ()) -> Carriers:
    """Who can carry hours among candidates. Their order does not matter; one more never lowers ``sure`` nor ``possible``."""
    pool = sorted(candidates, key=lambda one: one.id)
    known = [one for one in pool if not one.closed and not _opposed(one, opposed)]
    here = [one for one in known if one.covers]
    lend, do = lenders(), doers()
    lent = {one.unit: one for one in here if _any(one, lend)}
    done = {one.unit: one for one in here if one.in_trade and _any(one, do) and one.unit not in lent}
    taken = lent.keys() | done.keys()
    covering_last = sorted(known, key=lambda one: one.covers)  # the site that covers the place stands for its unit
    to_ask = {one.unit: one for one in covering_last if one.unit not in taken and _to_ask(one)}
    return Carriers(tuple(lent.values()), tuple(done.values()), tuple(to_ask.values()))


def _to_ask(one: Candidate) -> bool:
    """It would carry hours, were its trade or its zone told, or its agreement checked."""
    lends = not set(lenders()).isdisjoint(one.possible_kinds)
    does = (one.in_trade or not one.trade_known) and not set(doers()).isdisjoint(one.possible_kinds)
    return (one.covers or one.might_cover) and (lends or does)


def _opposed(one: Candidate, opposed: Collection[str]) -> bool:
    return bool(opposed) and not {one.id, one.siren, one.siret}.isdisjoint(opposed)


def _any(one: Candidate, kinds: tuple[str, ...]) -> bool:
    return any(kind in kinds for kind in one.kinds)

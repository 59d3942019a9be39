"""The supply of a lot under one article: the structures that could answer, the sites that could not and why, and what both count
(docs/methods.md (a), (b), (d)). :mod:`vivier.desk.method.gate` makes it.

The unit is the legal unit (SIREN); a site without a SIREN counts as a unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, TypeVar

from vivier.desk.method.excluded import EXCLUSIONS, Excluded, ExclusionReason
from vivier.desk.method.offers import Bearing
from vivier.desk.method.structure import Structure
from vivier.law.articles import contract_article
from vivier.law.kinds import kinds_answering

METHOD_VERSION: Final = "supply-7"
T = TypeVar("T")


@dataclass(frozen=True)
class Supply:
    """The supply of one article at one date. ``candidates`` is always the number of eligible structures plus excluded sites."""

    article: str
    as_of: date
    candidates: int
    eligible: tuple[Structure, ...]
    excluded: tuple[Excluded, ...]
    _computed: dict[Callable[[Supply], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, of: Callable[[Supply], T]) -> T:
        """What a function says of this supply alone, computed once: the lots of a programme share the supply of a trade and a place. What
        it returns is shared: do not change it."""
        if of not in self._computed:
            self._computed[of] = of(self)
        found: T = self._computed[of]
        return found

    @property
    def count(self) -> int:
        """Number of eligible structures, distinct by SIREN."""
        return len(self.eligible)

    @cached_property
    def could(self) -> tuple[Excluded, ...]:
        """The excluded sites that could count, if what is not known of them were confirmed."""
        return tuple(left for left in self.excluded if left.could_answer)

    @cached_property
    def in_part(self) -> int:
        """Number of eligible structures that do a narrower trade alone."""
        return sum(structure.in_part for structure in self.eligible)

    @cached_property
    def declared(self) -> int:
        """Number of eligible structures whose zone is published, or that said that they serve the place."""
        return sum(structure.zone_declared for structure in self.eligible)

    @property
    def inferred(self) -> int:
        """Number of eligible structures whose zone is the assumed default around the seat."""
        return self.count - self.declared

    @cached_property
    def undated(self) -> int:
        """Number of eligible structures whose agreement has no published end."""
        return sum(structure.site.undated for structure in self.eligible)

    @property
    def untold(self) -> int:
        """Number of structures excluded only because no source gives their trade, or neither trade nor zone. They are not counted,
        and not taken for structures of another trade. A structure with another site of the trade is not among them."""
        return len(self._noted["trade_unknown"])

    @property
    def covering_untold(self) -> int:
        """Number of structures of ``untold`` that cover at least half of the place."""
        return sum(self._noted["trade_unknown"].values())

    @property
    def unplaced(self) -> int:
        """Number of structures of the trade excluded only because their zone is not published: ``to_ask`` less ``untold``."""
        return self.to_ask - self.untold

    @cached_property
    def to_ask(self) -> int:
        """Number of structures that are not counted and might be, if their trade or zone were published."""
        return len(self._noted["trade_unknown"].keys() | self._noted["zone_unknown"].keys())

    @cached_property
    def _noted(self) -> Mapping[str, Mapping[str, bool]]:
        """Structures to ask, by note, and whether one of their sites covers the place. One that counts is not asked; one of the trade by another of
        its sites is not asked for its trade."""
        found: dict[str, dict[str, bool]] = {"trade_unknown": {}, "zone_unknown": {}}
        counted = {structure.site.unit for structure in self.eligible}
        of_trade = counted | {left.candidate.unit for left in self.could if left.candidate.in_trade}
        for left in self.excluded:
            unit = left.candidate.unit
            if left.note in found and unit not in (of_trade if left.note == "trade_unknown" else counted):
                units = found[left.note]
                units[unit] = units.get(unit, False) or left.candidate.covers
        return found

    @cached_property
    def by_kind(self) -> Mapping[str, int]:
        """Number of structures by kind, most frequent first. A structure with two kinds of the article counts under the first."""
        legal = legal_kinds(self.article)
        found = Counter(next(kind for kind in structure.site.kinds if kind in legal) for structure in self.eligible)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def reasons(self) -> Mapping[str, int]:
        """Number of excluded sites by reason, in the order of the gate."""
        found = Counter(left.reason for left in self.excluded)
        return {reason: found[reason] for reason in EXCLUSIONS if found[reason]}

    def split(self, annual: float | None, share: float) -> Split:
        """The eligible structures in three lists, by their capacity for a yearly amount in euros."""
        groups: dict[Bearing, list[Structure]] = {"able": [], "unable": [], "unknown": []}
        for structure in self.eligible:
            groups[structure.bears(annual, share)].append(structure)
        return Split(tuple(groups["able"]), tuple(groups["unable"]), tuple(groups["unknown"]))


@dataclass(frozen=True)
class Split:
    """Three lists of structures: those that can bear the lot, those that cannot, and those whose turnover is unknown."""

    able: tuple[Structure, ...] = field(default=())
    unable: tuple[Structure, ...] = ()
    unknown: tuple[Structure, ...] = ()

    def too_small(self) -> tuple[Excluded, ...]:
        """Structures that pass the gate but cannot bear the lot, as exclusions."""
        return tuple(Excluded(structure.site, _too_small(structure)) for structure in self.unable)


def _too_small(structure: Structure) -> ExclusionReason:
    if structure.can is not None:
        return "part_only"
    return "capacity_too_small" if structure.volume is None else "volume_too_small"


def legal_kinds(article: str) -> tuple[str, ...]:
    """Codes of the kinds that count for an article of contracts or concessions. Raises ``KeyError`` for another article."""
    return kinds_answering(contract_article(article))

"""What a merge gives: structures, each with the records that tell of it, and the counts of the rules that joined them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from indexer.doubts import DoubtfulPair
from indexer.ids import NEW_LEDGER, Ledger
from vivier.model import Supplier

COUNTS = ("merged_by_decision", "merged_by_finess", "merged_by_siret", "merged_by_source_key", "merged_by_name_place")


@dataclass(frozen=True)
class Merged:
    """What ``merge`` gives: suppliers sorted by id, counts by name, pairs to review sorted by falling score.

    ``counts``: those of :class:`Joined`, with ``suppliers`` and ``linked_same_siren`` (suppliers whose SIREN another supplier has too).
    """

    suppliers: list[Supplier]
    counts: dict[str, int]
    doubtful: list[DoubtfulPair]
    ledger: Ledger = NEW_LEDGER


class Structure(NamedTuple):
    """The records of one structure, by the numbers under which they are kept. ``added``: those that only add facts."""

    id: str
    members: tuple[int, ...]
    added: tuple[int, ...] = ()
    issues: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Joined:
    """Which records are one structure: structures sorted by id, counts by name, pairs to review sorted by falling score.

    ``counts``: ``records``; ``merged_by_finess``, ``merged_by_siret``, ``merged_by_source_key``,
    ``merged_by_name_place``, ``merged_by_decision`` (records or structures absorbed by each rule);
    ``doubtful`` (pairs); ``decisions_unknown`` (decisions about records that are not there). ``ledger`` remembers the ids for the next
    build. ``enriching``: records that add facts to another's structure; ``enriching_alone``: those whose structure is not there.
    ``sirets``: of all the records. ``odd``: how many records could not be compared.
    """

    structures: list[Structure]
    counts: dict[str, int]
    doubtful: list[DoubtfulPair]
    ledger: Ledger
    sirets: set[str]
    odd: int

    @property
    def expected(self) -> int:
        """How many suppliers there would be without odd records."""
        return len(self.structures) + self.odd


def counted(joined: Joined, suppliers: int, same_siren: int) -> dict[str, int]:
    """The counts of a merge, in the order in which they are told."""
    return {**joined.counts, "suppliers": suppliers, "linked_same_siren": same_siren}


def linked(sirens: Counter[str]) -> int:
    """How many suppliers share their SIREN with another one."""
    return sum(count for count in sirens.values() if count > 1)

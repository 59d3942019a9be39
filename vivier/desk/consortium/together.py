"""Past work of structures together, read from contracts: contracts held as one group, or different lots won in the same
consultation.

Several holders of one contract without a group (« Pas de groupement ») share a framework: they are rivals, not partners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Final

from vivier.desk.consortium.need import Joint, Together
from vivier.search.operators import Exists, Measure, Operator, Terms, conjunction
from vivier.search.snapshot import Snapshot

Pair = tuple[str, str]
GROUPED: Final = Terms("award", ("group",))
"""The contract is held by a group, *conjoint* or *solidaire*."""
_NO_RIVALS: Final = Terms("award", ("one", "group"))
_MOST: Final = 300
"""Most consultations read, those with the most lots won first."""


def joint(sirens: Collection[str], snapshot: Snapshot) -> Joint:
    """The past work of each pair of structures, over all indexed contracts. A pair without any is absent."""
    if len(sirens) < 2:
        return {}
    values = tuple(sorted(sirens))
    theirs = Terms("holders", values)
    contracts = pairs_of(snapshot.contracts.members(conjunction(theirs, GROUPED), "holders", values))
    lots = _lots(values, theirs, snapshot)
    return {
        pair: Together(pair, tuple(sorted(contracts.get(pair, ()))), tuple(sorted(lots.get(pair, ()))))
        for pair in sorted({*contracts, *lots})
    }


def pairs_of(ids_by_holder: Mapping[str, Iterable[str]]) -> dict[Pair, set[str]]:
    """The ids that two holders share, by ordered pair."""
    found: dict[Pair, set[str]] = {}
    for id_, sirens in _turned(ids_by_holder).items():
        for first, second in combinations(sorted(sirens), 2):
            found.setdefault((first, second), set()).add(id_)
    return found


def _lots(values: tuple[str, ...], theirs: Operator, snapshot: Snapshot) -> dict[Pair, set[str]]:
    """Lots of one consultation (same buyer, same object before « lot », notified within thirty days) that two structures won. The
    numbers of the lots must differ. Lots with several holders and no group are left out: their holders are rivals."""
    alone = conjunction(theirs, _NO_RIVALS)
    counted = snapshot.contracts.group(conjunction(alone, Exists("consultation")), "consultation", (Measure("n"),))
    several = [(-n, mark) for mark, n in zip(counted.values, counted.measures["n"], strict=True) if n > 1]
    marks = tuple(mark for _, mark in sorted(several)[:_MOST])
    if not marks:
        return {}
    where = conjunction(alone, Terms("consultation", marks))
    by_mark = snapshot.contracts.members(where, "consultation", marks)
    holders = _turned(snapshot.contracts.members(where, "holders", values))
    numbers = {id_: record.get("lot") for id_, record in snapshot.contracts.get(sorted(holders)).items()}
    found: dict[Pair, set[str]] = {}
    for ids in by_mark.values():
        numbered = [id_ for id_ in ids if numbers.get(id_) is not None]
        for left, right in combinations(numbered, 2):
            if numbers[left] != numbers[right]:
                for pair in _apart(holders.get(left, []), holders.get(right, [])):
                    found.setdefault(pair, set()).update((left, right))
    return found


def _apart(left: Iterable[str], right: Iterable[str]) -> set[Pair]:
    """Ordered pairs of a holder of the left lot and a different holder of the right one."""
    return {(min(first, second), max(first, second)) for first in left for second in right if first != second}


def _turned(ids_by_holder: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The mapping turned around: holders by id."""
    found: dict[str, list[str]] = {}
    for siren, ids in ids_by_holder.items():
        for id_ in ids:
            found.setdefault(id_, []).append(siren)
    return found

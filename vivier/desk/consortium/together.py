"""What structures did together, read from contracts: held as one group, or won as different lots of one consultation.

Several holders of one contract without a group (« Pas de groupement ») are the holders of a framework: rivals, not partners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Final

from vivier.desk.consortium.need import Joint, Together
from vivier.engine.snapshot import Snapshot
from vivier.search.operators import Exists, Measure, Operator, Terms, conjunction

Pair = tuple[str, str]
GROUPED: Final = Terms("award", ("group",))
"""Held by a group, *conjoint* or *solidaire*."""
_NO_RIVALS: Final = Terms("award", ("one", "group"))
_MOST: Final = 300
"""Consultations looked at, those where most lots were won first."""


def joint(sirens: Collection[str], snapshot: Snapshot) -> Joint:
    """What each pair of structures did together, over all contracts indexed; pairs that did nothing are not there."""
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


def pairs_of(held: Mapping[str, Iterable[str]]) -> dict[Pair, set[str]]:
    """Ids that two holders share, by pair in order."""
    found: dict[Pair, set[str]] = {}
    for id_, sirens in _turned(held).items():
        for one, two in combinations(sorted(sirens), 2):
            found.setdefault((one, two), set()).add(id_)
    return found


def _lots(values: tuple[str, ...], theirs: Operator, snapshot: Snapshot) -> dict[Pair, set[str]]:
    """Lots of one consultation (same buyer, same object before « lot », notified within thirty days) won by two structures. The
    numbers of the lots must differ, and no lot have several holders without a group: holders of one lot are rivals."""
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
    """Pairs of one holder of each, in order."""
    return {(min(one, two), max(one, two)) for one in left for two in right if one != two}


def _turned(held: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Holders by id."""
    found: dict[str, list[str]] = {}
    for siren, ids in held.items():
        for id_ in ids:
            found.setdefault(id_, []).append(siren)
    return found

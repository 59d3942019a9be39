"""Finds how the contracts of one buyer are related: framework and child, lots of one consultation, a contract and the
one that renews it (docs/contracts.md, « Relations »)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from vivier.contracts.months import add_months
from vivier.contracts.objects import consultation_prefix, likeness
from vivier.identity import digest_of
from vivier.model import Contract

SAME_CONSULTATION = timedelta(days=30)
RENEWAL_MONTHS = 6
RENEWAL_LIKENESS = 75.0
SURE_LIKENESS = 95.0
"""Least likeness (0–100) of two contracts whose lot numbers differ: numbers change from one consultation to the next."""
_CHILD: Final = re.compile(r"^(?:march[ée]s?\s+subs[ée]quents?\b|ms\s*(?:n\s*°\s*)?\d+)", re.IGNORECASE)
_NO_FRAMEWORK: Final = re.compile(r"[A-Za-z0-9]")


@lru_cache(maxsize=1024)
def looks_subsequent(object_: str) -> bool:
    """Whether an object says that it is a *marché subséquent*."""
    return _CHILD.match(object_.strip()) is not None


def is_self_reference(framework: str, number: str | None) -> bool:
    """Whether the framework's number is the contract's own: some platforms write it so, and it makes no parent. A
    suffix of the number is ignored."""
    return number is not None and (framework == number or number.startswith(f"{framework}-"))


def related(contracts: Sequence[Contract]) -> list[Contract]:
    """The contracts of one buyer with their parents, consultations and renewals, in the same order."""
    numbers = {contract.number: contract.key for contract in contracts if contract.number is not None}
    consultations = _consultations(contracts)
    renewals = _renewals(contracts)
    return [
        _with_relations(
            contract, _parent(contract, numbers), consultations.get(contract.key), renewals.get(contract.key)
        )
        for contract in contracts
    ]


def _with_relations(
    contract: Contract, parent: str | None, consultation: str | None, renewal: Contract | None
) -> Contract:
    if parent is None and consultation is None and renewal is None:
        return contract
    changes: dict[str, object] = {"parent": parent, "consultation": consultation}
    if renewal is not None:
        changes |= {"renewed_by": renewal.key, "renewed_on": renewal.notified}
    return contract.changed(**changes, subsequent=contract.subsequent or parent is not None)


def _parent(contract: Contract, numbers: dict[str, str]) -> str | None:
    framework = contract.framework
    if framework is None or is_self_reference(framework, contract.number):
        return None
    parent = numbers.get(framework)
    return parent if parent != contract.key else None


def _consultations(contracts: Iterable[Contract]) -> dict[str, str]:
    """The consultation of each contract that has sister lots, named by a hash of its first contract."""
    groups: defaultdict[tuple[str, str], list[Contract]] = defaultdict(list)
    for contract in contracts:
        prefix = consultation_prefix(contract.object)
        if contract.framework is not None and _NO_FRAMEWORK.search(contract.framework):
            groups["framework", contract.framework].append(contract)
        if prefix is not None:
            groups["object", prefix].append(contract)
    found: dict[str, str] = {}
    for _, group in sorted(groups.items()):
        for sisters in _close_in_time(group):
            known = next((found[sister.key] for sister in sisters if sister.key in found), None)
            mark = known or "k" + digest_of(min(sister.key for sister in sisters).encode())
            found |= {sister.key: mark for sister in sisters if sister.key not in found}
    return found


def _close_in_time(contracts: Iterable[Contract]) -> Iterator[list[Contract]]:
    """Series of at least two contracts, each notified within thirty days of the one before."""
    dated = sorted(
        (contract for contract in contracts if contract.notified is not None),
        key=lambda contract: (contract.notified, contract.key),
    )
    run: list[Contract] = []
    for contract in dated:
        assert contract.notified is not None
        if run and contract.notified - (run[-1].notified or contract.notified) > SAME_CONSULTATION:
            if len(run) > 1:
                yield run
            run = []
        run.append(contract)
    if len(run) > 1:
        yield run


def _renewals(contracts: Iterable[Contract]) -> dict[str, Contract]:
    """The contract that renews each contract: same first four CPV digits, notified within six months of its latest end
    and after its middle, with a similar object.

    The nearest to the end wins. Sister lots of one consultation are no renewal.
    """
    families: defaultdict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        if contract.cpv is not None and contract.notified is not None:
            families[contract.cpv[:4]].append(contract)
    found: dict[str, Contract] = {}
    for family in families.values():
        if len(family) == 1:
            continue
        ordered = sorted(family, key=_day)
        days = list(map(_day, ordered))
        for old in ordered:
            new = _renewal(old, ordered, days)
            if new is not None:
                found[old.key] = new
    return found


def _day(contract: Contract) -> date:
    assert contract.notified is not None
    return contract.notified


def _renewal(old: Contract, family: Sequence[Contract], days: Sequence[date]) -> Contract | None:
    if old.ends is None:
        return None
    start, end = _day(old), old.ends
    first = max(add_months(end, -RENEWAL_MONTHS), start + (end - start) / 2, start + timedelta(days=1))
    last = add_months(end, RENEWAL_MONTHS)
    near = family[bisect_left(days, first) : bisect_right(days, last)]
    alike = [new for new in near if new.key != old.key and _follows(old, new)]
    return min(alike, key=lambda new: (abs(_day(new) - end), new.key), default=None)


def _follows(old: Contract, new: Contract) -> bool:
    """Whether one contract may renew the other: their objects are alike, and more so when their lot numbers differ."""
    score = likeness(old.object, new.object)
    same_lot = old.lot is None or new.lot is None or old.lot == new.lot
    return score >= (RENEWAL_LIKENESS if same_lot else SURE_LIKENESS)

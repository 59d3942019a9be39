"""Tells the contracts of one key apart: a buyer may give one number to several contracts (docs/contracts.md, « Rows of one
number that disagree »)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from vivier.model import ContractRecord, Organisation

Names = frozenset[str]
_TABLES: Final = frozenset(("tabular", "buyer_csv"))
"""Forms that have one row for each holder."""


def position(record: ContractRecord) -> tuple[str, int]:
    """Sort key of a record: its file, then its number in the file read as a number (« #9 » comes before « #10 »)."""
    file, _, number = record.source_id.rpartition("#")
    return (file, int(number)) if number.isdecimal() else (record.source_id, 0)


def freshness(record: ContractRecord) -> tuple[bool, date, int, int, tuple[str, int]]:
    """Sort key of freshness: the latest published wins, then the most amended, then the last one.

    A row that its source calls superseded never wins. Some extracts have no day of publication: the day of
    notification, which is that of the last amendment, then replaces it.
    """
    published = [record.published or record.notified, *(change.published for change in record.modifications)]
    latest = max((day for day in published if day is not None), default=date.min)
    return record.current is not False, latest, len(record.modifications), record.version or 0, position(record)


def names_of(holders: Iterable[Organisation]) -> Names:
    """What tells holders apart: their SIREN, else what is written."""
    return frozenset(name for holder in holders if (name := holder.siren or holder.raw_id or holder.name) is not None)


def parties(record: ContractRecord) -> Names:
    """The holders that a record names, at first or in an amendment."""
    if not record.modifications:
        return names_of(record.holders)
    return names_of((*record.holders, *(holder for change in record.modifications for holder in change.holders)))


def apart(records: Sequence[ContractRecord]) -> dict[str, list[ContractRecord]]:
    """The contracts of one key, each named by what distinguishes it from the first one, which is named « ».

    Declarations that name the same holders, all of them, are one contract. One that names others is another contract, unless an
    amendment or a later version links them: a company may win alone, and again in a group, under one number.
    """
    own = [parties(record) for record in records]
    if all(names == own[0] for names in own):
        return {"": sorted(records, key=position)}
    last = max((record.version or 0 for record in records), default=0)
    groups: list[list[ContractRecord]] = []
    former: list[ContractRecord] = []
    declared: dict[tuple[object, ...], list[ContractRecord]] = {}
    for record in sorted(records, key=freshness, reverse=True):
        if superseded(record, last):
            former.append(record)
        else:
            declared.setdefault(_declaration(record), []).append(record)
    for rows in declared.values():
        _put(rows, groups)
    for record in former:
        _put_former(record, groups)
    return _named(groups)


def superseded(record: ContractRecord, last: int) -> bool:
    """Whether a later version takes the place of a record: as its source says, else by its number of version."""
    return not record.current if record.current is not None else record.version is not None and record.version < last


def _put(rows: list[ContractRecord], groups: list[list[ContractRecord]]) -> None:
    """Adds a declaration in force to the contract it describes, or to a new one. The first record of a group is its freshest."""
    stages = _stages(rows)
    for group in groups:
        if not stages.isdisjoint(_stages_of(group)) or any(_silent(other, rows[0]) for other in group):
            group += rows
            return
    groups.append(rows)


def _put_former(record: ContractRecord, groups: list[list[ContractRecord]]) -> None:
    """Adds a superseded version to the contract of its holders, else to the only contract that has a later version: an
    amendment replaced its holders. When several could have, it stays apart."""
    named = parties(record)
    heirs = [group for group in groups if any(named & parties(other) for other in group)][:1]
    heirs = heirs or [group for group in groups if (group[0].version or 0) > (record.version or 0)]
    if len(heirs) == 1:
        heirs[0].append(record)
    else:
        groups.append([record])


def _stages(rows: Sequence[ContractRecord]) -> set[Names]:
    """The sets of holders of one declaration: those of its rows together, then those that each amendment gives."""
    first = names_of(holder for row in rows for holder in row.holders)
    return {first, *(names_of(change.holders) for row in rows for change in row.modifications if change.holders)}


def _stages_of(group: Iterable[ContractRecord]) -> set[Names]:
    declared: dict[tuple[object, ...], list[ContractRecord]] = {}
    for record in group:
        declared.setdefault(_declaration(record), []).append(record)
    return set[Names]().union(*map(_stages, declared.values()))


def _silent(left: ContractRecord, right: ContractRecord) -> bool:
    """Whether two records give the same values, and one of them names no holder."""
    return not (left.holders and right.holders) and _values(left) == _values(right)


def _declaration(record: ContractRecord) -> tuple[object, ...]:
    """What the rows of one declaration share. A table has one row for each holder; elsewhere a declaration is one record."""
    place = position(record)
    return (place[0], *_values(record)) if record.form in _TABLES else place


def one_declaration(left: ContractRecord, right: ContractRecord) -> bool:
    """Whether two records are rows of one declaration in a table."""
    return _declaration(left) == _declaration(right)


def _values(record: ContractRecord) -> tuple[object, ...]:
    return record.amount, record.notified, record.months, record.cpv, record.object, record.version, record.current


def _named(groups: Sequence[list[ContractRecord]]) -> dict[str, list[ContractRecord]]:
    """The groups by name. The one that was notified first keeps the key; the others are named by their first holders, so that
    names last."""
    named: dict[str, list[ContractRecord]] = {}
    for group in sorted(groups, key=_beginning):
        day, holders, _ = _beginning(group)
        name = "+".join(holders) if named else ""
        while name in named:
            name += f"|{day}"
        named[name] = sorted(group, key=position)
    return named


def _beginning(group: Iterable[ContractRecord]) -> tuple[date, list[str], tuple[str, int]]:
    """The first day of a contract, its holders on that day, and the place of its first record."""
    first = min(group, key=lambda record: (record.notified or date.max, record.version or 0, position(record)))
    return first.notified or date.max, sorted(names_of(first.holders)), position(first)

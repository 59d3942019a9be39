"""Finds the current version of a contract: which record is retained, and what its amendments really change
(docs/contracts.md, « Current version »)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from vivier.model import Considerations, ContractRecord, Modification, Organisation

LEAST_AMOUNT, MOST_AMOUNT = 0.5, 10.0
"""An amended amount below half or above ten times the first one is doubted: many producers write the difference instead."""
LEAST_MONTHS = 0.5
"""An amended duration of at most half the first one is doubted for the same reason."""


class Current(NamedTuple):
    """The current version: the retained record, and the values that several records or amendments decide together.

    ``rows`` are the records of this contract. Those that name other holders under the same number are not among them.
    """

    record: ContractRecord
    rows: tuple[ContractRecord, ...]
    notified: date | None
    holders: tuple[Organisation, ...]
    amount: float | None
    initial_amount: float | None
    months: int | None
    initial_months: int | None
    modifications: tuple[Modification, ...]
    quality: tuple[str, ...]


def current_of(records: Sequence[ContractRecord]) -> Current:
    """The current version given by all records of one contract. Their order does not matter.

    Every value comes from records that name the holders shown. Records in force that only name others (two contracts
    under one number, perhaps) leave the amount unknown, unless all of them declare it.
    """
    if len(records) == 1 and not records[0].modifications and not records[0].version:
        return _only(records[0])
    ordered = sorted(records, key=position)
    retained = max(ordered, key=_freshness)
    holders = _holders(retained, ordered)
    rows, rivals = _split(retained, _named(holders), ordered)
    notified = min((r.notified for r in rows if r.notified is not None), default=None)
    first = min(rows, key=lambda row: (row.version or 0, row.notified or date.max))
    modifications = tuple(sorted(retained.modifications or _changes_between_versions(rows), key=_when))
    quality: list[str] = []
    initial = first.amount if first.amount is not None else retained.amount
    amount = _amended_amount(initial, modifications, quality)
    months = _amended_months(first.months if first.months is not None else retained.months, modifications, quality)
    if notified is not None and any(m.notified is not None and m.notified < notified for m in modifications):
        quality.append("modif_before_notification")
    disputed = not _declared(amount, holders, rows) or any(amount not in _amounts(row) for row in rivals)
    if rivals or disputed:
        quality.append("rows_disagree")
    return Current(
        record=retained,
        rows=tuple(rows),
        notified=notified,
        holders=holders,
        amount=None if disputed else amount,
        initial_amount=None if disputed else initial,
        months=months,
        initial_months=first.months if first.months is not None else retained.months,
        modifications=retained.modifications if disputed else modifications,
        quality=tuple(dict.fromkeys(quality)),
    )


def _only(record: ContractRecord) -> Current:
    """The version of a contract that has one record and no amendment, as most contracts."""
    holders = record.holders if len(record.holders) < 2 else _distinct(record.holders)
    amount, months = record.amount, record.months
    return Current(record, (record,), record.notified, holders, amount, amount, months, months, (), ())


def _split(
    retained: ContractRecord, shown: set[str | None], records: Sequence[ContractRecord]
) -> tuple[list[ContractRecord], list[ContractRecord]]:
    """The records that name the holders shown, and those in force that only name others.

    A superseded version may name a holder that an amendment replaced: it is a row as long as no other record in force
    names somebody else.
    """
    known = shown | _parties(retained)
    rivals = [
        record
        for record in records
        if _in_force(record, retained) and known and _parties(record) and known.isdisjoint(_parties(record))
    ]
    rows = [
        record
        for record in records
        if shown <= _parties(record) or _same_version(record, retained) or not (rivals or _in_force(record, retained))
    ]
    return rows, rivals


def _in_force(record: ContractRecord, retained: ContractRecord) -> bool:
    """Whether no later version supersedes the record: as its source says, else by its number of version."""
    if record.current is not None:
        return record.current
    return record.version is None or retained.version is None or record.version >= retained.version


def _same_version(record: ContractRecord, retained: ContractRecord) -> bool:
    """Whether two records are rows of one version in one source."""
    return (
        record.version is not None
        and (record.version, record.current) == (retained.version, retained.current)
        and record.provenance.source_id == retained.provenance.source_id
    )


def _declared(amount: float | None, holders: Iterable[Organisation], rows: Sequence[ContractRecord]) -> bool:
    """Whether each holder is named by a record that declares the amount."""
    together = [_parties(row) for row in rows if amount in _amounts(row)]
    return amount is None or all(any(name in parties for parties in together) for name in _named(holders))


def _amounts(record: ContractRecord) -> set[float | None]:
    return {record.amount, *(change.amount for change in record.modifications)}


def _parties(record: ContractRecord) -> set[str | None]:
    """The holders that a record names, at first or in an amendment."""
    return _named((*record.holders, *(holder for change in record.modifications for holder in change.holders)))


def _named(holders: Iterable[Organisation]) -> set[str | None]:
    return {holder.siren or holder.raw_id or holder.name for holder in holders}


def recorded(records: Iterable[ContractRecord], retained: ContractRecord, name: str) -> Considerations:
    """The considerations of the retained record. When it has none, those of the freshest record that has some: the
    silence of one source never erases what another says."""
    own: Considerations = getattr(retained, name)
    if own.values:
        return own
    recording = [record for record in records if getattr(record, name).values]
    return getattr(max(recording, key=_freshness), name) if recording else own


def position(record: ContractRecord) -> tuple[str, int]:
    """Sort key of a record: its file, then its number in the file read as a number (« #9 » comes before « #10 »)."""
    file, _, number = record.source_id.rpartition("#")
    return (file, int(number)) if number.isdecimal() else (record.source_id, 0)


def _freshness(record: ContractRecord) -> tuple[bool, date, int, int, tuple[str, int]]:
    """Sort key of freshness: the latest published wins, then the most amended, then the last one.

    A row that its source calls superseded never wins. Some extracts have no day of publication: the day of
    notification, which is that of the last amendment, then replaces it.
    """
    published = [record.published or record.notified, *(change.published for change in record.modifications)]
    latest = max((day for day in published if day is not None), default=date.min)
    return record.current is not False, latest, len(record.modifications), record.version or 0, position(record)


def _when(change: Modification) -> tuple[date, int]:
    return change.notified or date.min, change.number or 0


def _changes_between_versions(records: Sequence[ContractRecord]) -> tuple[Modification, ...]:
    """Amendments deduced from a source that gives one row for each version: the values of each later version."""
    later: dict[int, ContractRecord] = {}
    for record in records:
        if record.version:
            later.setdefault(record.version, record)
    return tuple(
        Modification(
            number=number, notified=row.notified, published=row.published, amount=row.amount, months=row.months
        )
        for number, row in sorted(later.items())
    )


def _holders(retained: ContractRecord, records: Sequence[ContractRecord]) -> tuple[Organisation, ...]:
    """The last holders named. When rows of one version of one source each name one holder, all of them are holders."""
    amended = [change.holders for change in sorted(retained.modifications, key=_when) if change.holders]
    if amended:
        return _distinct(amended[-1])
    rows = [record for record in records if _same_version(record, retained)] or [retained]
    return _distinct(holder for record in rows for holder in record.holders)


def _distinct(holders: Iterable[Organisation]) -> tuple[Organisation, ...]:
    found: dict[str | None, Organisation] = {}
    for holder in holders:
        found.setdefault(holder.siret or holder.siren or holder.raw_id, holder)
    return tuple(found.values())


def _amended_amount(first: float | None, changes: Iterable[Modification], quality: list[str]) -> float | None:
    current = first
    for change in changes:
        if change.amount is None:
            continue
        if first is not None and first > 0 and not LEAST_AMOUNT <= change.amount / first <= MOST_AMOUNT:
            quality.append("modif_amount_suspect")
        else:
            current = change.amount
    return current


def _amended_months(first: int | None, changes: Iterable[Modification], quality: list[str]) -> int | None:
    current = first
    for change in changes:
        if change.months is None:
            continue
        if first is not None and change.months <= first * LEAST_MONTHS:
            quality.append("modif_duration_suspect")
        else:
            current = change.months
    return current

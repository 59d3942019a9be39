"""The current version of a contract: which record holds, and what its amendments really change
(docs/contracts.md, « Current version »)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from vivier.model import Considerations, ContractRecord, Modification, Organisation

LEAST_AMOUNT, MOST_AMOUNT = 0.5, 10.0
"""An amended amount below half or above ten times the first one is doubted: many producers write a difference."""
LEAST_MONTHS = 0.5
"""An amended duration at most half the first one is doubted likewise."""


class Current(NamedTuple):
    """What holds now: the retained record, and the values that several records or amendments decide together. ``rows`` are the
    records that tell of it: those of other holders under the same number are not among them."""

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
    """The current version told by every record of one contract. The order of the records does not matter.

    Every value comes from records that name the holders shown. Records in force that name others only (two contracts under one
    number, perhaps) leave the amount unknown, unless all of them declare it.
    """
    if len(records) == 1 and not records[0].modifications and not records[0].version:
        return _only(records[0])
    ordered = sorted(records, key=position)
    held = max(ordered, key=_freshness)
    holders = _holders(held, ordered)
    rows, rivals = _split(held, _named(holders), ordered)
    notified = min((r.notified for r in rows if r.notified is not None), default=None)
    first = min(rows, key=lambda one: (one.version or 0, one.notified or date.max))
    modifications = tuple(sorted(held.modifications or _told_by_versions(rows), key=_when))
    quality: list[str] = []
    initial = first.amount if first.amount is not None else held.amount
    amount = _amended_amount(initial, modifications, quality)
    months = _amended_months(first.months if first.months is not None else held.months, modifications, quality)
    if notified is not None and any(m.notified is not None and m.notified < notified for m in modifications):
        quality.append("modif_before_notification")
    disputed = not _declared(amount, holders, rows) or any(amount not in _amounts(row) for row in rivals)
    if rivals or disputed:
        quality.append("rows_disagree")
    return Current(
        record=held,
        rows=tuple(rows),
        notified=notified,
        holders=holders,
        amount=None if disputed else amount,
        initial_amount=None if disputed else initial,
        months=months,
        initial_months=first.months if first.months is not None else held.months,
        modifications=held.modifications if disputed else modifications,
        quality=tuple(dict.fromkeys(quality)),
    )


def _only(record: ContractRecord) -> Current:
    """What the one record of a contract never amended tells, which is what most contracts are."""
    holders = record.holders if len(record.holders) < 2 else _distinct(record.holders)
    amount, months = record.amount, record.months
    return Current(record, (record,), record.notified, holders, amount, amount, months, months, (), ())


def _split(
    held: ContractRecord, shown: set[str | None], records: Sequence[ContractRecord]
) -> tuple[list[ContractRecord], list[ContractRecord]]:
    """The records that tell of the holders shown, and those in force that name others only. A superseded version may name a
    holder that an amendment replaced: it counts as long as no other record in force names somebody else."""
    known = shown | _parties(held)
    rivals = [
        one for one in records if _in_force(one, held) and known and _parties(one) and known.isdisjoint(_parties(one))
    ]
    rows = [
        one
        for one in records
        if shown <= _parties(one) or _same_version(one, held) or not (rivals or _in_force(one, held))
    ]
    return rows, rivals


def _in_force(record: ContractRecord, held: ContractRecord) -> bool:
    """Not superseded by a later version: as its source says, else by its number of version."""
    if record.current is not None:
        return record.current
    return record.version is None or held.version is None or record.version >= held.version


def _same_version(record: ContractRecord, held: ContractRecord) -> bool:
    """Rows of one version of one source."""
    return (
        record.version is not None
        and (record.version, record.current) == (held.version, held.current)
        and record.provenance.source_id == held.provenance.source_id
    )


def _declared(amount: float | None, holders: Iterable[Organisation], rows: Sequence[ContractRecord]) -> bool:
    """Each holder stands in a record that declares the amount."""
    together = [_parties(row) for row in rows if amount in _amounts(row)]
    return amount is None or all(any(name in parties for parties in together) for name in _named(holders))


def _amounts(record: ContractRecord) -> set[float | None]:
    return {record.amount, *(change.amount for change in record.modifications)}


def _parties(record: ContractRecord) -> set[str | None]:
    """The holders a record names, at first or by an amendment."""
    return _named((*record.holders, *(holder for change in record.modifications for holder in change.holders)))


def _named(holders: Iterable[Organisation]) -> set[str | None]:
    return {holder.siren or holder.raw_id or holder.name for holder in holders}


def recorded(records: Iterable[ContractRecord], held: ContractRecord, name: str) -> Considerations:
    """The considerations of the retained record or, when it records none, of the freshest record that does: the silence of
    one source never overwrites what another says."""
    own: Considerations = getattr(held, name)
    if own.values:
        return own
    told = [record for record in records if getattr(record, name).values]
    return getattr(max(told, key=_freshness), name) if told else own


def position(record: ContractRecord) -> tuple[str, int]:
    """Where a record stands: its file, and its number in it as a number (« #9 » comes before « #10 »)."""
    file, _, number = record.source_id.rpartition("#")
    return (file, int(number)) if number.isdecimal() else (record.source_id, 0)


def _freshness(record: ContractRecord) -> tuple[bool, date, int, int, tuple[str, int]]:
    """The latest published wins, then the most amended, then the last one. A row its source calls superseded never does.
    Some extracts have no day of publication: the day of notification, which is that of the last amendment, then stands for it.
    """
    published = [record.published or record.notified, *(change.published for change in record.modifications)]
    latest = max((day for day in published if day is not None), default=date.min)
    return record.current is not False, latest, len(record.modifications), record.version or 0, position(record)


def _when(change: Modification) -> tuple[date, int]:
    return change.notified or date.min, change.number or 0


def _told_by_versions(records: Sequence[ContractRecord]) -> tuple[Modification, ...]:
    """Amendments of a source that gives one row a version: what each later version holds."""
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


def _holders(held: ContractRecord, records: Sequence[ContractRecord]) -> tuple[Organisation, ...]:
    """The last holders named. Rows of one version of one source each name one holder: they add up."""
    amended = [change.holders for change in sorted(held.modifications, key=_when) if change.holders]
    if amended:
        return _distinct(amended[-1])
    rows = [record for record in records if _same_version(record, held)] or [held]
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

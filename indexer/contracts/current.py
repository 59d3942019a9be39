"""The current version of a contract: which record holds, and what its amendments really change (contracts.md 4.2–4.5)."""

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
    """What holds now: the retained record, and the values that several records or amendments decide together."""

    record: ContractRecord
    notified: date | None
    holders: tuple[Organisation, ...]
    amount: float | None
    initial_amount: float | None
    months: int | None
    initial_months: int | None
    modifications: tuple[Modification, ...]
    quality: tuple[str, ...]


def current_of(records: Sequence[ContractRecord]) -> Current:
    """The current version told by every record of one contract. The order of the records does not matter."""
    if len(records) == 1 and not records[0].modifications and not records[0].version:
        return _only(records[0])
    ordered = sorted(records, key=position)
    held = max(ordered, key=_freshness)
    notified = min((r.notified for r in ordered if r.notified is not None), default=None)
    first = min(ordered, key=lambda one: (one.version or 0, one.notified or date.max))
    modifications = tuple(sorted(held.modifications or _told_by_versions(ordered), key=_when))
    quality: list[str] = []
    amount = _amended_amount(first.amount if first.amount is not None else held.amount, modifications, quality)
    months = _amended_months(first.months if first.months is not None else held.months, modifications, quality)
    if notified is not None and any(m.notified is not None and m.notified < notified for m in modifications):
        quality.append("modif_before_notification")
    return Current(
        record=held,
        notified=notified,
        holders=_holders(held, ordered, modifications),
        amount=amount,
        initial_amount=first.amount if first.amount is not None else held.amount,
        months=months,
        initial_months=first.months if first.months is not None else held.months,
        modifications=modifications,
        quality=tuple(dict.fromkeys(quality)),
    )


def _only(record: ContractRecord) -> Current:
    """What the one record of a contract never amended tells, which is what most contracts are."""
    holders = record.holders if len(record.holders) < 2 else _distinct(record.holders)
    amount, months = record.amount, record.months
    return Current(record, record.notified, holders, amount, amount, months, months, (), ())


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


def _holders(
    held: ContractRecord, records: Sequence[ContractRecord], modifications: Sequence[Modification]
) -> tuple[Organisation, ...]:
    """The last holders named. Rows of one version of one source each name one holder: they add up."""
    amended = next((change.holders for change in reversed(modifications) if change.holders), None)
    if amended is not None and held.modifications:
        return _distinct(amended)
    same_version = [
        record
        for record in records
        if record.provenance.source_id == held.provenance.source_id
        and record.version is not None
        and record.version == held.version
        and record.current == held.current
    ]
    return _distinct(holder for record in same_version or [held] for holder in record.holders)


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

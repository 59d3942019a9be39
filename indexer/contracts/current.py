"""Finds the current version of a contract: which record is retained, and what its amendments really change
(docs/contracts.md, « Current version »)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Final, NamedTuple, TypeVar

from indexer.contracts.apart import freshness, names_of, one_declaration, parties, position, superseded
from vivier.contracts.months import add_months
from vivier.model import Considerations, ContractRecord, Modification, Organisation, OtherValues

V = TypeVar("V", float, int)

LEAST_AMOUNT, MOST_AMOUNT = 0.5, 10.0
"""An amended amount below half or above ten times the first one is doubted: many producers write the difference instead."""
LEAST_MONTHS = 0.5
"""An amended duration of at most half the first one is doubted for the same reason."""


class Amended(NamedTuple):
    """Days of amendments: of the last one, and of those that gave the amount and the duration their value."""

    last: date | None
    amount: date | None
    months: date | None


NOT_AMENDED: Final = Amended(None, None, None)


class Current(NamedTuple):
    """The current version: the retained record, and the values that it, its amendments and its earlier versions decide.

    ``rows`` are all records of this contract.
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
    amended: Amended = NOT_AMENDED
    others: tuple[OtherValues, ...] = ()


def current_of(records: Sequence[ContractRecord]) -> Current:
    """The current version given by all records of one contract. Their order does not matter.

    Amount, duration and holders are those of the retained record, of its amendments or of its own earlier versions; the day is
    the first one told with them, so that no end is made of two records. What another record declares otherwise is a doubt, listed
    in ``others``, never a value.
    """
    if len(records) == 1 and not records[0].modifications and not records[0].version:
        return _only(records[0])
    rows = sorted(records, key=position)
    retained = max(rows, key=freshness)
    holders = _holders(retained, rows)
    versions = _versions(retained, rows)
    first = versions[0]
    begun = not first.version
    modifications = tuple(sorted(retained.modifications or _changes_between(versions), key=_when))
    quality: list[str] = [] if begun else ["first_version_missing"]
    notified = _first_day(versions, rows)
    amount, amount_since = _followed(first.amount, modifications, "amount", _doubted_amount, quality)
    doubted_months = partial(_doubted_months, retained.started or notified)
    months, months_since = _followed(first.months, modifications, "months", doubted_months, quality)
    if notified is not None and any(m.notified is not None and m.notified < notified for m in modifications):
        quality.append("modif_before_notification")
    others = _others(retained, versions, rows)
    if others:
        quality.append("rows_disagree")
    known = _declared(amount, holders, rows)
    if not known:
        quality.append("amount_withheld")
    return Current(
        record=retained,
        rows=tuple(rows),
        notified=notified,
        holders=holders,
        amount=amount if known else None,
        initial_amount=first.amount if known and begun else None,
        months=months,
        initial_months=first.months if begun else None,
        modifications=modifications if known else retained.modifications,
        quality=tuple(dict.fromkeys(quality)),
        amended=Amended(
            max((day for change in modifications if (day := day_of(change)) is not None), default=None),
            amount_since if known else None,
            months_since,
        ),
        others=others,
    )


def _only(record: ContractRecord) -> Current:
    """The version of a contract that has one record and no amendment, as most contracts."""
    holders = record.holders if len(record.holders) < 2 else _distinct(record.holders)
    amount, months = record.amount, record.months
    return Current(record, (record,), record.notified, holders, amount, amount, months, months, (), ())


def _versions(retained: ContractRecord, rows: Sequence[ContractRecord]) -> list[ContractRecord]:
    """The retained record after its earlier versions, where its source numbers them."""
    if not retained.version:
        return [retained]
    earlier = {
        row.version: row
        for row in reversed(rows)
        if row.version is not None
        and row.version < retained.version
        and row.provenance.source_id == retained.provenance.source_id
    }
    return [*(earlier[number] for number in sorted(earlier)), retained]


def _first_day(versions: Sequence[ContractRecord], rows: Sequence[ContractRecord]) -> date | None:
    """The first day dated by the record, its earlier versions, or the records that declare the same amount and the same duration: a
    day of another declaration would make an end that nobody declared. A later version is dated by its amendment: it tells no first
    day."""
    dated = [*versions, *(row for row in rows if _same_values(row, versions))]
    return min((row.notified for row in dated if row.notified is not None and not row.version), default=None)


def _others(
    retained: ContractRecord, versions: Sequence[ContractRecord], rows: Sequence[ContractRecord]
) -> tuple[OtherValues, ...]:
    """The values that records in force declare, with the same holders, and that neither the retained record nor its versions
    had; each once, the oldest first. A value that a record leaves out is no disagreement."""
    found = {
        (row.notified or date.min, row.amount or 0.0, row.months or 0): row
        for row in rows
        if not _agrees(row, versions) and not superseded(row, retained.version or 0)
    }
    return tuple(
        OtherValues(amount=row.amount, months=row.months, notified=row.notified)
        for row in (found[values] for values in sorted(found))
    )


def _agrees(row: ContractRecord, versions: Sequence[ContractRecord]) -> bool:
    """Whether what a record declares was declared by the retained record, one of its versions or their amendments."""
    return any(
        (row.amount is None or row.amount in _amounts(version))
        and (row.months is None or row.months in _durations(version))
        for version in versions
    )


def _same_values(row: ContractRecord, versions: Sequence[ContractRecord]) -> bool:
    return any(row.amount in _amounts(version) and row.months in _durations(version) for version in versions)


def _same_version(record: ContractRecord, retained: ContractRecord) -> bool:
    """Whether two records are rows of one version in one source."""
    if record.provenance.source_id != retained.provenance.source_id:
        return False
    if record.version is not None:
        return (record.version, record.current) == (retained.version, retained.current)
    return one_declaration(record, retained)


def _declared(
    amount: float | None,
    holders: Iterable[Organisation],
    rows: Sequence[ContractRecord],
) -> bool:
    """Whether each holder is named by a record that declares the amount."""
    if amount is None:
        return True
    declaring = [row for row in rows if amount in _amounts(row)]
    named = frozenset[str]().union(*map(parties, declaring))
    return names_of(holders) <= named


def _amounts(record: ContractRecord) -> set[float | None]:
    return {record.amount, *(change.amount for change in record.modifications if change.amount is not None)}


def _durations(record: ContractRecord) -> set[int | None]:
    return {record.months, *(change.months for change in record.modifications if change.months is not None)}


def recorded(records: Iterable[ContractRecord], retained: ContractRecord, name: str) -> Considerations:
    """The considerations of the retained record. When it has none, those of the freshest record that has some: the
    silence of one source never erases what another says."""
    own: Considerations = getattr(retained, name)
    if own.values:
        return own
    recording = [record for record in records if getattr(record, name).values]
    return getattr(max(recording, key=freshness), name) if recording else own


def _when(change: Modification) -> tuple[date, int]:
    return change.notified or date.min, change.number or 0


def _changes_between(versions: Sequence[ContractRecord]) -> tuple[Modification, ...]:
    """Amendments deduced from a source that gives one row for each version: the values of each later version."""
    return tuple(
        Modification(
            number=row.version, notified=row.notified, published=row.published, amount=row.amount, months=row.months
        )
        for row in versions
        if row.version
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


def day_of(change: Modification) -> date | None:
    """The day of an amendment: of its notification, else of its publication."""
    return change.notified or change.published


def _followed(
    first: V | None,
    changes: Iterable[Modification],
    name: str,
    doubted: Callable[[V, V, Modification], str | None],
    quality: list[str],
) -> tuple[V | None, date | None]:
    """The value after its amendments, and the day of the one that gave it. A doubted amendment is flagged and not followed."""
    current, since = first, None
    for change in changes:
        value: V | None = getattr(change, name)
        if value is None:
            continue
        doubt = None if first is None else doubted(first, value, change)
        if doubt is not None:
            quality.append(doubt)
        elif value != current:
            current, since = value, day_of(change)
    return current, since


def _doubted_amount(first: float, value: float, change: Modification) -> str | None:
    sound = first <= 0 or LEAST_AMOUNT <= value / first <= MOST_AMOUNT
    return None if sound else "modif_amount_suspect"


def _doubted_months(start: date | None, first: int, value: int, change: Modification) -> str | None:
    """A duration of at most half the first one, or a shorter one that would have ended the contract before its amendment, looks
    like a difference."""
    day = day_of(change)
    over = start is not None and day is not None and value < first and add_months(start, value) < day
    return "modif_duration_suspect" if over or value <= first * LEAST_MONTHS else None

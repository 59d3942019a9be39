"""Turns one share of records into contracts, those of one buyer related to one another."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from indexer.aside import Aside, unread
from indexer.contracts.apart import apart
from indexer.contracts.assemble import Assembler
from indexer.contracts.keys import contract_key
from indexer.contracts.relations import related
from vivier.contracts.objects import likeness
from vivier.model import Contract, ContractRecord
from vivier.runs.records import UNREADABLE

SAME_NOTIFICATION = timedelta(days=30)
SAME_OBJECT = 85.0


def read_records(lines: Iterable[tuple[Path, bytes]], odd: list[Aside]) -> Iterator[ContractRecord]:
    """The records written on these lines, each with its file. A line that is no record is added to ``odd``, named by its sum."""
    read = ContractRecord.__pydantic_validator__.validate_json
    for file, line in lines:
        try:
            yield read(line)
        except UNREADABLE as error:
            odd.append(unread(f"{file.parents[1].name}, ligne {zlib.crc32(line):08x}", error))


def contracts_of(records: Iterable[ContractRecord], assembler: Assembler) -> list[Contract]:
    """The contracts that these records describe, in the order of their keys. They must hold every record of a buyer."""
    keyed: defaultdict[str, list[ContractRecord]] = defaultdict(list)
    for record in records:
        keyed[contract_key(record)].append(record)
    groups: dict[str, list[ContractRecord]] = {}
    collided: set[str] = set()
    for key, group in sorted(keyed.items()):
        parts = {"": group} if len(group) == 1 else apart(group)
        named = {f"{key}|{name}" if name else key: part for name, part in parts.items()}
        groups |= named
        if len(parts) > 1:
            collided.update(named)
    _join_sources(groups)
    by_buyer: defaultdict[str, list[Contract]] = defaultdict(list)
    for key, group in groups.items():
        contract = assembler.assemble(key, group, collision=key in collided)
        by_buyer[group[0].buyer.siren or contract.key].append(contract)
    return [contract for own in by_buyer.values() for contract in related(own)]


def _join_sources(groups: dict[str, list[ContractRecord]]) -> None:
    """Joins groups that two sources number differently: same buyer, holder and CPV family, notified within a month,
    similar objects."""
    families: defaultdict[tuple[str | None, str, str], list[str]] = defaultdict(list)
    for key, records in groups.items():
        first = records[0]
        if first.cpv is None or first.notified is None:
            continue
        for siren in {holder.siren for record in records for holder in record.holders if holder.siren is not None}:
            families[first.buyer.siren, siren, first.cpv[:4]].append(key)
    for keys in families.values():
        for place, left in enumerate(keys):
            for right in keys[place + 1 :]:
                if left in groups and right in groups and _same(groups[left], groups[right]):
                    groups[left] += groups.pop(right)


def _same(left: Sequence[ContractRecord], right: Sequence[ContractRecord]) -> bool:
    if {record.provenance.source_id for record in left} & {record.provenance.source_id for record in right}:
        return False
    first, other = left[0], right[0]
    return (
        first.kind == other.kind
        and first.notified is not None
        and other.notified is not None
        and abs(first.notified - other.notified) <= SAME_NOTIFICATION
        and likeness(first.object or "", other.object or "") >= SAME_OBJECT
    )

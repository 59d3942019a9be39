"""What the merge compares of a record: its keys, names, kinds and place. A build holds these for all its records, and no record whole."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import NamedTuple, Protocol

from indexer.clusters import Keys, keys_of
from vivier.model import Record


class Records(Protocol):
    """Where records wait while they are compared, by their number from 0: a list, or a file (:class:`indexer.shelf.Shelf`)."""

    def append(self, record: Record, /) -> None:
        """Keeps one more record, under the next number."""

    def __getitem__(self, number: int, /) -> Record: ...


class Traits(NamedTuple):
    """What is compared of one record. ``number``: under which the record is kept; ``source``: the id of its source."""

    number: int
    keys: Keys
    enriches: str | None
    source: str
    name: str
    brand: str | None
    acronym: str | None
    kinds: tuple[str, ...]
    line: str | None
    post_code: str | None
    town: str | None
    commune: str | None


def traits_of(number: int, record: Record) -> Traits:
    """The traits of a record kept under ``number``."""
    address = record.address
    return Traits(
        number,
        keys_of(record),
        record.enriches,
        intern(record.provenance.source_id),
        record.name,
        record.brand,
        record.acronym,
        _kinds(*[agreement.kind for agreement in record.agreements]),
        address.line,
        _shared(address.post_code),
        _shared(address.town),
        _shared(address.commune),
    )


def packed(some: Sequence[Traits]) -> bytes:
    """Traits as bytes, four times smaller."""
    return pickle.dumps(some, pickle.HIGHEST_PROTOCOL)


def unpacked(parts: Iterable[bytes]) -> Iterator[Traits]:
    """Traits of records numbered in a row, from parts that each number theirs from 0."""
    number = 0
    for part in parts:
        for traits in pickle.loads(part):
            yield traits._replace(
                number=number,
                source=intern(traits.source),
                post_code=_shared(traits.post_code),
                town=_shared(traits.town),
                commune=_shared(traits.commune),
            )
            number += 1


def traits_of_all(records: Iterable[Record], keeping: Records) -> list[Traits]:
    """The traits of records, which are put in ``keeping`` one by one."""
    found = []
    for number, record in enumerate(records):
        keeping.append(record)
        found.append(traits_of(number, record))
    return found


def _shared(text: str | None) -> str | None:
    """The text, once in memory for all the records that have it: thousands share a commune."""
    return text if text is None else intern(text)


@lru_cache(maxsize=4096)
def _kinds(*kinds: str) -> tuple[str, ...]:
    return kinds

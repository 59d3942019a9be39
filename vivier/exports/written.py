"""The fields of a row that depend on the record and the day alone, written once: at the build beside each record, else when an export reads
the record. Nearly all the fields are such, so that an export only puts them in their place. The record as answers show it follows them.

A written row is bytes: the version that wrote it, the first and the last day on which it says the same, then its fields and its JSON, each
after a separator that none has. A day outside these, another version or another engine: the row is written again from the record. The same
function writes it, so that no cell has two definitions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from operator import itemgetter
from typing import Any, Final, cast

import orjson

from vivier.exports.delimited import csv_fields
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.columns import Column
from vivier.search.port import Hit, Write
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.reasons import kind_reasons
from vivier.suppliers.rows import Facts, Shared
from vivier.suppliers.shown import shown

WRITTEN: Final = tuple(
    cast("Column[Facts]", column) for column in COLUMNS if not column.of_search and not column.on_demand
)
"""The columns of the fields written, in order. One more field follows them: the reasons of a search that asks for nothing else than kinds."""
_SEPARATOR: Final = "\x1f"
_MARK: Final = _SEPARATOR.encode()
_DIGEST: Final = 6
"""Bytes."""
_FIRST, _LAST, _FIELDS = 2 * _DIGEST, 2 * _DIGEST + 10, 2 * _DIGEST + 20
"""Where the first day, the last day and the fields begin."""
_ALWAYS: Final = (date.min.isoformat(), date.max.isoformat())
_DAY: Final = timedelta(days=1)


def writer(lexicon: Lexicon, today: date) -> Write:
    """What a build made ``today`` gives the engine, which calls it for each record."""
    version()  # before the workers are forked
    return partial(_written, shared=Shared(today, lexicon))


def _written(record: Any, shared: Shared) -> bytes:
    first, last = _days(record, shared)
    return (
        f"{version()}{first}{last}{_SEPARATOR}{_SEPARATOR.join(_fields(record, WRITTEN, shared))}{_SEPARATOR}".encode()
        + orjson.dumps(shown(record))
    )


def json_written(written: bytes | None) -> bytes | None:
    """The record as answers show it, whatever the day; ``None`` when nothing was written, or by another version."""
    if written is None or not written.startswith(_version()):
        return None
    return written[written.rindex(_MARK) + 1 :]


@cache
def _version() -> bytes:
    return version().encode()


class Fields:
    """Gives the fields written of hits, for some columns."""

    def __init__(self, names: Collection[str], shared: Shared) -> None:
        self.columns = tuple(column for column in WRITTEN if column.name in names)
        """Those of the fields given, in order."""
        self._shared, self._day, self._version = shared, shared.as_of.encode(), version().encode()
        self._choose = itemgetter(*(1 + place for place, column in enumerate(WRITTEN) if column.name in names), -2)

    def of(self, hit: Hit[SupplierView]) -> tuple[bytes, ...]:
        """The fields of a hit, then the reasons of its kinds. Reads its record only when what the build wrote does not hold."""
        written = hit.written
        if written is not None and self._holds(written):
            found = written.split(_MARK)
            if len(found) == len(WRITTEN) + 3:
                return self._choose(found)  # type: ignore[no-any-return]
        return tuple(field.encode() for field in _fields(hit.record, self.columns, self._shared))

    def _holds(self, written: bytes) -> bool:
        """Whether what was written is what we would write on our day."""
        return written[:_FIRST] == self._version and written[_FIRST:_LAST] <= self._day <= written[_LAST:_FIELDS]


def _fields(record: SupplierView, columns: Iterable[Column[Facts]], shared: Shared) -> list[str]:
    facts = Facts(record, shared)
    reasons = tuple(reason.text for reason in kind_reasons(record, shared.on))
    return csv_fields([*(column.read(facts) for column in columns), reasons])


def _days(record: SupplierView, shared: Shared) -> tuple[str, str]:
    """The first and the last day around that of ``shared`` between which no agreement, label or offer begins, ends or passes its legal
    term: a cell depends on the day in no other way."""
    first, last = _ALWAYS
    for begins in _turns(record):
        if begins <= shared.as_of:
            first = max(first, begins)
        else:
            last = min(last, (date.fromisoformat(begins) - _DAY).isoformat())
    return first, last


def _turns(record: SupplierView) -> Iterator[str]:
    """The days on which something of a record changes: those on which it begins, and those that follow its ends."""
    facts: tuple[Any, ...] = (*record.get("agreements", ()), *record.get("labels", ()), *record.get("offers", ()))
    for fact in facts:
        value = fact["value"]
        if "valid_from" in value:
            yield value["valid_from"]
        for end in ("valid_until", "proved_until"):
            if value.get(end, _ALWAYS[1]) < _ALWAYS[1]:
                yield (date.fromisoformat(value[end]) + _DAY).isoformat()


@cache
def version() -> str:
    """A digest of the code and tables of Vivier: what another version wrote may be worded otherwise."""
    found = hashlib.blake2b(digest_size=_DIGEST)
    for package in ("mappings", "vivier"):
        for path, content in _contents(files(package), package):
            found.update(path.encode() + content)
    return found.hexdigest()


def _contents(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _contents(entry, f"{path}/{entry.name}")
        elif entry.is_file():
            yield f"{path}/{entry.name}", entry.read_bytes()

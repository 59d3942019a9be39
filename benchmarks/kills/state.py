"""What a home holds, part by part, told so that two homes made by the same work are equal: moments, drawn keys and sealed texts are
left out."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import orjson
from openpyxl import load_workbook
from sqlalchemy import MetaData, select

from vivier.engine import open_engine
from vivier.errors import NothingIndexed
from vivier.given.database import database_of
from vivier.runs.records import current_run, loaded_sources
from vivier.search.operators import COLLECTIONS, All, Search
from vivier.settings import Settings

State = dict[str, str]
"""A short text for each part; two that differ are two contents."""

_DRAWN: Final = re.compile(
    r"[0-9a-f]{32,}|gAAAA[\w=-]+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[:\d.]*(Z|\+\d\d:\d\d)?|\d{8}T\d{6}\S*|\d{17,}|\b1[789]\d{8}(\.\d+)?\b"
)
_OTHERS: Final = ("opposed.txt", "identity/ids.jsonl")
_AUDIT: Final = "audit.jsonl"
"""A line for each decision, added after it: a verb killed between the two has decided without a line."""


_TRIES: Final = ("tries",)
"""Columns that count what was tried: once more after a kill."""


def scrubbed(text: str) -> str:
    """A text without moments, drawn keys and sealed texts."""
    return _DRAWN.sub("…", text)


def digest(lines: Iterable[str]) -> str:
    """How many lines, and what they say, whatever their order."""
    every = sorted(map(scrubbed, lines))
    return f"{len(every)} · {hashlib.sha256(chr(10).join(every).encode()).hexdigest()[:12]}"


def state_of(settings: Settings) -> State:
    """What a home answers and keeps. Raises what a reader would be told of a damaged one."""
    return {
        **dict(_indexed(settings)),
        **dict(_read(settings)),
        **dict(_given(settings)),
        **dict(_files(settings.home)),
    }


def _indexed(settings: Settings) -> Iterator[tuple[str, str]]:
    with closing(open_engine(settings)) as engine:
        for collection in COLLECTIONS:
            try:
                reader = engine.open(collection)
            except NothingIndexed:
                yield f"index of {collection}", "none"
                continue
            hits = [f"{hit.id} {_text(hit.record)}" for hit in reader.scan(All())]
            first = reader.search(Search(limit=50))
            assert first.total == len(hits), f"{collection}: {first.total} answered, {len(hits)} read"
            yield f"index of {collection}", digest(hits)


def _read(settings: Settings) -> Iterator[tuple[str, str]]:
    for pointer in sorted(settings.context.glob("*/current")):
        run = pointer.parent / pointer.read_text("utf8").strip()
        yield (
            f"context {pointer.parent.name}",
            digest(line for path in sorted(run.iterdir()) for line in path.read_text("utf8").splitlines()),
        )
    for source in loaded_sources(settings.records):
        run = current_run(settings.records, source)
        yield f"records of {source}", digest((run / "records.jsonl").read_text("utf8").splitlines())


def _given(settings: Settings) -> Iterator[tuple[str, str]]:
    database = database_of(settings)
    if not database.begun:
        return
    with closing(database), database.transaction() as connection:
        found = MetaData()
        found.reflect(connection)
        for table in found.sorted_tables:
            told = [column for column in table.columns if column.name not in _TRIES]
            rows = [" ".join(map(_cell, row)) for row in connection.execute(select(*told))]
            if rows:  # a database is made with its tables by who first opens it
                yield f"table {table.name}", digest(rows)


def _cell(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"{len(value)} bytes"


def _text(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()


def _files(home: Path) -> Iterator[tuple[str, str]]:
    """Files that a person reads or brings, whole."""
    for name in _OTHERS:
        if (home / name).exists():
            yield name, digest((home / name).read_text("utf8").splitlines())
    for path in sorted(home.iterdir()) if home.is_dir() else ():
        if path.is_file() and path.suffix in _READERS and path.name != _AUDIT:
            yield path.name, digest(_READERS[path.suffix](path.read_bytes()))


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def _rows(content: bytes) -> list[str]:
    return [str(row) for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows(values_only=True)]


def _members(content: bytes) -> list[str]:
    """Names in an archive, each read to its end."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return [
            f"{one.name} {len(read.read()) > 0}" for one in archive if (read := archive.extractfile(one)) is not None
        ]


_READERS: Final = {".csv": _lines, ".json": _lines, ".jsonl": _lines, ".xlsx": _rows, ".gz": _members}


def names_of(home: Path) -> Counter[str]:
    """How many files a home has by the form of their name, names of runs and generations left out: what is left over shows."""
    return Counter(scrubbed_name(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def scrubbed_name(path: Path) -> str:
    return re.sub(r"\d{4,}|[0-9a-f]{16,}", "…", scrubbed(path.as_posix()))

"""Runs of a source on disk: where crawlers write records and where the indexer reads them.

::

    records/<source>/<run>/records.jsonl      one Record a line
    records/<source>/<run>/rejected.jsonl     one {"row", "reason", "detail"} a line
    records/<source>/<run>/statistics.json    RunStatistics
    records/<source>/current                  name of the run in force
    records/<source>/failure.json             what went wrong since, if anything (vivier.runs.failures)
    raw/<source>/<run>/…                      bytes as they came

A run is written beside and put in force by one atomic rename of ``current``: a crash leaves the former run in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar
from zlib import crc32

import orjson
from pydantic import Field, ValidationError

from vivier.durable import write_whole
from vivier.errors import NotFound, VivierError
from vivier.model import Record
from vivier.model.base import Model
from vivier.model.contract import ContractRecord
from vivier.model.notice import Notice
from vivier.model.provenance import Basis
from vivier.runs.drift import Drift
from vivier.runs.drops import FEWEST_COMPARED, MAX_DROP
from vivier.runs.issues import RECORD_ISSUES

Content = Literal["suppliers", "contracts", "notices"]
"""What the records of a source describe."""

Memory = Literal["state", "stream"]
"""What becomes of the records in force when a source is read again: a ``state`` (a list) replaces them, a ``stream`` (contracts,
notices, planned purchases) adds to them by key."""

Role = Literal["companies", "register", "platform", "label", "declared", "network", "website"]
"""What a source may be trusted for (:data:`vivier.vocabulary.ROLES` in words). ``indexer.survivorship`` orders roles by
field."""

_ROLE_OF_BASIS: Final[dict[Basis, Role]] = {
    "official": "register",
    "declared": "declared",
    "inferred": "website",
    "computed": "website",
}

AnyRecord = Record | ContractRecord | Notice

MODELS: Final[dict[Content, type[AnyRecord]]] = {"suppliers": Record, "contracts": ContractRecord, "notices": Notice}


R = TypeVar("R", Record, ContractRecord, Notice)
T = TypeVar("T")
CONTEXT: Final = "context"
"""The folder of what registers say around suppliers (:mod:`vivier.runs.context`)."""
UNREADABLE: Final = (ValidationError, orjson.JSONDecodeError)
"""Errors of a line of a run that is no record."""
Unreadable = Callable[[int, Exception], None]
"""What becomes of a line that cannot be read: its number, from 1, and its error."""


class RunDamaged(VivierError):
    """A run in force can no longer be read: something else changed its files."""


class SourceCard(Model):
    """What a source is, for a reader: who makes it, under which licence, what it covers and what it does not.

    ``minimum_rows`` are kept by a whole reading at least, ``minimum_basis`` says from what known size. An online reading that
    keeps fewer is refused; a file may be a part of the list, and needs one row. ``vintage`` is the last day of which a closed list
    speaks, when its title says it (« novembre 2019 »): its data have no other date. ``in_force``: the list gives agreements in force
    only, so that a row still there proves one; else only the day of the row does. ``fictitious``: everything in it is invented, and
    every page says so. ``extract``: its rows are an incomplete extract, as of this day; every page says so, and the service lives on that day.
    """

    id: str
    title: str
    producer: str
    dataset: str
    licence: str
    homepage: str | None = None
    content: Content = "suppliers"
    memory: Memory = "state"
    role: Role | None = None
    covers: str
    limits: str
    cadence_days: int | None = None
    vintage: date | None = None
    fictitious: bool = False
    extract: date | None = None
    exhaustive: bool = False
    in_force: bool = True
    kinds: tuple[str, ...] = ()
    minimum_rows: int = 1
    minimum_basis: str | None = None
    tolerance: float = 0.05
    maximum_drop: float = MAX_DROP


def role_of_basis(basis: Basis) -> Role:
    """The role of a source whose card gives none."""
    return _ROLE_OF_BASIS[basis]


class StreamCounts(Model):
    """How the rows of a reading compare with the stream in force: ``added`` have a new key, ``revised`` a known key and a new version,
    ``known`` bring nothing; ``rows`` are in force with them."""

    added: int
    revised: int
    known: int
    rows: int


class KeyCounts(Model):
    """How the keys of a list compare with those of the list that it replaces: ``added`` are new, ``gone`` are no longer there."""

    added: int
    gone: int


class RunStatistics(Model):
    """The quality report of a run: ``seen = kept + set_aside + skipped`` (skipped: out of the source's scope, by name).

    ``columns`` are all those seen, ``drift`` how they changed; ``tally`` the records kept by kind and label (``kind:EI``),
    ``fields`` those that have each field, ``profile`` the traits of the values (:mod:`vivier.runs.profile`), ``fallen`` the fields that far fewer have than in the run before, in French;
    ``updated_at`` is the day of the data (ISO): the one published, else the vintage of the list, else the latest day a row gives;
    ``stream`` is given for a stream, whose counts are those of the last reading, ``updated_at`` that of all; ``keys`` for a list that replaces one;
    ``day_given`` says that it was given with the file (``vivier import --as-of``), which says none; ``words`` the French of the codes of ``set_aside``, ``skipped`` and ``issues``, for readers of another room; ``sha256`` is that
    of the records, ``None`` in a run written before it was kept; ``beside`` the files given with the others that are not of this source.
    """

    source: SourceCard
    run: str
    started_at: datetime
    finished_at: datetime
    files: tuple[str, ...]
    beside: tuple[str, ...] = ()
    updated_at: str | None = None
    day_given: bool = False
    seen: int
    kept: int
    set_aside: dict[str, int]
    skipped: dict[str, int]
    issues: dict[str, int]
    columns_unknown: tuple[str, ...] = ()
    bytes_read: int = 0
    columns: tuple[str, ...] = ()
    drift: tuple[Drift, ...] = ()
    tally: dict[str, int] = Field(default_factory=dict)
    fields: dict[str, int] = Field(default_factory=dict)
    profile: dict[str, dict[str, int]] = Field(default_factory=dict)
    fallen: tuple[str, ...] = ()
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    sha256: str | None = None
    stream: StreamCounts | None = None
    keys: KeyCounts | None = None

    @property
    def rows(self) -> int:
        """The records in force: those of the reading, or of the stream with it."""
        return self.kept if self.stream is None else self.stream.rows

    def figures(self) -> dict[str, int]:
        """The figures by which two runs of a source are compared: rows kept, in all, by kind and by label."""
        return {"rows": self.kept, **self.tally}

    def shares(self) -> dict[str, float]:
        """The share of the records kept that have each field; nothing for a run too small to be compared."""
        return {name: count / self.kept for name, count in self.fields.items()} if self.kept >= FEWEST_COMPARED else {}

    def counted(self, part: str) -> dict[str, int]:
        """Counts of ``set_aside``, ``skipped`` or ``issues`` by their French words, the most frequent first."""
        return in_french(part, getattr(self, part), self.words)


def in_french(part: str, counts: Mapping[str, int], words: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Counts of a part of the statistics by French words, the most frequent first; a code without any is shown as it is."""
    known = {**(RECORD_ISSUES if part == "issues" else {}), **words.get(part, {})}
    return {known.get(code, code): count for code, count in sorted(counts.items(), key=lambda item: -item[1])}


def snapshot(path: Path) -> str:
    """SHA-256 (hexadecimal) of a file of records. Later, it proves whether two answers come from the same data."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def current_run(records: Path, source: str) -> Path:
    """The folder of the run in force; ``NotFound`` when the source was never loaded."""
    pointer = records / source / "current"
    if not pointer.exists():
        raise NotFound(f"La source « {source} » n'a encore rien apporté : lancez « vivier import {source} FICHIER ».")
    return records / source / pointer.read_text(encoding="utf8").strip()


def put_in_force(records: Path, source: str, run: str) -> None:
    """Make ``run`` the one the indexer reads, in one atomic step."""
    write_whole(records / source / "current", run.encode())


def loaded_sources(records: Path, content: Content | None = None) -> list[str]:
    """Ids of the sources that have a run in force, sorted; only those of one content when it is given."""
    if not records.is_dir():
        return []
    loaded = sorted(folder.name for folder in records.iterdir() if (folder / "current").exists())
    if content is None:
        return loaded
    return [name for name in loaded if read_statistics(current_run(records, name)).source.content == content]


def read_records(run: Path, unreadable: Unreadable | None = None) -> Iterator[Record]:
    """The supplier records of a run, as :func:`read_models` gives them."""
    return read_models(run, Record, unreadable)


def read_models(run: Path, model: type[R], unreadable: Unreadable | None = None) -> Iterator[R]:
    """The records of a run, one at a time. A line that cannot be read is given to ``unreadable`` and left out; without it, the
    first one raises ``RunDamaged``."""
    return parsed_lines(run / "records.jsonl", model.model_validate_json, unreadable)


def read_lines(run: Path, unreadable: Unreadable | None = None) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The lines of a run as bytes, each with its JSON value, for a caller that chooses before it reads a record whole."""
    return parsed_lines(run / "records.jsonl", lambda line: (line, orjson.loads(line)), unreadable)


def keys_of(run: Path, every: int) -> tuple[set[str], dict[str, dict[str, Any]]]:
    """The keys of the records of a run (``source_id``), and the JSON values of one record in ``every``, by key: the same keys in every run.
    Raises ``RunDamaged``."""
    keys: set[str] = set()
    sample: dict[str, dict[str, Any]] = {}
    for _, raw in read_lines(run):
        keys.add(key := raw["source_id"])
        if crc32(key.encode()) % every == 0:
            sample[key] = raw
    return keys, sample


def parsed_lines(path: Path, parse: Callable[[bytes], T], unreadable: Unreadable | None = None) -> Iterator[T]:
    """What ``parse`` gives for each line of a file of a run. See :func:`read_models` for the lines it refuses."""
    with refusing_damage(path), path.open("rb") as lines:
        yield from parsed(lines, parse, unreadable)


def parsed(
    lines: Iterable[bytes], parse: Callable[[bytes], T], unreadable: Unreadable | None = None, first: int = 1
) -> Iterator[T]:
    """What ``parse`` gives for each line, the first of which has the number ``first``. See :func:`read_models` for the lines it refuses."""
    for number, line in enumerate(lines, start=first):
        try:
            value = parse(line)
        except UNREADABLE as error:
            if unreadable is None:
                raise
            unreadable(number, error)
            continue
        yield value


class Block(NamedTuple):
    """Whole lines of a file of a run: ``start`` and ``size`` in bytes; ``first`` is the number of its first line, from 1."""

    path: Path
    start: int
    size: int
    first: int

    def lines(self) -> Iterable[bytes]:
        """The lines, read again. Raises ``RunDamaged`` when the file is gone."""
        with refusing_damage(self.path), self.path.open("rb") as file:
            file.seek(self.start)
            return BytesIO(file.read(self.size))


def blocks_of(path: Path, size: int) -> Iterator[Block]:
    """The lines of a file of a run in blocks of about ``size`` bytes, which any process may read. Raises ``RunDamaged`` when it is absent."""
    start, first = 0, 1
    with refusing_damage(path), path.open("rb") as file:
        while lines := file.readlines(size):
            length = sum(map(len, lines))
            yield Block(path, start, length, first)
            start, first = start + length, first + len(lines)


def read_statistics(run: Path) -> RunStatistics:
    """The quality report of a run. Raises ``RunDamaged`` when it is absent or incomplete."""
    path = run / "statistics.json"
    with refusing_damage(path):
        return RunStatistics.model_validate_json(path.read_bytes())


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """Turns errors that show an incomplete file of a run into ``RunDamaged``, whose message gives the fix."""
    try:
        yield
    except (*UNREADABLE, FileNotFoundError) as error:
        name = path.parents[1].name
        again = (
            f"relancez « vivier context {name} »"
            if path.parents[2].name == CONTEXT
            else f"importez de nouveau la source « {name} »"
        )
        raise RunDamaged(f"« {path} » est absent ou abîmé : {again}.") from error

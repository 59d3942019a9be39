"""What a source declares, and the possible outcomes of each of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from crawlers.plan import FetchPlan
from vivier.errors import ImportRefused
from vivier.model import Basis, Provenance, Record
from vivier.runs.records import AnyRecord, SourceCard


class WrongFile(ImportRefused):
    """The file does not have the layout of its source: another source may know it."""


class NotWhole(Exception):
    """The text of a block does not hold exactly its rows: the file must be read row by row."""


@dataclass(frozen=True)
class Skip:
    """The row is out of the source's scope; ``reason`` is a code of :data:`crawlers.words.SKIPS`."""

    reason: str


@dataclass(frozen=True)
class Aside:
    """The row cannot be used; ``reason`` is a code of :data:`crawlers.words.ASIDES`, ``detail`` French text with the fix.

    ``rows`` is more than one when a stray quote glued several lines of a CSV together.
    """

    reason: str
    detail: str
    rows: int = 1


Outcome = AnyRecord | Skip | Aside


@dataclass(frozen=True)
class Draft:
    """One row read: its place in the file, its outcome, and how to show it without contact fields."""

    where: str
    outcome: Outcome
    public: Callable[[], Mapping[str, object]]
    more: tuple[Record, ...] = ()
    """Further records of a row that was kept: its facts that have another page or date."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a file that follow one another and may be read apart: the number of the first, their count, their text,
    and the list that holds them. ``values`` are the same rows when they were read already."""

    file: str
    first: int
    rows: int
    text: str
    container: str | None
    values: Sequence[Mapping[str, Any]] | None = None


class BlockReader(Protocol):
    """Reads the files of a run by blocks. What it gathers goes to the intake it was made with; ``latest`` is the last day of
    publication met so far."""

    @property
    def latest(self) -> date | None: ...

    def blocks(self, files: Sequence[Path]) -> Iterator[Draft | Block]:
        """The files cut in blocks, in order, with the rows that could not be put in any."""
        ...

    def __call__(self, block: Block) -> Iterator[Draft]:
        """The rows of a block. Raises :class:`NotWhole` when it is not what it was cut for."""
        ...


@dataclass
class Intake:
    """What is gathered about a run while its rows are read. ``columns`` are all the names met, ``had`` in how many rows each that is read holds something, ``declared`` those that
    the family names (all of them, else none), ``unknown`` those that the reader leaves. ``as_of``: the day of the data, given by who
    imports a file that says none."""

    card: SourceCard
    now: datetime
    basis: Basis = "official"
    unknown: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    had: Counter[str] = field(default_factory=Counter)
    declared: set[str] = field(default_factory=set)
    issues: Counter[str] = field(default_factory=Counter)
    updated_at: date | None = None
    as_of: date | None = None
    words: dict[str, str] = field(default_factory=dict)
    _provenances: dict[tuple[date | None, str | None], Provenance] = field(default_factory=dict)
    _days: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        """A list is of the day given, a closed one of its vintage, until its file says a day of its own."""
        if self.updated_at is None:
            self.updated_at = self.as_of or self.card.vintage

    @property
    def data_day(self) -> date | None:
        """The day of the data: that of the file or its vintage, else the latest day a row gives, not after the reading."""
        return self.updated_at or max((day for day in self._days if day <= self.now.date()), default=None)

    def describe(self, words: Mapping[str, str], updated_at: date | None) -> None:
        """From here on, provenances give these ``producer``, ``dataset``, ``licence`` or ``url`` instead of the card's."""
        self.words = dict(words)
        self.updated_at = updated_at or self.as_of
        self._provenances.clear()

    def provenance(self, updated_at: date | None = None, url: str | None = None) -> Provenance:
        """The provenance of a row, from the card; the same object for the same date and URL."""
        key = (updated_at or self.updated_at, url)
        found = self._provenances.get(key)
        return found if found is not None else self._provenances.setdefault(key, self._new_provenance(*key))

    def _new_provenance(self, updated_at: date | None, url: str | None) -> Provenance:
        if updated_at is not None:
            self._days.add(updated_at)
        words = {
            "producer": self.card.producer,
            "dataset": self.card.dataset,
            "licence": self.card.licence,
            **self.words,
        }
        return Provenance(
            source_id=self.card.id,
            producer=words["producer"],
            dataset=words["dataset"],
            licence=words["licence"],
            url=url or words.get("url"),
            updated_at=updated_at,
            fetched_at=self.now,
            basis=self.basis,
        )


@dataclass(frozen=True)
class Source:
    """A source: its card, how its files are read, how they are fetched (``None``: files only).

    ``recognises`` says from the first bytes whether a file has this layout; it only serves the message given to someone
    who took one file for another. ``duplicates``: what becomes of a second row with the same key, ``never`` when keys
    are places in files, which cannot come twice, or when :mod:`crawlers.stream` folds them: millions of rows then take no memory. ``basis``: who
    speaks, a public register or the suppliers themselves. ``fetch`` stands for ``plan`` when what is read depends on what was read
    before (``plan`` then says only where it begins): called with the folder of raw files, the settings and ``progress``, it gives the files for ``read``.
    ``reader`` makes what reads large files by blocks, on every core; it must give what ``read`` gives.
    """

    card: SourceCard
    read: Callable[[Sequence[Path], Intake], Iterator[Draft]]
    recognises: Callable[[Path], bool]
    plan: FetchPlan | None = None
    fetch: Callable[..., list[Path]] | None = None
    reader: Callable[[Intake], BlockReader] | None = None
    duplicates: Literal["skip", "aside", "never"] = "skip"
    basis: Basis = "official"

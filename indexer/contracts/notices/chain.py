"""Finds what later notices change in earlier ones. A chain is made of the numbers that notices follow, or of a common
folder.

A cancellation cancels the notices before it in its chain, an award awards them. A correction that gives a deadline
replaces them; one that gives none changes a detail and leaves them open. In a notice of several lots, only the lot
concerned changes.

A notice published in two journals (BOAMP, TED) is shown once: from BOAMP where both give its folder. Before eForms no number joins
them: a title and a buyer alike, days apart, do, and TED is shown, which has the lots and the CPV.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Final, Literal

from rapidfuzz import fuzz

from vivier.model import Notice
from vivier.trades.table import fold

Status = Literal["corrected", "cancelled", "awarded"]
_CALLS: Final = frozenset(("call", "prior_information", "correction"))
_STRENGTH: Final[Mapping[Status, int]] = {"corrected": 1, "awarded": 2, "cancelled": 3}
_ORDER: Final = {"prior_information": 0, "call": 1, "correction": 2}
"""Order of notices of the same day."""
MOST_LINKED: Final = 200
"""Keys a notice is linked to, at most: a chain of framework contracts may hold hundreds of lots."""
MOST_DAYS_APART: Final = 7
"""Days between the two journals: of 198 notices of the winter of 2021 found in both, TED follows by one to three."""
_LEAST_TITLE: Final = 20
"""Characters of a title that names one purchase: « Travaux de voirie » names many."""
_LEAST_ALIKE: Final = 50.0
"""Likeness of two names of one buyer, of 100: « Pays Cruseilles » and « COMMUNAUTE DE COMMUNES PAYS CRUSEILLES »."""
_LOT: Final = re.compile(r"\s[—–-]\s+lot\b.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields of a notice that place it in its chain. ``subject``: the digest of its folded title without its lot, empty for a short one;
    ``buyer``: its folded name."""

    key: str
    source: str
    number: str
    folder: str | None
    lot: str | None
    nature: str
    published: date | None
    has_deadline: bool
    follows: tuple[str, ...]
    subject: bytes = b""
    buyer: str = ""

    @property
    def order(self) -> tuple[date, int]:
        """Sort key of an entry in its chain."""
        return self.published or date.min, _ORDER.get(self.nature, 3)


@dataclass(slots=True)
class Fate:
    """What later notices change in a notice. ``settled`` is the day of the first one that closed it; ``inherits`` is
    the key of the notice that a correction completes."""

    status: Status | None = None
    settled: date | None = None
    linked: dict[str, None] = field(default_factory=dict)
    twin: str | None = None
    inherits: str | None = None

    def bear(self, status: Status, day: date | None) -> None:
        """Applies the status that a later notice gives to this one."""
        if self.status is None or _STRENGTH[status] > _STRENGTH[self.status]:
            self.status = status
        if day is not None and (self.settled is None or day < self.settled):
            self.settled = day


def entry_of(notice: Notice) -> Entry:
    return Entry(
        key=key_of(notice),
        source=notice.source,
        number=notice.number,
        folder=notice.folder,
        lot=notice.lot,
        nature=notice.nature,
        published=notice.published,
        has_deadline=notice.deadline is not None,
        follows=notice.follows,
        subject=_subject(notice.title or ""),
        buyer=fold(notice.buyer.name or ""),
    )


def _subject(title: str) -> bytes:
    stem = _LOT.sub("", fold(title))
    return blake2b(stem.encode(), digest_size=8).digest() if len(stem) >= _LEAST_TITLE else b""


def key_of(notice: Notice) -> str:
    """The public id of a notice: its journal, its number, its lot."""
    return f"{notice.source}-{notice.source_id}"


def fates(entries: Iterable[Entry]) -> dict[str, Fate]:
    """The fate of every notice that another one changes, by key."""
    by_key: defaultdict[str, Fate] = defaultdict(Fate)
    every = list(entries)
    twice = _published_twice(every)
    for chain in _chains(every, twice):
        _settle(chain, by_key)
        _twins(chain, by_key)
    for national, european in twice:
        if by_key[european.key].twin is None:
            by_key[national.key].twin = european.key
    return dict(by_key)


def _published_twice(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Notices of BOAMP without folder, each with the first of TED that is the same: nature, title, buyer and days alike."""
    european: defaultdict[tuple[bytes, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.source == "ted" and entry.subject and entry.folder is None:
            european[entry.subject, entry.nature].append(entry)
    found: list[tuple[Entry, Entry]] = []
    for entry in entries:
        near = european.get((entry.subject, entry.nature), ()) if entry.source == "boamp" else ()
        same = sorted((other for other in near if _alike(entry, other)), key=lambda other: other.key)
        found += [(entry, other) for other in same[:1]]
    return found


def _alike(entry: Entry, other: Entry) -> bool:
    if entry.folder is not None or entry.published is None or other.published is None:
        return False
    near = abs((other.published - entry.published).days) <= MOST_DAYS_APART
    return near and fuzz.token_set_ratio(entry.buyer, other.buyer) >= _LEAST_ALIKE


def _chains(entries: Sequence[Entry], twice: Iterable[tuple[Entry, Entry]]) -> Iterable[list[Entry]]:
    """Notices of one chain, in the order of publication; only chains of two numbers or more. ``twice``: those that are one notice."""
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while roots.setdefault(name, name) != name:
            roots[name] = roots[roots[name]]
            name = roots[name]
        return name

    for entry in entries:
        if entry.nature == "project":
            continue
        names = (*entry.follows, *((f"folder {entry.folder}",) if entry.folder else ()))
        for name in names:
            roots[root(name)] = root(entry.number)
    for national, other in twice:
        roots[root(national.number)] = root(other.number)
    chains: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.number in roots:
            chains[root(entry.number)].append(entry)
    for chain in chains.values():
        if len({(entry.source, entry.number) for entry in chain}) > 1:
            yield sorted(chain, key=lambda entry: (*entry.order, entry.key))


def _settle(chain: Sequence[Entry], by_key: defaultdict[str, Fate]) -> None:
    for place, later in enumerate(chain):
        for earlier in chain[:place]:
            if (earlier.source, earlier.number) == (later.source, later.number) or not _same_lot(earlier, later):
                continue
            for entry, other in ((earlier, later), (later, earlier)):
                if len(by_key[entry.key].linked) < MOST_LINKED:
                    by_key[entry.key].linked[other.key] = None
            status = _status(later)
            if status is not None and earlier.nature in _CALLS and earlier.order < later.order:
                by_key[earlier.key].bear(status, later.published)
            if later.nature == "correction" and earlier.nature in _CALLS:
                by_key[later.key].inherits = earlier.key


def _same_lot(entry: Entry, other: Entry) -> bool:
    return entry.lot is None or other.lot is None or entry.lot == other.lot


def _status(later: Entry) -> Status | None:
    match later.nature:
        case "cancellation":
            return "cancelled"
        case "award":
            return "awarded"
        case "correction" if later.has_deadline:
            return "corrected"
    return None


def _twins(chain: Sequence[Entry], by_key: defaultdict[str, Fate]) -> None:
    """Links a notice of TED to the same notice in BOAMP: same folder, same nature, same lot."""
    national = {
        (entry.folder, entry.nature, entry.lot): entry.key
        for entry in chain
        if entry.source == "boamp" and entry.folder
    }
    for entry in chain:
        if entry.source == "ted" and entry.folder is not None:
            twin = national.get((entry.folder, entry.nature, entry.lot))
            if twin is not None:
                by_key[entry.key].twin = twin

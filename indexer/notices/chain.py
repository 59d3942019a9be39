"""What later notices make of earlier ones: a chain is told by the numbers a notice follows, or by a common folder.

A cancellation cancels what stands before it in its chain, an award awards it, a correction that gives a deadline takes its
place; one that gives none changes a detail and leaves it open. Of a notice of several lots, only the lot concerned is touched.
The same notice in two journals (BOAMP, TED) is told once, by BOAMP.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from vivier.model import Notice

Status = Literal["corrected", "cancelled", "awarded"]
_CALLS: Final = frozenset(("call", "prior_information", "correction"))
_STRENGTH: Final[Mapping[Status, int]] = {"corrected": 1, "awarded": 2, "cancelled": 3}
_ORDER: Final = {"prior_information": 0, "call": 1, "correction": 2}
"""Of notices of one day, who comes first."""
MOST_LINKED: Final = 200
"""Keys a notice is linked to, at most: a chain of framework contracts may hold hundreds of lots."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is needed of a notice to place it in its chain."""

    key: str
    source: str
    number: str
    folder: str | None
    lot: str | None
    nature: str
    published: date | None
    has_deadline: bool
    follows: tuple[str, ...]

    @property
    def order(self) -> tuple[date, int]:
        """Before and after in a chain."""
        return self.published or date.min, _ORDER.get(self.nature, 3)


@dataclass(slots=True)
class Fate:
    """What became of a notice: ``settled`` is the day of the first later notice that took it out of the open ones;
    ``inherits`` the key of the notice a correction completes."""

    status: Status | None = None
    settled: date | None = None
    linked: dict[str, None] = field(default_factory=dict)
    twin: str | None = None
    inherits: str | None = None

    def bear(self, status: Status, day: date | None) -> None:
        """A later notice bears on this one."""
        if self.status is None or _STRENGTH[status] > _STRENGTH[self.status]:
            self.status = status
        if day is not None and (self.settled is None or day < self.settled):
            self.settled = day


def entry_of(notice: Notice) -> Entry:
    """The place of a notice."""
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
    )


def key_of(notice: Notice) -> str:
    """The public id of a notice: its journal, its number, its lot."""
    return f"{notice.source}-{notice.source_id}"


def fates(entries: Iterable[Entry]) -> dict[str, Fate]:
    """What became of every notice that another bears on."""
    told: defaultdict[str, Fate] = defaultdict(Fate)
    for chain in _chains(list(entries)):
        _settle(chain, told)
        _twins(chain, told)
    return dict(told)


def _chains(entries: Sequence[Entry]) -> Iterable[list[Entry]]:
    """Notices of one chain, in the order of publication; only chains of two numbers or more."""
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
    chains: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.number in roots:
            chains[root(entry.number)].append(entry)
    for chain in chains.values():
        if len({(entry.source, entry.number) for entry in chain}) > 1:
            yield sorted(chain, key=lambda entry: (*entry.order, entry.key))


def _settle(chain: Sequence[Entry], told: defaultdict[str, Fate]) -> None:
    for place, later in enumerate(chain):
        for earlier in chain[:place]:
            if (earlier.source, earlier.number) == (later.source, later.number) or not _same_lot(earlier, later):
                continue
            for one, other in ((earlier, later), (later, earlier)):
                if len(told[one.key].linked) < MOST_LINKED:
                    told[one.key].linked[other.key] = None
            status = _status(later)
            if status is not None and earlier.nature in _CALLS and earlier.order < later.order:
                told[earlier.key].bear(status, later.published)
            if later.nature == "correction" and earlier.nature in _CALLS:
                told[later.key].inherits = earlier.key


def _same_lot(one: Entry, other: Entry) -> bool:
    return one.lot is None or other.lot is None or one.lot == other.lot


def _status(later: Entry) -> Status | None:
    match later.nature:
        case "cancellation":
            return "cancelled"
        case "award":
            return "awarded"
        case "correction" if later.has_deadline:
            return "corrected"
    return None


def _twins(chain: Sequence[Entry], told: defaultdict[str, Fate]) -> None:
    """A notice of TED that BOAMP tells too: same folder, same nature, same lot."""
    national = {(one.folder, one.nature, one.lot): one.key for one in chain if one.source == "boamp" and one.folder}
    for entry in chain:
        if entry.source == "ted" and entry.folder is not None:
            twin = national.get((entry.folder, entry.nature, entry.lot))
            if twin is not None:
                told[entry.key].twin = twin

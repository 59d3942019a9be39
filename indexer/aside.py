"""Keeps one odd record from stopping a build: the record is set aside with its reason, and the build goes on.

Records are processed by the handful. When a handful fails, the records at fault are found by halving it and named, then
the others are processed again without them: a build without failure pays nothing. Errors of the machine (no memory, no
disk, a lost engine) are no fault of a record and stop the build. Too many faulty records stop it too.

An error that is not of the house (:class:`vivier.errors.VivierError`) may be a fault of ours as well as an odd value: its reason names
the file and the line that raised it, its traceback is logged once a reason, and it stops at once a build of data that we wrote.
"""

from __future__ import annotations

import logging
import traceback
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from pydantic import ValidationError
from shapely.errors import ShapelyError

from vivier.errors import BuildRefused, DocumentRefused, InvalidRequest, NotFound, VivierError
from vivier.french import plural
from vivier.runs.drops import too_many_aside
from vivier.runs.records import Unreadable
from vivier.vocabulary import SAID_HERE

T = TypeVar("T")
R = TypeVar("R")
Group = tuple[str, list[T]]
"""A name, and the items that stay or go together under it."""

ODD: Final = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, ShapelyError),
    *(DocumentRefused, InvalidRequest, NotFound),
)
"""Errors that a bad value raises when it is computed with, looked up, or put in a document."""

TOLERANCE: Final = 0.05
"""Share of the records of a build that may be set aside, the same as for the rows of a run."""

_SHOWN: Final = 100
"""Records named in a generation; the log names them all."""

_HOUSE: Final = Path(__file__).parents[1]
"""The folder of the packages of the house."""

_log = logging.getLogger(__name__)


class Aside(NamedTuple):
    """A record left out: its public id or its key, and why, in French. ``detail`` is for the person who repairs it, and
    may quote it; ``trace``: the traceback of an error that is not of the house."""

    id: str
    reason: str
    detail: str = ""
    trace: str = ""


class SetAside:
    """The records that a build left out."""

    def __init__(self, *, accept: bool = False, ours: bool = True) -> None:
        """``accept``: any number of records may be left out; ``ours``: the records are data that we wrote, so that an error which is not of
        the house is a fault of our code."""
        self.ids: set[str] = set()
        self._accept, self._ours = accept, ours
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._examples: list[Aside] = []

    def add(self, found: Iterable[Aside], of: int, among: str = "") -> None:
        """Counts and logs the records. Raises ``BuildRefused`` when they are too many for ``of``, the number of records
        to be built, or when data of ours meet an error that is not of the house. ``among``: the file that they are lines of, when they are
        no records to be built; ``of`` is then its number of lines."""
        for left in found:
            _log.warning("Écarté de l'index : %s : %s%s", left.id, left.reason, left.detail)
            if left.trace and left.reason not in self._reasons:
                _log.warning("%s\n%s", left.reason, left.trace)
            if left.trace and self._ours:
                raise BuildRefused(f"Erreur de notre code sur {left.id} : {left.reason}{left.detail}.")
            self.ids.add(left.id)
            self._reasons[left.reason] += 1
            self._counts[among] += 1
            self._examples += [left] if len(self._examples) < _SHOWN else []
        count = self._counts[among]
        if not self._accept and too_many_aside(count, of, TOLERANCE):
            reasons = " ; ".join(f"{number} × {reason}" for reason, number in self._reasons.most_common(3))
            what = (
                f"{plural(count, 'ligne écartée', 'lignes écartées')} de {among}"
                if among
                else (f"{plural(count, 'fiche écartée', 'fiches écartées')} de l'index")
            )
            raise BuildRefused(f"{what} ({reasons}), plus que les 5 % admis. « --accept-drops » les accepte.")

    def summary(self) -> dict[str, object]:
        """For a generation's ``meta`` (:class:`vivier.runs.quality.LeftOut`)."""
        return {
            "count": self._reasons.total(),
            "reasons": dict(self._reasons.most_common()),
            "examples": [{"id": left.id, "reason": left.reason} for left in self._examples],
        }


def aside(id_: str, error: Exception) -> Aside:
    """A record left out because of an error. Records that fail alike get the same reason."""
    if isinstance(error, DocumentRefused):
        return Aside(id_, error.reason)
    if isinstance(error, VivierError):
        return Aside(id_, str(error).rstrip("."))
    reason = f"valeur que l'indexation ne sait pas lire ({type(error).__name__}, {where(error)})"
    return Aside(id_, reason, _detail(error), "".join(traceback.format_exception(error, chain=False)))


def where(error: BaseException) -> str:
    """The last line of our code that an error went through: « vivier/suppliers/columns.py:26 »."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_HOUSE)]
    return f"{Path(ours[-1].filename).relative_to(_HOUSE)}:{ours[-1].lineno}" if ours else "lieu inconnu"


def written_here(sources: Iterable[str]) -> bool:
    """Whether we wrote the data of all these sources: those of the demonstration, and what people declared in it."""
    return all(source.startswith("demo") or source in SAID_HERE for source in sources)


def unreadable(source: str, left_out: SetAside, of: int) -> Unreadable:
    """Sets aside the lines of a run of ``source`` that cannot be read, by their number. ``of``: as for ``SetAside.add``."""
    return lambda number, error: left_out.add([unread(f"{source}, ligne {number}", error)], of)


def unreadable_context(name: str, left_out: SetAside, of: int) -> Unreadable:
    """Sets aside the lines of the context ``name`` that cannot be read, by their number. ``of``: how many facts the context has."""
    reason = f"ligne illisible dans le contexte « {name} » : relancez « vivier context {name} »"
    return lambda number, error: left_out.add(
        [Aside(f"contexte {name}, ligne {number}", reason, _detail(error))], of, f"contexte {name}"
    )


def unread(id_: str, error: Exception) -> Aside:
    """A line left out because it is no record."""
    return Aside(id_, "ligne illisible dans les données lues : importez de nouveau la source", _detail(error))


def _detail(error: Exception) -> str:
    """The error on one line. A line that is no record is described by its members at fault, never by its content."""
    message = str(error)
    if isinstance(error, ValidationError):
        message = " ; ".join(
            f"{'.'.join(map(str, invalid['loc'])) or 'ligne'} : {invalid['msg']}"
            for invalid in error.errors(include_url=False, include_context=False, include_input=False)
        )
    return f" : {' '.join(message.split())[:200]}"


def without_odd(
    items: Iterable[T], work: Callable[[Sequence[T]], R], name: Callable[[T], str]
) -> tuple[R, list[Aside]]:
    """What ``work`` returns for the items, and the items left out because it failed with them.

    Items of one name stay or go together. A call of ``work`` that failed must leave nothing behind.
    """
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[name(item)].append(item)
    left_in, found = list(groups.items()), list[Aside]()
    while True:
        try:
            return work(_flat(left_in)), found
        except ODD:
            odd = _at_fault(left_in, work) or [_culprit(left_in, work)]
        found += odd
        gone = {left.id for left in odd}
        left_in = [group for group in left_in if group[0] not in gone]


def _at_fault(groups: Sequence[Group[T]], work: Callable[[Sequence[T]], R]) -> list[Aside]:
    """The groups that fail alone."""
    fault = _fault(groups, work)
    if fault is None:
        return []
    if len(groups) == 1:
        return [aside(groups[0][0], fault)]
    middle = len(groups) // 2
    return [*_at_fault(groups[:middle], work), *_at_fault(groups[middle:], work)]


def _culprit(groups: Sequence[Group[T]], work: Callable[[Sequence[T]], R]) -> Aside:
    """The group to leave out when groups fail only together: the last of the shortest beginning that fails, or the
    first of its shortest end, when leaving that one out is enough."""
    last = bisect_left(range(1, len(groups)), True, key=lambda count: _fault(groups[:count], work) is not None)
    sound = bisect_left(range(last), True, key=lambda start: _fault(groups[start + 1 : last + 1], work) is None)
    fault = _fault(groups[sound : last + 1], work)
    assert fault is not None
    without_last = [*groups[:last], *groups[last + 1 :]]
    return aside(groups[sound if _fault(without_last, work) else last][0], fault)


def _fault(groups: Iterable[Group[T]], work: Callable[[Sequence[T]], R]) -> Exception | None:
    try:
        work(_flat(groups))
    except ODD as error:
        return error
    return None


def _flat(groups: Iterable[Group[T]]) -> list[T]:
    return [item for _, items in groups for item in items]

"""Seals a day: what became of notices sealed before, then the verdicts on those that are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vivier.desk.sealed.register import Register
from vivier.desk.sealed.verdict import MOST, Progress, outcomes, verdicts, waiting
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot


@dataclass(frozen=True)
class Sealed:
    """What a run added. ``left``: notices that wait for the next run; ``head``: the hash of the last line."""

    verdicts: int
    outcomes: int
    left: int
    lines: int
    head: str


def seal(
    register: Register,
    snapshot: Snapshot,
    lexicon: Lexicon,
    day: date,
    progress: Progress = lambda done, of: None,
    most: int = MOST,
) -> Sealed:
    """Adds the lines of a day. Asked again the same day, it adds what is new only. Raises :class:`RegisterDamaged`, ``NotFound`` when no
    notice is indexed."""
    sealed, over = set[str](), set[str]()
    for line in register.lines():
        (sealed if line["kind"] == "verdict" else over).add(line["notice"])
    new = waiting(snapshot, day, sealed, most)
    ends = list(outcomes(sealed - over, snapshot, day))
    made = list(verdicts(new.hits, snapshot, lexicon, day, progress))
    checked = register.append([*ends, *made])
    return Sealed(len(made), len(ends), new.left, checked.lines, checked.head)

"""Detects changes of the layout of a source: columns that are new, missing or renamed. These signals are kept with each
run.

A signal refuses nothing by itself (the absence of a required column does, with its own message). It lasts as long as it
is true: the day it was first seen is kept from run to run, until the reader of the source knows the column.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from rapidfuzz import fuzz

from vivier.identity import fold
from vivier.model.base import Model

Change = Literal["new", "missing", "renamed"]

REMEMBERED: Final = timedelta(days=90)
"""How long a missing column is reported when the reader does not name the columns it wants: nothing else would end the
signal."""

ALIKE: Final = 75
"""Likeness (0–100) of two folded names from which the second is taken for the first renamed.

« site_web » / « site web » is 100, « code_postal » / « codepostal » 95, « ville » / « ville_nom » 71: that pair stays a
missing column and a new one.
"""


class Drift(Model):
    """One change of layout. ``was`` and ``likeness`` (0–100): what a renamed column was probably called, and how alike."""

    change: Change
    column: str
    was: str | None = None
    likeness: int | None = None
    since: datetime

    def text(self) -> str:
        """« « codepostal » serait « code_postal » renommée »."""
        if self.change == "renamed":
            return f"« {self.column} » serait « {self.was} » renommée"
        return f"« {self.column} » {'est nouvelle' if self.change == 'new' else 'manque'}"


def likely_renames(lost: Iterable[str], fresh: Iterable[str]) -> dict[str, tuple[str, int]]:
    """For each lost column that has one, the fresh column it was probably renamed to, and their likeness.

    Each name serves once, the most alike first. Names whose digits differ are two columns (« Téléphone 1 », « 2 »).
    """
    found = list(fresh)
    pairs = [(_alike(old, new), old, new) for old in lost for new in found]
    renamed: dict[str, tuple[str, int]] = {}
    taken: set[str] = set()
    for score, old, new in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if score >= ALIKE and old not in renamed and new not in taken:
            renamed[old] = (new, round(score))
            taken.add(new)
    return renamed


def _alike(old: str, new: str) -> float:
    if re.findall(r"\d+", old) != re.findall(r"\d+", new):
        return 0.0
    return max(fuzz.ratio(fold(old), fold(new)), fuzz.token_sort_ratio(fold(old), fold(new)))


def drift(
    seen: Collection[str],
    unknown: Collection[str],
    declared: Collection[str],
    before: Collection[str],
    former: Iterable[Drift],
    at: datetime,
) -> tuple[Drift, ...]:
    """The signals of a run, sorted by column.

    ``seen`` are the columns of the run, ``unknown`` those its reader does not know, ``declared`` those it names (empty
    when it names none), ``before`` the columns of the former run and ``former`` its signals. A declared column that was
    never seen is optional, not missing; when the reader names its columns, one that it does not name may disappear
    without a signal.
    """
    remembered = [signal for signal in former if declared or at - signal.since < REMEMBERED]
    gone = {*before, *(signal.column for signal in remembered if signal.change == "missing")}
    gone |= {signal.was for signal in remembered if signal.change == "renamed" and signal.was is not None}
    lost = {name for name in gone - set(seen) if not declared or name in declared} if seen else set()
    renamed = likely_renames(lost | (set(declared) - set(seen)), unknown)
    days = {(signal.change, signal.column): signal.since for signal in remembered}
    changes: list[tuple[Change, str, str | None, int | None]] = [
        *(("renamed", new, old, score) for old, (new, score) in renamed.items()),
        *(("new", name, None, None) for name in set(unknown) - {new for new, _ in renamed.values()}),
        *(("missing", name, None, None) for name in lost - renamed.keys()),
    ]
    found = [
        Drift(change=change, column=name, was=was, likeness=score, since=days.get((change, name), at))
        for change, name, was, score in changes
    ]
    return tuple(sorted(found, key=lambda signal: (signal.column, signal.change)))

"""Measures whether too much has disappeared, by one rule for the runs of a source and for the generations of the index."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from vivier.french import percent

MAX_DROP: Final = 0.20
"""Share that may disappear from one run or generation to the next, unless the card of the source gives another."""
MOST_LOST: Final = 0.5
"""Share of the keys of a list that may be absent from the next one."""
SMALLEST_COUNTED: Final = 20
"""Smaller figures are not compared: one supplier out of ten is already a tenth."""

FEWEST_COMPARED: Final = 4
"""Records below which the fields of a run say nothing of those of the next."""
COLUMN: Final = "colonne "
"""What begins the name of a column of the source, among the fields of the records."""
LEAST_SHARE: Final = 0.02
"""Share of the records below which the fall of a field is not told."""
HUGE: Final = ".huge"
"""What ends the name of a figure that is beyond the ordinary."""
FEWEST_MISSED: Final = 10
"""Records without a field that the run before lets expect, under which its fall may be chance."""
NEW_DOUBT: Final = 0.2
"""Share of the records that bear a doubt which hardly any had: a form of date that is now read half wrong is refused."""
KEPT_SHARE: Final = 0.5
"""A field that half of the records had is one that the source gives: a live run that loses it is refused."""

SMALL: Final = 10
"""Number of records set aside that is never too many, unless they are more than half of all: in a list of twenty
suppliers one bad row is already 5 %."""

_NAMES: Final = {
    "suppliers": "fournisseurs",
    "source": "source",
    "kind": "type",
    "label": "label",
    "rows": "lignes gardées",
    "known": "renseignement connu",
}


def drops(before: Mapping[str, int], after: Mapping[str, int], limit: float = MAX_DROP) -> list[str]:
    """Figures that fall by more than ``limit``, in French: « type EI : 120 → 40 »."""
    return [
        f"{_name(key)} : {was} → {after.get(key, 0)}"
        for key, was in before.items()
        if was >= SMALLEST_COUNTED and after.get(key, 0) < was * (1 - limit)
    ]


def fallen(before: Mapping[str, float], after: Mapping[str, float], least: float = LEAST_SHARE) -> list[str]:
    """The fields that a share of at least ``least`` of the records had and that less than half of that share has, in French: « months :
    100 % → 3 % des lignes »."""
    return [
        f"{name} : {percent(was)} → {percent(after.get(name, 0.0))} des lignes"
        for name, was in before.items()
        if was >= least and after.get(name, 0.0) < was / 2
    ]


def lost(before: Mapping[str, int], kept_before: int, after: Mapping[str, int], kept_after: int) -> list[str]:
    """The fields of which far fewer records have a value than the run before lets expect, in French: less than half of their share, and
    below the control limit of a proportion (three standard deviations of the difference of both runs). Ten records at least must be
    missed: chance empties a rare field."""
    if min(kept_before, kept_after) < FEWEST_COMPARED:
        return []
    found: list[str] = []
    for name, count in before.items():
        was, now = min(1.0, count / kept_before), after.get(name, 0) / kept_after  # a record may count twice
        if name.endswith(HUGE) or now >= least_share(was, kept_before, kept_after):
            continue
        if was >= KEPT_SHARE or was * kept_after - after.get(name, 0) >= FEWEST_MISSED:
            found.append(f"{name} : {percent(was)} → {percent(now)} des lignes")
    return found


def least_share(was: float, kept_before: int, kept_after: int) -> float:
    """The share of the records under which a field is lost: half of what it was and, for one that fewer than half of the records had, the control
    limit of a proportion too. Zero for a field too rare to be compared."""
    if was < LEAST_SHARE:
        return 0.0
    if was >= KEPT_SHARE:
        return was / 2
    return max(0.0, min(was / 2, was - 3 * math.sqrt(was * (1 - was) * (1 / kept_before + 1 / kept_after))))


def swollen(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """The figures that half of the records now have beyond all measure and that few had: another unit."""
    return [
        f"{name.removesuffix(HUGE)} démesuré : {percent(before.get(name, 0.0))} → {percent(share)} des lignes"
        for name, share in after.items()
        if name.endswith(HUGE) and share >= KEPT_SHARE and before.get(name, 0.0) < KEPT_SHARE / 2
    ]


def too_many_aside(aside: int, seen: int, tolerance: float) -> bool:
    """Whether more than ``tolerance`` of the records seen is set aside: rows of a run, records of a build."""
    share = aside / seen if seen else 0.0
    return share > tolerance and (aside > SMALL or share > 0.5)


def _name(key: str) -> str:
    subject, _, code = key.partition(":")
    return " ".join(part for part in (_NAMES.get(subject, subject), code) if part)

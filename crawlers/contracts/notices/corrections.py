"""The new deadline that a national correction gives, as a field or in a sentence of a plain form.

Nothing is guessed: a sentence that gives no hour, or does not name the deadline, gives none, and the call keeps its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import read_moment
from vivier.text.folding import fold

NEAR: Final = 250
"""Characters between what names the deadline and its date, at most (ours)."""
_MONTHS: Final = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_DEADLINE: Final = re.compile(
    r"\blimites?\b|\b(?:réception|remise|dépôt|envoi)\s+des\s+(?:offres|plis|candidatures)", re.IGNORECASE
)
_OTHER: Final = re.compile(r"\b(?:visites?|questions?|renseignements?|ouverture|validité)\b", re.IGNORECASE)
_DATE: Final = (
    r"(?:\s|:|«|\"|\bau\b|\ble\b|\bjusqu['’]au\b|\b(?:lun|mar|mercre|jeu|vendre|same)di\b|\bdimanche\b)*"
    r"(?P<day>\d{1,2})(?:er)?(?:\s*[/.-]\s*(?P<number>\d{1,2})\s*[/.-]\s*|\s+(?P<name>[^\W\d_]{3,9})\s+)(?P<year>20\d\d)"
    r"[\s,]*(?:à|avant|jusqu['’]à|-|–)?\s*(?P<hour>\d{1,2})\s*(?:h(?:eures?)?+|:)\s*(?P<minute>\d{2})?"
    r"(?!\s*\(?(?:heures?\s+)?locales?)"
)
_MOVED: Final = re.compile(
    r"(?<!au lieu de )\b(?:lire|(?:re)?report[ée]e?s?|repouss[ée]e?s?|prolong[ée]e?s?|décal[ée]e?s?|nouvelle date)\b"
    + _DATE,
    re.IGNORECASE,
)
_FIXED: Final = re.compile(
    r"(?<!initialement )\bfix[ée]e?s?\b" + _DATE + r"(?=[^.]{0,20}\b(?:et non|au lieu d))", re.IGNORECASE
)


def corrected_deadline(correction: Node) -> datetime | None:
    """The deadline that an ``infosRectif`` gives, in Paris time unless a zone is written."""
    return next(chain(_fields(correction), _sentences(correction.whole())), None)


def _fields(correction: Node) -> Iterator[datetime]:
    """« rubDelais » says which delay changes, « lireDate » gives its new value. The two are side by side, at any depth."""
    if (correction.words("rubDelais") or "").lower() == "receptionoffres":
        moment = read_moment(correction.words("lireDate"))
        if moment is not None:
            yield moment
    for child in correction.children:
        yield from _fields(child)


def _sentences(text: str) -> Iterator[datetime]:
    for pattern in (_MOVED, _FIXED):
        for found in pattern.finditer(text):
            before = text[max(0, found.start() - NEAR) : found.start("day")]
            named = list(_DEADLINE.finditer(before))
            if not named or _OTHER.search(before, named[-1].start()):
                continue
            moment = read_moment(_iso(found))
            if moment is not None:
                yield moment


def _iso(found: re.Match[str]) -> str:
    """The moment as ISO. A word that is no month gives month 00, which no reader of moments accepts."""
    name = fold(found["name"] or "").lower()
    month = int(found["number"] or 0) or (_MONTHS.index(name) + 1 if name in _MONTHS else 0)
    return f"{found['year']}-{month:02d}-{int(found['day']):02d}T{int(found['hour']):02d}:{found['minute'] or '00'}:00"

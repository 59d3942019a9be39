"""Finds the sentences of a letter that ask for something: the others tell who writes, what goes well, what comes later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vivier.needs.folded import Folded

SHORTEST_LETTER = 120
"""Signs from which a text of several sentences is read as a letter."""
_END = re.compile(r"[.!?](?: |$)")
_BLANK = re.compile(r"\n[ \t\r]*\n")
_ASKS = re.compile(
    r"\b(?:(?:re)?cherch(?:e|ons|ent|ait)|souhait(?:e|ons|ent|erait|erions|erais)|besoins?|veu(?:t|x|lent)|voulons|voudr(?:ais|ait|ions)"
    r"|aimer(?:ais|ait|ions)|fau(?:t|drait)|(?:pour )?objet(?: ?:)?|reste(?:nt)? a|devis|lanc(?:e|ons|ent) (?:une?|sa|son)|confi(?:er|ons|e)|sous[- ]trait(?:er|e|ons|erait)"
    r"|il s'agit d|etudi(?:e|ent|ons) l|demand(?:e|ons|ent)|consultation (?:pour|relative|portant)|(?:doi(?:t|vent)) (?!etre)\w+[ei]r)\b"
)


def asking(text: Folded) -> tuple[tuple[int, int], ...]:
    """The stretches of the sentences that ask, in the folded text; empty when none does, when all do, or when the text is no letter."""
    if len(text.text) < SHORTEST_LETTER:
        return ()
    sentences = list(_sentences(text))
    found = tuple((start, end) for start, end in sentences if _ASKS.search(text.text, start, end))
    return found if len(found) < len(sentences) else ()


def _sentences(text: Folded) -> Iterator[tuple[int, int]]:
    ends = {match.end() for match in _END.finditer(text.text)}
    ends |= {text.place(match.end()) for match in _BLANK.finditer(text.source) if match.end() < len(text.source)}
    start = 0
    for end in sorted({*ends, len(text.text)}):
        if text.text[start:end].strip():
            yield start, end
        start = end

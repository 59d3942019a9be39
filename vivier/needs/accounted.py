"""Accounts for every word of a need: each is read as something, decides of nothing, or is not understood; none vanishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from vivier.needs.lexis import read_words
from vivier.needs.model import Accounted, Need, Span, WordClass, spans_of
from vivier.needs.reading import Reading
from vivier.text import Analysis

SHORTEST: Final = 2
"""Letters of a word that decides of nothing by itself."""
_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)?")
_LABEL = frozenset(("label", "labels"))
"""A word that a label read beside it explains: « label EcoJardin »."""


def accounted(need: Need, reading: Reading, analysis: Analysis) -> tuple[Accounted, ...]:
    """The words of a need in their order, each with its class."""
    text = reading.text
    classes: list[WordClass | None] = [None] * (len(text.source) + 1)
    for name, spans in _read(need, reading):
        for span in spans:
            for at in range(span.start, span.end):
                classes[at] = classes[at] or name
    found = []
    for match in _WORD.finditer(text.text):
        span = text.match_span(match)
        read = next((cls for cls in classes[span.start : span.end] if cls is not None), None)
        if read is None and match.group() in _LABEL and (need.labels or need.families):
            read = "label"
        found.append(Accounted(text=span.text, cls=read or _left(match, analysis), span=span))
    return tuple(found)


def _left(match: re.Match[str], analysis: Analysis) -> WordClass:
    """The class of a word that no piece has: a stop word, or what is left of an elision, is of the grammar."""
    word, elided = match.group(), match.string[match.end() : match.end() + 1] == "'"
    if word[0].isdigit():
        return "quantity"
    return "context" if len(word) > SHORTEST and not elided and read_words(word, analysis) else "grammar"


def _read(need: Need, reading: Reading) -> Iterator[tuple[WordClass, Iterable[Span]]]:
    """The classes with their stretches: where two meet, the first counts."""
    yield "letter", reading.letter
    yield "not_understood", spans_of(need.unread)
    yield "exclusion", need.excluded
    yield "place", spans_of(need.territory.places)
    yield "distance", (*spans_of(need.distances), *need.travel_times)
    yield "kind", spans_of(need.kinds)
    yield "article", (*spans_of(need.articles), *need.reservations)
    yield "strength", reading.strengths
    yield "amount", spans_of(need.amounts)
    yield "duration", spans_of(need.durations)
    yield "code", (span for code in need.cpv for span in code.spans)
    yield "label", (*spans_of((*need.labels, *need.families)), *reading.requirements.generic)
    yield "characteristic", spans_of(need.characteristics)
    yield "service_type", spans_of(need.service_types)
    yield "trade", (span for match in (*need.sectors, *need.alternatives) for why in match.why for span in why.spans)
    yield "quantity", spans_of(need.quantities)
    yield "date", reading.dates
    yield "name", spans_of(need.territory.set_aside)
    yield "procedure", need.set_aside

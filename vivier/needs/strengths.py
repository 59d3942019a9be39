"""Reads how much a buyer wants a kind or a label: « plutôt une EA », « bio si possible » is a wish; « exclusivement », « obligatoire » a wall."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vivier.needs.folded import Folded
from vivier.needs.model import Piece, Span, Strength

_WISH = (
    r"plutot(?! que)|(?:de|par|avec une|une) preference(?: (?:pour|a|aux?))?|si possible|dans la mesure du possible|idealement"
    r"|(?:c'est |ce serait |serait |sera )?un (?:vrai )?plus\b|(?:serait |sera |est )?(?:appreciee?s?|bienvenue?s?)\b|souhait(?:ee|es|ees)\b"
    r"|a prix egal|en priorite|prioritairement|(?:on |nous |je )?prefer(?:e|ons|erions|erait|erence)\b|favoriser"
)
_WALL = (
    r"exclusivement|uniquement|seulement|imperativement|obligatoires?(?:ment)?|obligatoirement|exige(?:e|es|s)?\b|requis(?:es|e)?\b"
    r"|strictement|impose(?:e|es|s)?\b|reserve(?:e|es|s)? (?:aux?|a)\b"
)
_MARKER = re.compile(rf"\b(?:(?P<wish>{_WISH})|(?P<wall>{_WALL}))(?!\w)")
_CLAUSE = re.compile(r"[,;:.!?()]| - ")
_WORD = re.compile(r"[a-z]{3,}")
_FEW = 2
"""Words beside a marker under which its clause tells nothing else: « …, un plus »."""


@dataclass(frozen=True)
class Marker:
    """A word that says a wish or a wall, at ``start`` to ``end`` of the folded text, in the clause ``clause``."""

    start: int
    end: int
    strength: Strength
    clause: int


def with_strengths(text: Folded, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces, each with the strength that the words around it say; that of the last marker when several speak of it."""
    bounds = _bounds(text)
    found: dict[int, Strength] = {}
    for marker in _markers(text, bounds):
        for number in _of(marker, text, pieces, bounds):
            found[number] = marker.strength
    return tuple(
        piece.changed(strength=found[number]) if number in found else piece for number, piece in enumerate(pieces)
    )


def marked(text: Folded) -> Iterator[Span]:
    """The stretches that say a wish or a wall."""
    for match in _MARKER.finditer(text.text):
        yield text.match_span(match)


def _markers(text: Folded, bounds: Sequence[int]) -> Iterator[Marker]:
    for match in _MARKER.finditer(text.text):
        strength: Strength = "wish" if match["wish"] is not None else "wall"
        yield Marker(*match.span(), strength, _clause_of(match.start(), bounds))


def _bounds(text: Folded) -> list[int]:
    """Where clauses begin, from 0 to the length of the text: after a comma, a point, a bracket, a dash or a line."""
    breaks = {match.end() for match in _CLAUSE.finditer(text.text)}
    between = enumerate(pairwise(text.ends), 1)
    breaks |= {at for at, (left, right) in between if text.text[at] != " " and "\n" in text.source[left - 1 : right]}
    return sorted({0, *breaks, len(text.text) + 1})


def _clause_of(at: int, bounds: Sequence[int]) -> int:
    return next(number for number, end in enumerate(bounds[1:]) if at < end)


def _of(marker: Marker, text: Folded, pieces: Sequence[Piece], bounds: Sequence[int]) -> list[int]:
    """The pieces that a marker speaks of: those after it in its clause, else those before it there; when the clause tells nothing else, those
    of the clause before, else of the next."""
    places = [(number, at) for number, piece in enumerate(pieces) for at in _places(text, piece)]
    inside = [(number, at) for number, at in places if _clause_of(at, bounds) == marker.clause]
    after = [number for number, at in inside if at >= marker.end]
    if inside:
        return after or [number for number, _ in inside]
    start, end = bounds[marker.clause], bounds[marker.clause + 1]
    if len(_WORD.findall(text.text[start : marker.start] + text.text[marker.end : end])) > _FEW:
        return []
    for clause in (marker.clause - 1, marker.clause + 1):
        if beside := [number for number, at in places if _clause_of(at, bounds) == clause]:
            return beside
    return []


def _places(text: Folded, piece: Piece) -> Iterable[int]:
    return (text.place(span.start) for span in piece.spans)

"""A need typed in the search box, as parameters of a search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vivier.lexicon import Lexicon
from vivier.needs import Need, need_to_query, resolve_need
from vivier.needs.model import Span

Pairs = list[tuple[str, str]]
LONGEST_WORDS = 200
"""Longest text of the parameter ``q``."""


def need_pairs(text: str, lexicon: Lexicon) -> Pairs:
    """The certain pieces of a need as parameters. When no trade is recognised, the words left are searched as they are."""
    if not any(character.isalpha() for character in text):  # a SIREN or SIRET, maybe with spaces
        return [("q", text.strip()[:LONGEST_WORDS])]
    need = resolve_need(text, lexicon)
    pairs = need_to_query(need, lexicon)
    left = words_left(need, lexicon) if need.status == "unresolved" else ""
    return [*pairs, ("q", left)] if left else pairs


def words_left(need: Need, lexicon: Lexicon) -> str:
    """The text without the pieces that were read; empty when only stop words remain."""
    letters = list(need.input)
    for span in (*need.set_aside, *need.excluded, *piece_spans(need)):
        letters[span.start : span.end] = " " * (span.end - span.start)
    left = " ".join("".join(letters).split())[:LONGEST_WORDS]
    return left if len(left) > 1 and lexicon.analysis.query_groups(left) else ""


class _FromWords(Protocol):
    @property
    def spans(self) -> tuple[Span, ...]: ...


def piece_spans(need: Need) -> Iterator[Span]:
    """The spans of every piece that was read, trades left out."""
    pieces: tuple[_FromWords, ...] = (
        *need.territory.places,
        *need.kinds,
        *need.labels,
        *need.articles,
        *need.service_types,
        *need.amounts,
        *need.durations,
        *need.quantities,
        *need.distances,
    )
    for piece in pieces:
        yield from piece.spans
    yield from (*need.travel_times, *need.reservations)

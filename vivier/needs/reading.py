"""A need cut into what is extracted (place, kind, amount…), what is set aside, and the words that say the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from vivier.lexicon import Lexicon
from vivier.needs import boilerplate, figures, nature
from vivier.needs.exclusions import exclusions
from vivier.needs.folded import Folded, folded
from vivier.needs.index import NeedsIndex
from vivier.needs.lexis import Word, read_words
from vivier.needs.model import AmountMatch, DurationMatch, Piece, PlaceMatch, QuantityMatch, Span
from vivier.needs.places import places

T = TypeVar("T", Piece, PlaceMatch)
LONGEST_TEXT = 2_000
_CPV = re.compile(r"\bcpv[ :n°]*(?P<said>\d{2,8})(?:-\d)?\b|(?<![\d.,/-])(?P<bare>\d{8})(?P<check>-\d)?(?![\d-])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MEASURES = frozenset(("m²", "m", "ha", "km", "t", "kg", "heures"))
_STAFFING = frozenset(("ETTI", "EATT", "GEIQ"))  # « intérim d'insertion » is a kind and a trade
_KEPT_LABELS = frozenset(("BIO",))  # « repas bio » : the word also says what is bought


@dataclass(frozen=True)
class Reading:
    """``words`` are those that say the trade; ``faint``: where those begin that are a label too; ``cpv``: (digits as
    written, span, was the word CPV said)."""

    text: Folded
    words: tuple[Word, ...]
    faint: frozenset[int]
    lot_start: int | None
    places: tuple[PlaceMatch, ...]
    kinds: tuple[Piece, ...]
    labels: tuple[Piece, ...]
    articles: tuple[Piece, ...]
    service_types: tuple[Piece, ...]
    amounts: tuple[AmountMatch, ...]
    durations: tuple[DurationMatch, ...]
    quantities: tuple[QuantityMatch, ...]
    cpv: tuple[tuple[str, Span, bool], ...]
    set_aside: tuple[Span, ...]
    excluded: tuple[Span, ...]


def read(source: str, lexicon: Lexicon, index: NeedsIndex) -> Reading:
    """Cut the text. Nothing is lost: every stretch is extracted, set aside with its span, or a word."""
    text = folded(source[:LONGEST_TEXT])
    aside = _merged(boilerplate.boilerplate(text.text))
    named = tuple(places(text, index.tables, lexicon.gazetteer))
    unwanted = _merged(exclusions(text, (span for place in named for span in place.spans)))
    excluded = tuple(text.span(*stretch) for stretch in unwanted)
    found_places = _wanted(named, excluded)
    kinds = _wanted(nature.pieces(text, "kind"), excluded)
    labels = _wanted(nature.pieces(text, "label"), excluded)
    articles = _wanted(nature.articles(text), excluded)
    amounts, durations = tuple(figures.amounts(text)), tuple(figures.durations(text))
    quantities = tuple(q for q in figures.quantities(text) if not _touches(q.spans, amounts))
    cpv = tuple(_codes(text))
    extracted = [
        *(place.spans for place in found_places),
        *(kind.spans for kind in kinds if kind.code not in _STAFFING),
        *(article.spans for article in articles),
        *(label.spans for label in labels if label.code not in _KEPT_LABELS),
        *(amount.spans for amount in amounts),
        *(duration.spans for duration in durations),
        *(quantity.spans for quantity in quantities if _is_measure(quantity)),
        tuple(span for _, span, _ in cpv),
    ]
    numbers = [text.match_span(match) for match in _NUMBER.finditer(text.text) if match.end() - match.start() > 2]
    sites = list(boilerplate.site_names(text.text))
    hidden = _hidden(text, (*chain.from_iterable(extracted), *numbers), (*aside, *sites, *unwanted))
    faint = _hidden(text, (span for label in labels if label.code in _KEPT_LABELS for span in label.spans), ())
    words = tuple(word for word in read_words(text.text, lexicon.analysis) if not _is_hidden(word, hidden))
    return Reading(
        text=text,
        words=words,
        faint=frozenset(word.start for word in words if faint[word.start]),
        lot_start=boilerplate.last_lot(text.text),
        places=found_places,
        kinds=kinds,
        labels=labels,
        articles=articles,
        service_types=_wanted(nature.pieces(text, "service_type"), excluded),
        amounts=amounts,
        durations=durations,
        quantities=quantities,
        cpv=cpv,
        set_aside=tuple(text.span(start, end) for start, end in aside),
        excluded=excluded,
    )


def _wanted(pieces: Iterable[T], excluded: tuple[Span, ...]) -> tuple[T, ...]:
    """The pieces that no exclusion takes back: « hors ESAT » asks for no ESAT."""
    return tuple(piece for piece in pieces if not any(_meet(span, other) for span in piece.spans for other in excluded))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _is_measure(quantity: QuantityMatch) -> bool:
    """Its unit says nothing of the trade: « 1 200 m² », « 80 pers »; « 40 lits » might."""
    return quantity.unit in _MEASURES or quantity.spans[0].text.casefold().rstrip(".").endswith("pers")


def _codes(text: Folded) -> Iterable[tuple[str, Span, bool]]:
    for match in _CPV.finditer(text.text):
        said = match["said"] is not None
        group = "said" if said else "bare"
        yield match[group], text.span(match.start(group), match.end()), said or match["check"] is not None


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _touches(spans: tuple[Span, ...], others: Iterable[AmountMatch]) -> bool:
    return any(_meet(span, found) for span in spans for other in others for found in other.spans)


def _hidden(text: Folded, spans: Iterable[Span], stretches: Iterable[tuple[int, int]]) -> list[bool]:
    """One flag a character of the folded text: does it belong to something that says no trade?"""
    source = [False] * (len(text.source) + 1)
    for span in spans:
        source[span.start : span.end] = [True] * (span.end - span.start)
    hidden = [source[start] for start in text.starts]
    for start, end in stretches:
        hidden[start:end] = [True] * (end - start)
    return hidden


def _is_hidden(word: Word, hidden: list[bool]) -> bool:
    return any(hidden[word.start : word.end])

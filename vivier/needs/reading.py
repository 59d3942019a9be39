"""A need cut into what is extracted (place, kind, amount…), what is set aside, and the words that say the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from vivier.lexicon import Lexicon
from vivier.needs import boilerplate, figures, nature
from vivier.needs.folded import Folded, folded
from vivier.needs.index import NeedsIndex
from vivier.needs.lexis import Word, read_words
from vivier.needs.model import AmountMatch, DurationMatch, Piece, PlaceMatch, QuantityMatch, Span
from vivier.needs.places import places

LONGEST_TEXT = 2_000
_CPV = re.compile(r"\bcpv[ :n°]*(?P<said>\d{2,8})(?:-\d)?\b|(?<![\d.,/-])(?P<bare>\d{8})(?P<check>-\d)?(?![\d-])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MEASURES = frozenset(("m²", "m", "ha", "km", "t", "kg", "heures"))
_STAFFING = frozenset(("ETTI", "EATT", "GEIQ"))  # « intérim d'insertion » is a kind and a trade
_KEPT_LABELS = frozenset(("BIO",))  # « repas bio » : the word also says what is bought


@dataclass(frozen=True)
class Reading:
    """``words`` are those that say the trade; ``cpv``: (digits as written, span, was the word CPV said)."""

    text: Folded
    words: tuple[Word, ...]
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


def read(source: str, lexicon: Lexicon, index: NeedsIndex) -> Reading:
    """Cut the text. Nothing is lost: every stretch is extracted, set aside with its span, or a word."""
    text = folded(source[:LONGEST_TEXT])
    aside = _merged(boilerplate.boilerplate(text.text))
    found_places = tuple(places(text, index.common, lexicon.gazetteer))
    kinds, labels = nature.pieces(text, "kind"), nature.pieces(text, "label")
    articles = tuple(nature.articles(text))
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
    hidden = _hidden(text, (*chain.from_iterable(extracted), *numbers), (*aside, *sites))
    words = tuple(word for word in read_words(text.text, lexicon.analysis) if not _is_hidden(word, hidden))
    return Reading(
        text=text,
        words=words,
        lot_start=boilerplate.last_lot(text.text),
        places=found_places,
        kinds=kinds,
        labels=labels,
        articles=articles,
        service_types=nature.pieces(text, "service_type"),
        amounts=amounts,
        durations=durations,
        quantities=quantities,
        cpv=cpv,
        set_aside=tuple(text.span(start, end) for start, end in aside),
    )


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
    return any(a.start < b.end and b.start < a.end for a in spans for other in others for b in other.spans)


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

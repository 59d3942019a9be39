"""Cuts a need into what is extracted (place, kind, amount…), what is set aside, and the words that name the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, TypeVar

from vivier.law.labels import family
from vivier.lexicon import Lexicon
from vivier.needs import boilerplate, figures, nature
from vivier.needs.distances import distances, lengths, travel_times
from vivier.needs.exclusions import exclusions
from vivier.needs.folded import Folded, folded
from vivier.needs.index import NeedsIndex
from vivier.needs.lexis import Word, read_words
from vivier.needs.model import (
    AmountMatch,
    DistanceMatch,
    DurationMatch,
    Piece,
    PlaceMatch,
    QuantityMatch,
    SetAsideName,
    Span,
    spans_of,
)
from vivier.needs.places import places
from vivier.needs.strengths import marked, with_strengths
from vivier.needs.supply import Stretch, served, worked

T = TypeVar("T", Piece, PlaceMatch)
LONGEST_TEXT = 5_000
_CPV = re.compile(r"\bcpv[ :n°]*(?P<announced>\d{2,8})(?:-\d)?\b|(?<![\d.,/-])(?P<bare>\d{8})(?P<check>-\d)?(?![\d-])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MEASURES = frozenset(("m²", "m", "ha", "km", "t", "kg", "heures"))
_BOUND = re.compile(r"\b(?:plus|moins) (?:de |d')?(?=\d)")  # « plus de 20 salariés »: no « PLU »
_STAFFING = frozenset(("ETTI", "EATT", "GEIQ"))  # « intérim d'insertion » is a kind and a trade
_KEPT_LABELS = frozenset(("BIO", "GOTS"))  # « repas bio » : the word is also part of what is bought


@dataclass(frozen=True)
class Where:
    """Places, distances, travel times and names that are not read as places. ``words``: their stretches of the folded text."""

    places: tuple[PlaceMatch, ...]
    names_set_aside: tuple[SetAsideName, ...]
    distances: tuple[DistanceMatch, ...]
    travel_times: tuple[Span, ...]
    words: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Figures:
    """Amounts, durations and quantities of a need."""

    amounts: tuple[AmountMatch, ...]
    durations: tuple[DurationMatch, ...]
    quantities: tuple[QuantityMatch, ...]

    @property
    def spans(self) -> Iterator[Span]:
        return spans_of((*self.amounts, *self.durations, *self.quantities))


@dataclass(frozen=True)
class Requirements:
    """Requirements on the supplier and the contract: kinds of structure, labels and their families, characteristics, articles, service types, « marché réservé ».
    ``generic``: families that a name of label follows."""

    kinds: tuple[Piece, ...]
    labels: tuple[Piece, ...]
    families: tuple[Piece, ...]
    characteristics: tuple[Piece, ...]
    articles: tuple[Piece, ...]
    service_types: tuple[Piece, ...]
    reservations: tuple[Span, ...]
    generic: tuple[Span, ...]


@dataclass(frozen=True)
class Reading:
    """A need cut into pieces. ``words``: those that name the trade; ``faint``: starts of the words that are something else too (a
    label, perhaps a place); ``cpv``: (digits as written, span, whether the word CPV or a check digit announces the code)."""

    text: Folded
    words: tuple[Word, ...]
    faint: frozenset[int]
    lot_start: int | None
    stretches: tuple[Stretch, ...]
    where: Where
    figures: Figures
    requirements: Requirements
    cpv: tuple[tuple[str, Span, bool], ...]
    set_aside: tuple[Span, ...]
    excluded: tuple[Span, ...]
    letter: tuple[Span, ...]
    dates: tuple[Span, ...]
    strengths: tuple[Span, ...]


def read(source: str, lexicon: Lexicon, index: NeedsIndex) -> Reading:
    """Cuts the text. Places and distances come first: their words vote for no trade. Every stretch is extracted, set aside with
    its span, or a word."""
    text = folded(source[:LONGEST_TEXT])
    letter = list(boilerplate.around_the_letter(text))
    aside = _merged((*boilerplate.boilerplate(text.text), *letter))
    numbers = _figures(text)
    where = _where(text, numbers, aside, letter, lexicon, index)
    wanted = chain(
        (place.spans for place in where.places), (piece.spans for piece in nature.pieces(text, "characteristic"))
    )
    out = list(exclusions(text, chain.from_iterable(wanted)))
    unwanted = _merged((start, end) for start, end, _ in out)
    refused = tuple(text.span(start, end) for start, end, refuses in out if refuses)
    excluded = tuple(text.span(*stretch) for stretch in unwanted)
    where = replace(where, places=_wanted(where.places, excluded))
    counted = tuple(quantity for quantity in numbers.quantities if not _meets(quantity.spans, where))
    numbers = replace(numbers, quantities=counted)
    lot = boilerplate.last_lot(text.text)
    requirements, cpv = _requirements(text, excluded, refused), tuple(_codes(text))
    hidden = _hidden(text, _extracted(text, where, numbers, requirements, cpv), (*aside, *unwanted, *where.words))
    faint = _hidden(text, _faint(where, requirements), ())
    words = tuple(word for word in read_words(text.text, lexicon.analysis) if not any(hidden[word.start : word.end]))
    lot = None if lot is None or any(start <= lot <= end for start, end in unwanted) else lot
    return Reading(
        text=text,
        words=words,
        faint=frozenset(word.start for word in words if faint[word.start]),
        lot_start=lot,
        stretches=(*served(text.text, lot or 0, [word.start for word in words]), *worked(text.text)),
        where=where,
        figures=numbers,
        requirements=requirements,
        cpv=cpv,
        set_aside=tuple(text.span(start, end) for start, end in aside),
        excluded=excluded,
        letter=tuple(text.span(*stretch) for stretch in letter),
        dates=tuple(text.span(*stretch) for stretch in boilerplate.dates(text.text)),
        strengths=tuple(marked(text)),
    )


def _requirements(text: Folded, excluded: tuple[Span, ...], refused: tuple[Span, ...]) -> Requirements:
    roles = ("kind", "label", "label_family", "characteristic", "article", "service_type")
    written = [(role, piece) for role in roles[:4] for piece in nature.pieces(text, role)]
    written += [("article", piece) for piece in nature.articles(text)]
    written += [("service_type", piece) for piece in nature.pieces(text, "service_type")]
    generic = _generic(written)
    found = [(role, piece.changed(spans=tuple(s for s in piece.spans if s not in generic))) for role, piece in written]
    found = [(role, piece) for role, piece in found if piece.spans]
    stated = zip([role for role, _ in found], with_strengths(text, [piece for _, piece in found]), strict=True)
    by_role: dict[str, list[Piece]] = {role: [] for role in roles}
    for role, piece in stated:
        if (role in ("kind", "label") or piece.code == "staffing") and not _wanted((piece,), refused):
            by_role[role].append(piece.changed(strength="refused"))
        else:
            by_role[role] += _wanted((piece,), excluded)
    return Requirements(
        kinds=tuple(by_role["kind"]),
        labels=tuple(by_role["label"]),
        families=tuple(by_role["label_family"]),
        characteristics=tuple(by_role["characteristic"]),
        articles=tuple(by_role["article"]),
        service_types=tuple(by_role["service_type"]),
        reservations=tuple(text.span(*stretch) for stretch in nature.reservations(text)),
        generic=generic,
    )


def _generic(written: Iterable[tuple[str, Piece]]) -> tuple[Span, ...]:
    """The families that one of their labels follows: « écolabel NF Environnement » asks for that label alone, « équitable bio » for both."""
    spans = [(role, piece.code, span) for role, piece in written for span in piece.spans]
    families = {span: code for role, code, span in spans if role == "label_family"}
    names = {span.start: code for role, code, span in spans if role == "label" and span not in families}
    after = ((span, family(code) or names.values(), names.get(span.end + 1)) for span, code in families.items())
    return tuple(span for span, labels, name in after if name in labels)


def _extracted(
    text: Folded, where: Where, numbers: Figures, requirements: Requirements, cpv: Iterable[tuple[str, Span, bool]]
) -> Iterator[Span]:
    """Spans that name no trade: extracted pieces, long numbers, names of sites."""
    pieces = (
        *(place.spans for place in where.places if not place.doubtful),
        *(kind.spans for kind in requirements.kinds if kind.code not in _STAFFING or kind.strength == "part"),
        *(article.spans for article in requirements.articles),
        *(label.spans for label in requirements.labels if label.code not in _KEPT_LABELS),
        *(amount.spans for amount in numbers.amounts),
        *(duration.spans for duration in numbers.durations),
        *(quantity.spans for quantity in numbers.quantities if _is_measure(quantity)),
    )
    yield from chain.from_iterable(pieces)
    yield from (span for _, span, _ in cpv)
    yield from (text.match_span(match) for match in _NUMBER.finditer(text.text) if match.end() - match.start() > 2)
    yield from (text.match_span(match) for match in _BOUND.finditer(text.text))
    yield from (text.span(*site) for site in boilerplate.sites(text.text))


def _faint(where: Where, requirements: Requirements) -> Iterator[Span]:
    """Spans that may name a trade and something else."""
    yield from (span for place in where.places if place.doubtful for span in place.spans)
    retained = (label for label in requirements.labels if label.code in _KEPT_LABELS)
    pieces = (*retained, *requirements.families, *requirements.characteristics)
    yield from (span for piece in pieces for span in piece.spans)
    yield from requirements.generic


def _figures(text: Folded) -> Figures:
    amounts, durations = tuple(figures.amounts(text)), tuple(figures.durations(text))
    quantities = tuple(q for q in figures.quantities(text) if not _touches(q.spans, amounts))
    return Figures(amounts, durations, quantities)


def _where(
    text: Folded,
    numbers: Figures,
    aside: list[tuple[int, int]],
    letter: list[tuple[int, int]],
    lexicon: Lexicon,
    index: NeedsIndex,
) -> Where:
    written = lengths(text)
    labels = (span for piece in nature.pieces(text, "label") for span in piece.spans)
    taken = [*((found.start, found.end) for found in written), *letter, *map(text.bounds, zip(labels))]
    others = [*aside, *((text.place(span.start), text.place(span.end - 1) + 1) for span in numbers.spans)]
    named = places(text, index.tables, lexicon.gazetteer, taken, others, lambda word: _is_word(word, lexicon, index))
    around = list(distances(text, written, named.found))
    travel = list(travel_times(text, named.found))
    return Where(
        named.found,
        named.set_aside,
        tuple(match for match, _ in (*around, *travel) if match is not None),
        tuple(text.span(*stretch) for match, stretch in travel if match is None),
        tuple(stretch for _, stretch in (*around, *travel)),
    )


def _is_word(word: str, lexicon: Lexicon, index: NeedsIndex) -> bool:
    """Whether a folded word is one of the language."""
    stems = [found.stem for found in read_words(word, lexicon.analysis)]
    return not stems or any(is_word(stem, word, index) for stem in stems)


_NEVER_DOUBLED: Final = re.compile(r"(.)\1\1|([ahijquvxy])\2")
"""Letters that no French word has twice, or any letter three times: « Marquiise », « Basssée »."""


def is_word(stem: str, written: str, index: NeedsIndex) -> bool:
    """Whether a word is one of the language as it is written. The stemmer drops doubled letters: « ornnex » has the stem of « orne »."""
    is_close = (written.startswith(stem[:-1]) or stem.startswith(written)) and not _NEVER_DOUBLED.search(written)
    return written in index.tables.words or (is_close and index.lexis.is_known(stem, written))


def _wanted(pieces: Iterable[T], excluded: tuple[Span, ...]) -> tuple[T, ...]:
    """The pieces outside exclusions: « hors ESAT » does not ask for an ESAT."""
    return tuple(piece for piece in pieces if not any(_meet(span, other) for span in piece.spans for other in excluded))


def _meet(left: Span, right: Span) -> bool:
    return left.start < right.end and right.start < left.end


def _meets(spans: tuple[Span, ...], where: Where) -> bool:
    """Whether spans overlap a distance or a travel time: such a number is not a quantity."""
    return _touches(spans, where.distances) or any(
        _meet(span, travel) for span in spans for travel in where.travel_times
    )


def _is_measure(quantity: QuantityMatch) -> bool:
    """Whether the unit of a quantity is no evidence of a trade: « 1 200 m² », « 80 pers », « 300 couverts ». « 40 lits » may be."""
    return quantity.unit in _MEASURES or quantity.spans[0].text.casefold().rstrip(".").endswith(("pers", "couverts"))


def _codes(text: Folded) -> Iterable[tuple[str, Span, bool]]:
    for match in _CPV.finditer(text.text):
        is_announced = match["announced"] is not None
        group = "announced" if is_announced else "bare"
        yield match[group], text.span(match.start(group), match.end()), is_announced or match["check"] is not None


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _touches(spans: tuple[Span, ...], others: Iterable[AmountMatch | DistanceMatch]) -> bool:
    return any(_meet(span, found) for span in spans for other in others for found in other.spans)


def _hidden(text: Folded, spans: Iterable[Span], stretches: Iterable[tuple[int, int]]) -> list[bool]:
    """One flag for each character of the folded text: whether it belongs to one of the spans or stretches."""
    source = [False] * (len(text.source) + 1)
    for span in spans:
        source[span.start : span.end] = [True] * (span.end - span.start)
    hidden = [source[start] for start in text.starts]
    for start, end in stretches:
        hidden[start:end] = [True] * (end - start)
    return hidden

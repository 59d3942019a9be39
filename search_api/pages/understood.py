"""What was understood of a need: each piece with the words it came from, whether it filters, and what else it could be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from search_api.pages.chips import removed
from search_api.pages.needs import piece_spans
from search_api.pages.state import Asked, address
from search_api.pages.words import title_of
from vivier.french import number, percent
from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need
from vivier.needs.model import SectorMatch, Span


@dataclass(frozen=True)
class Alternative:
    """Another reading, as a link."""

    label: str
    url: str | None


@dataclass(frozen=True)
class Piece:
    """A piece understood. ``applied``: it is a filter of this search, ``url`` takes it away; else ``url``, when there is
    one, applies it. ``note`` says why it is not applied."""

    name: str
    title: str
    label: str
    words: tuple[str, ...]
    applied: bool
    url: str | None = None
    note: str = ""
    value: str = ""


@dataclass(frozen=True)
class Row:
    """The pieces of one kind (trades, place…) and the alternatives."""

    title: str
    pieces: tuple[Piece, ...]
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Understood:
    """The need as read. ``parts``: its text cut at the words used, ``(text, used)``; ``plain``: the URL that searches
    its words as they are."""

    text: str
    parts: tuple[tuple[str, bool], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    plain: str | None

    @property
    def shown(self) -> set[tuple[str, str]]:
        """The filters this panel already shows, ``(parameter, value)``."""
        return {(piece.name, piece.value) for row in self.rows for piece in row.pieces if piece.applied}


def understood(asked: Asked, lexicon: Lexicon) -> Understood | None:
    """``None`` when the search was not written as a need."""
    if asked.besoin is None:
        return None
    need = resolve_need(asked.besoin, lexicon)
    rows = tuple(row for row in _rows(need, asked) if row.pieces or row.alternatives)
    words = " ".join(asked.besoin.split())[:200]
    plain = address("/fournisseurs", [("q", words)]) if len(words) > 1 and asked.query.q != words else None
    return Understood(asked.besoin, tuple(_cut(need)), rows, tuple(_notes(need, asked)), plain)


def _rows(need: Need, asked: Asked) -> Iterator[Row]:
    yield _trades(need, asked)
    yield from _places(need, asked)
    for name, pieces in (("kind", need.kinds), ("label", need.labels), ("service_type", need.service_types)):
        yield Row(title_of(name), tuple(_piece(name, one.code, one.label, one.spans, asked) for one in pieces))
    articles = (_piece("article", one.code, f"{one.code} : {one.label}", one.spans, asked) for one in need.articles)
    yield Row(title_of("article"), tuple(articles))
    yield Row("Montant", tuple(_amounts(need, asked)))
    yield Row("Noté, sans effet sur la recherche", tuple(_figures(need)))


def _trades(need: Need, asked: Asked) -> Row:
    note = "à confirmer" if need.status != "auto" else ""
    sure = tuple(
        _piece(
            "trade",
            match.id,
            match.label,
            _spans(match),
            asked,
            f"{note} ({percent(match.confidence)})" if note else "",
        )
        for match in need.sectors
    )
    chosen = {code for code in asked.query.trade if code not in {piece.value for piece in sure}}
    others = [match for match in need.alternatives if match.id not in chosen]
    picked = tuple(_piece("trade", m.id, m.label, _spans(m), asked) for m in need.alternatives if m.id in chosen)
    return Row("Métier", sure + picked, tuple(_other_trade(match, asked) for match in others[:4]))


def _other_trade(match: SectorMatch, asked: Asked) -> Alternative:
    return Alternative(match.label, asked.url(trade=(match.id,), q=None))


def _spans(match: SectorMatch) -> tuple[Span, ...]:
    return tuple(span for why in match.why for span in why.spans)


def _places(need: Need, asked: Asked) -> Iterator[Row]:
    for place in need.territory.places:
        ids = [place.territory] if place.territory else [one.id for one in place.candidates if place.together]
        labels = {one.id: one.label for one in place.candidates}
        pieces = tuple(_piece("territory", id_, labels.get(id_, id_), place.spans, asked) for id_ in ids)
        others = [one for one in place.candidates if one.id not in ids]
        chosen = tuple(
            _piece("territory", one.id, one.label, place.spans, asked)
            for one in others
            if one.id in asked.query.territory
        )
        left = [one for one in others if one.id not in asked.query.territory]
        kept = tuple(id_ for id_ in asked.query.territory if id_ not in labels)
        links = tuple(Alternative(one.label, asked.url(territory=(*kept, one.id))) for one in left[:6])
        yield Row("Lieu" if pieces or chosen else f"Lieu : « {place.text} », lequel ?", pieces + chosen, links)


def _piece(name: str, code: str, label: str, spans: Iterable[Span], asked: Asked, note: str = "") -> Piece:
    held = getattr(asked.query, name)
    words = tuple(dict.fromkeys(span.text for span in sorted(spans, key=lambda span: span.start)))
    if code in held:
        return Piece(name, title_of(name), label, words, True, removed(asked, name, code), value=code)
    changes: dict[str, Any] = {name: (*held, code)}
    url = asked.url(**changes)
    return Piece(name, title_of(name), label, words, False, url, note or "non appliqué", code)


def _amounts(need: Need, asked: Asked) -> Iterator[Piece]:
    """An amount may order by capacity: it does when the reader says so, as it may be with tax, or that of a year."""
    months = next((round(duration.max_months) for duration in need.durations), None)
    for amount in need.amounts:
        tax = f" {amount.tax}" if amount.tax else ", HT ou TTC non précisé"
        label = f"{number(amount.euros)} €{tax}{' par an' if amount.per_year else ''}"
        words = tuple(span.text for span in amount.spans)
        if asked.query.lot_amount == amount.euros:
            yield Piece(
                "lot_amount", "Montant", label, words, True, removed(asked, "lot_amount", ""), value=str(amount.euros)
            )
        elif amount.per_year or amount.tax == "TTC":
            yield Piece("", "Montant", label, words, False)
        else:
            url = asked.url(lot_amount=amount.euros, lot_months=months)
            yield Piece("lot_amount", "Montant", label, words, False, url, "n'ordonne pas par capacité")


def _figures(need: Need) -> Iterator[Piece]:
    for duration in need.durations:
        label = f"{number(duration.months)} mois"
        if duration.max_months > duration.months:
            label += f", {number(duration.max_months)} avec les reconductions"
        yield _noted("Durée", label, duration.spans)
    for quantity in need.quantities:
        yield _noted("Quantité", f"{number(quantity.value)} {quantity.unit}", quantity.spans)


def _noted(title: str, label: str, spans: Iterable[Span]) -> Piece:
    return Piece("", title, label, tuple(span.text for span in spans), False)


def _notes(need: Need, asked: Asked) -> Iterator[str]:
    if need.status == "to_confirm" and not asked.query.trade and not asked.query.q:
        yield "Aucun métier n'est assez sûr pour être appliqué : ces résultats n'en tiennent pas compte. Choisissez-en un."
    for correction in need.corrections:
        yield f"« {correction.written} » a été lu « {correction.read} »."
    yield from need.warnings


def _cut(need: Need) -> Iterator[tuple[str, bool]]:
    """The text cut where words were used, so that a page can mark them."""
    used = [False] * len(need.input)
    for span in _all_spans(need):
        used[span.start : span.end] = [True] * (span.end - span.start)
    start = 0
    for at in range(1, len(used) + 1):
        if at == len(used) or used[at] != used[start]:
            yield need.input[start:at], used[start]
            start = at


def _all_spans(need: Need) -> Iterator[Span]:
    for match in need.sectors:
        yield from _spans(match)
    yield from piece_spans(need)

"""Prepares the panel of the reading of a need: each piece with its words, whether it is applied, and its other readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from search_api.links import pairs
from search_api.pages.chips import removed
from search_api.pages.state import PageState, address
from search_api.pages.words import title_of
from vivier.french import euros_ht, kilometres, number, percent
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.needs import Applied, Need, applied, need_to_query, resolve_need
from vivier.needs.asked import piece_spans
from vivier.needs.distances import within_bounds
from vivier.needs.model import DistanceMatch, PlaceMatch, SectorMatch, Span
from vivier.needs.model import Piece as ReadPiece
from vivier.needs.parts import lots_of
from vivier.needs.query import NotApplied
from vivier.needs.shown import WHAT
from vivier.search.point import parse_point
from vivier.territory.phrases import of_place
from vivier.trades.table import STAFFING


@dataclass(frozen=True)
class Alternative:
    """Another reading, as a link. ``added``: the link that searches it as well, where several may be asked together."""

    label: str
    url: str | None
    added: str | None = None


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
    turns: tuple[Alternative, ...] = ()
    """What one click makes of it: a wish of what is required, or a requirement of a wish; a place or a trade of a word that is not understood."""


@dataclass(frozen=True)
class Row:
    """The pieces of one kind (trades, place…) and the alternatives."""

    title: str
    pieces: tuple[Piece, ...]
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Understood:
    """The need as read. ``parts``: its text cut at the words used, ``(text, used)``; ``plain``: the URL that searches
    its words as they are; ``lots``: the URL that studies its lots one by one, when it names several."""

    text: str
    parts: tuple[tuple[str, bool], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    plain: str | None
    lots: str | None
    corrects: tuple[tuple[str, str], ...]
    """The search as the fields of a form that sends it as a correction; empty when its trades are those read."""

    doubtful: bool
    """Whether the reader has something to see: a trade or a place that may be several things, or words that were not understood."""


def understood(state: PageState, lexicon: Lexicon) -> Understood | None:
    """The panel; ``None`` when the search was not written as a need."""
    if state.besoin is None:
        return None
    need = resolve_need(state.besoin, lexicon)
    rows = tuple(row for row in _rows(need, state, lexicon) if row.pieces or row.alternatives)
    words = " ".join(state.besoin.split())[:200]
    plain = address("/fournisseurs", [("q", words)]) if len(words) > 1 and state.query.q != words else None
    doubtful = any(row.alternatives and not any(piece.applied for piece in row.pieces) for row in rows)
    doubtful = doubtful or bool(need.unread)
    lots = _programme(state.besoin)
    corrects = _correction(need, state, lexicon)
    return Understood(
        state.besoin, tuple(_cut(need)), rows, tuple(_notes(need, state)), plain, lots, corrects, doubtful
    )


def _correction(need: Need, state: PageState, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """The fields that send the trades chosen as a correction of those read."""
    searched = {value for name, value in need_to_query(need, lexicon) if name == "trade"}
    sent = (*pairs(state.query), ("besoin", state.besoin or ""))
    return sent if set(state.query.trade) - searched or searched - set(state.query.trade) else ()


def _programme(need: str) -> str | None:
    """The page that studies the lots of a need one by one, with the place and the duration that it gives to all; ``None`` for fewer than two."""
    return address("/consultation", [("pasted", need)]) if len(lots_of(need)) > 1 else None


def _rows(need: Need, state: PageState, lexicon: Lexicon) -> Iterator[Row]:
    search = applied(need, lexicon)
    yield _trades(need, state)
    yield from _places(need, search, state, lexicon)
    for name, pieces in (("kind", need.kinds), ("label", need.labels), ("service_type", need.service_types)):
        filtering = (piece for piece in pieces if piece.strength != "part")  # a part is among what is not used
        own = tuple(_piece(*_parameter(name, piece), piece.label, piece.spans, state) for piece in filtering)
        yield Row(title_of(name), (*own, *_of_families(need, search, state)) if name == "label" else own)
    articles = (
        _piece("article", article.code, f"{article.code} : {article.label}", article.spans, state)
        for article in need.articles
    )
    yield Row(title_of("article"), tuple(articles))
    yield Row("Montant", tuple(_amounts(need, search, state)))
    unread, unused = _not_applied(need, search, state)
    yield Row(
        "Utilisé avec une supposition", tuple(_read(words) for words in search.assumed if words.what != "territory")
    )
    yield Row("Compris, mais pas utilisé pour chercher", unused)
    yield Row("Non compris", unread)


def _parameter(name: str, piece: ReadPiece) -> tuple[str, str]:
    """The parameter and the value of a piece: those that exclude, for one that is refused."""
    if piece.strength != "refused":
        return name, piece.code
    return ("not_trade", STAFFING) if piece.code == "staffing" else (f"not_{name}", piece.code)


def _of_families(need: Need, search: Applied, state: PageState) -> Iterator[Piece]:
    """The labels that a word names together with others: « éco-labellisé », « équitable », « écologique »."""
    own = {piece.code for piece in need.labels}
    for code in dict.fromkeys(code for name, code in search.pairs if name in ("label", "wish_label")):
        if code not in own:
            named = [piece for piece in need.families if piece.code in LABELS[code].families] or need.families
            spans = [span for piece in named for span in piece.spans]
            yield _piece("label", code, LABELS[code].name, spans, state)


def _trades(need: Need, state: PageState) -> Row:
    note = "à confirmer" if need.status != "auto" else ""
    sure = tuple(
        _piece(
            "trade",
            match.id,
            match.label,
            _spans(match),
            state,
            f"{note} ({percent(match.confidence)})" if note else "",
        )
        for match in need.sectors
    )
    chosen = {code for code in state.query.trade if code not in {piece.value for piece in sure}}
    others = [match for match in need.alternatives if match.id not in chosen]
    picked = tuple(_piece("trade", m.id, m.label, _spans(m), state) for m in need.alternatives if m.id in chosen)
    return Row("Métier", sure + picked, tuple(_other_trade(match, state) for match in others[:4]))


def _other_trade(match: SectorMatch, state: PageState) -> Alternative:
    added = state.url(trade=(*state.query.trade, match.id), q=None) if state.query.trade else None
    return Alternative(match.label, state.url(trade=(match.id,), q=None), added)


def _spans(match: SectorMatch) -> tuple[Span, ...]:
    return tuple(span for why in match.why for span in why.spans)


def _places(need: Need, search: Applied, state: PageState, lexicon: Lexicon) -> Iterator[Row]:
    for place in need.territory.places:
        distance = next((match for match in need.distances if match.place == place.text), None)
        if distance is not None and "near" in dict(search.pairs):
            yield _around(place, distance, search, state)
        else:
            yield _territory(place, distance, state, lexicon)


def _around(place: PlaceMatch, distance: DistanceMatch, search: Applied, state: PageState) -> Row:
    """A point and a radius, as one piece; the whole territory is the other reading."""
    circle = dict(search.pairs)
    near, km = circle["near"], float(circle["radius_km"])
    label = f"À moins de {kilometres(km)} {of_place(place.text)}" + (
        " (distance par défaut)" if distance.is_default else ""
    )
    words = tuple(span.text for span in sorted((*place.spans, *distance.spans), key=lambda span: span.start))
    is_applied = state.query.near == parse_point(near) and state.query.radius_km == km
    url = removed(state, "near", near) if is_applied else state.url(near=parse_point(near), radius_km=km, territory=())
    value = dict(pairs(state.query)).get("near", "")
    note = "" if is_applied else "non appliqué"
    piece = Piece("near", "Autour de", label, words, is_applied, url, note, value)
    whole = Alternative(place.candidates[0].label, state.url(near=None, radius_km=None, territory=_ids(place)))
    return Row("Lieu", (piece,), (whole,))


def _ids(place: PlaceMatch) -> tuple[str, ...]:
    """The ids of the territory, or of those meant together; empty when the place is uncertain."""
    if place.territory is not None:
        return (place.territory,)
    return tuple(candidate.id for candidate in place.candidates if place.together)


def _territory(place: PlaceMatch, distance: DistanceMatch | None, state: PageState, lexicon: Lexicon) -> Row:
    ids = _ids(place)
    labels = {candidate.id: candidate.label for candidate in place.candidates}
    pieces = tuple(_piece("territory", id_, labels.get(id_, id_), place.spans, state) for id_ in ids)
    others = [candidate for candidate in place.candidates if candidate.id not in ids]
    chosen = tuple(
        _piece("territory", candidate.id, candidate.label, place.spans, state)
        for candidate in others
        if candidate.id in state.query.territory
    )
    left = [candidate for candidate in others if candidate.id not in state.query.territory]
    elsewhere = tuple(id_ for id_ in state.query.territory if id_ not in labels)
    links = tuple(
        Alternative(candidate.label, _choice(candidate.id, elsewhere, distance, state, lexicon))
        for candidate in left[:6]
    )
    return Row("Lieu" if pieces or chosen else f"Lieu : « {place.text} », lequel ?", pieces + chosen, links)


def _choice(
    id_: str, elsewhere: tuple[str, ...], distance: DistanceMatch | None, state: PageState, lexicon: Lexicon
) -> str | None:
    """The URL of the search in one of several homonyms, or around it when the need gives a distance."""
    point = None if distance is None else lexicon.gazetteer.reference_point(id_)
    if distance is None or point is None:
        return state.url(territory=(*elsewhere, id_))
    return state.url(near=point, radius_km=within_bounds(distance.km), territory=elsewhere)


def _piece(name: str, code: str, label: str, spans: Iterable[Span], state: PageState, note: str = "") -> Piece:
    values = getattr(state.query, name)
    words = tuple(dict.fromkeys(span.text for span in sorted(spans, key=lambda span: span.start)))
    if code in values:
        turns = _turned(name, code, state, f"wish_{name}", "simple souhait")
        return Piece(name, title_of(name), label, words, True, removed(state, name, code), value=code, turns=turns)
    wish = f"wish_{name}"
    if code in getattr(state.query, wish, ()):
        turns = _turned(wish, code, state, name, "exiger")
        return Piece(wish, title_of(wish), label, words, True, removed(state, wish, code), value=code, turns=turns)
    changes: dict[str, Any] = {name: (*values, code)}
    url = state.url(**changes)
    return Piece(name, title_of(name), label, words, False, url, note or "non appliqué", code)


def _turned(name: str, code: str, state: PageState, into: str, label: str) -> tuple[Alternative, ...]:
    """The link that moves a value from one parameter to another, when the search has both: what is required becomes a wish, and back. A trade stays
    asked, since a search of wishes alone asks for nothing."""
    if name == "trade" or into not in type(state.query).model_fields:
        return ()
    left = tuple(value for value in getattr(state.query, name) if value != code)
    changes: dict[str, Any] = {name: left, into: (*getattr(state.query, into), code)}
    return (Alternative(label, state.url(**changes)),)


def _amounts(need: Need, search: Applied, state: PageState) -> Iterator[Piece]:
    """The amount that orders by capacity, with its months; the others are among what is not applied."""
    found = dict(search.pairs)
    if "lot_amount" not in found:
        return
    euros = float(found["lot_amount"])
    months = int(found["lot_months"]) if "lot_months" in found else None
    tax = "" if any(amount.tax for amount in need.amounts) else ", supposé hors taxes"
    label = f"{euros_ht(euros)}{tax}" + (f" sur {number(months)} mois" if months is not None else "")
    spans = (
        *(span for figure in need.amounts for span in figure.spans),
        *(span for figure in need.durations for span in figure.spans),
    )
    words = tuple(span.text for span in spans)
    if state.query.lot_amount == euros:
        url = removed(state, "lot_amount", "")
        yield Piece("lot_amount", "Montant", label, words, True, url, value=str(euros))
    else:
        url = state.url(lot_amount=euros, lot_months=months)
        yield Piece("lot_amount", "Montant", label, words, False, url, "n'ordonne pas par capacité")


def _not_applied(need: Need, search: Applied, state: PageState) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The words that nothing reads, then those that are read, not applied and shown by no other row, each with the reason."""
    words = {word.text for word in need.unread}
    every = [(left.text in words, left.what, _read(left)) for left in search.not_applied]
    unread = tuple(
        replace(piece, title="Mot" if what == "word" else piece.title, turns=_meant(piece.label, state))
        for read, what, piece in every
        if read
    )
    shown = ("trade", "territory", "service_type")
    return unread, tuple(piece for read, what, piece in every if not read and what not in shown)


def _read(words: NotApplied) -> Piece:
    return Piece("", WHAT[words.what].capitalize(), words.text, (), False, note=words.reason)


def _meant(word: str, state: PageState) -> tuple[Alternative, ...]:
    """What a reader may say of a word that is not understood. The page then shows what it is near to."""
    given = [*pairs(state.query.model_copy(update={"page": 1})), *state.own()]
    meanings = (("lieu", "c'est un lieu"), ("metier", "c'est un métier"))
    return tuple(Alternative(label, address(state.path, [*given, (name, word)])) for name, label in meanings)


def _notes(need: Need, state: PageState) -> Iterator[str]:
    if need.status == "to_confirm" and not state.query.trade and not state.query.q:
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

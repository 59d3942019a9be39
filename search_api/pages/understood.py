"""What was understood of a need: each piece with the words it came from, whether it filters, and what else it could be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from search_api.links import pairs
from search_api.pages.chips import removed
from search_api.pages.needs import piece_spans
from search_api.pages.state import Asked, address
from search_api.pages.words import title_of
from vivier.french import euros_ht, kilometres, number, percent
from vivier.lexicon import Lexicon
from vivier.needs import Applied, Need, applied, resolve_need
from vivier.needs.distances import within_bounds
from vivier.needs.model import DistanceMatch, PlaceMatch, SectorMatch, Span
from vivier.needs.shown import WHAT
from vivier.search.point import parse_point


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
    rows = tuple(row for row in _rows(need, asked, lexicon) if row.pieces or row.alternatives)
    words = " ".join(asked.besoin.split())[:200]
    plain = address("/fournisseurs", [("q", words)]) if len(words) > 1 and asked.query.q != words else None
    return Understood(asked.besoin, tuple(_cut(need)), rows, tuple(_notes(need, asked)), plain)


def _rows(need: Need, asked: Asked, lexicon: Lexicon) -> Iterator[Row]:
    search = applied(need, lexicon)
    yield _trades(need, asked)
    yield from _places(need, search, asked, lexicon)
    for name, pieces in (("kind", need.kinds), ("label", need.labels), ("service_type", need.service_types)):
        yield Row(title_of(name), tuple(_piece(name, one.code, one.label, one.spans, asked) for one in pieces))
    articles = (_piece("article", one.code, f"{one.code} : {one.label}", one.spans, asked) for one in need.articles)
    yield Row(title_of("article"), tuple(articles))
    yield Row("Montant", tuple(_amounts(need, search, asked)))
    yield Row("Non appliqué", tuple(_not_applied(search)))


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


def _places(need: Need, search: Applied, asked: Asked, lexicon: Lexicon) -> Iterator[Row]:
    for place in need.territory.places:
        distance = next((one for one in need.distances if one.place == place.text), None)
        if distance is not None and "near" in dict(search.pairs):
            yield _around(place, distance, search, asked)
        else:
            yield _territory(place, distance, asked, lexicon)


def _around(place: PlaceMatch, distance: DistanceMatch, search: Applied, asked: Asked) -> Row:
    """A point and a radius, as one piece; the whole territory is the other reading."""
    circle = dict(search.pairs)
    near, km = circle["near"], float(circle["radius_km"])
    label = f"À moins de {kilometres(km)} de {place.text}" + (" (distance par défaut)" if distance.is_default else "")
    words = tuple(span.text for span in sorted((*place.spans, *distance.spans), key=lambda span: span.start))
    is_applied = asked.query.near == parse_point(near) and asked.query.radius_km == km
    url = removed(asked, "near", near) if is_applied else asked.url(near=parse_point(near), radius_km=km, territory=())
    value = dict(pairs(asked.query)).get("near", "")
    note = "" if is_applied else "non appliqué"
    piece = Piece("near", "Autour de", label, words, is_applied, url, note, value)
    whole = Alternative(place.candidates[0].label, asked.url(near=None, radius_km=None, territory=_ids(place)))
    return Row("Lieu", (piece,), (whole,))


def _ids(place: PlaceMatch) -> tuple[str, ...]:
    """The territory, or those meant together; none in doubt."""
    if place.territory is not None:
        return (place.territory,)
    return tuple(one.id for one in place.candidates if place.together)


def _territory(place: PlaceMatch, distance: DistanceMatch | None, asked: Asked, lexicon: Lexicon) -> Row:
    ids = _ids(place)
    labels = {one.id: one.label for one in place.candidates}
    pieces = tuple(_piece("territory", id_, labels.get(id_, id_), place.spans, asked) for id_ in ids)
    others = [one for one in place.candidates if one.id not in ids]
    chosen = tuple(
        _piece("territory", one.id, one.label, place.spans, asked) for one in others if one.id in asked.query.territory
    )
    left = [one for one in others if one.id not in asked.query.territory]
    kept = tuple(id_ for id_ in asked.query.territory if id_ not in labels)
    links = tuple(Alternative(one.label, _choice(one.id, kept, distance, asked, lexicon)) for one in left[:6])
    return Row("Lieu" if pieces or chosen else f"Lieu : « {place.text} », lequel ?", pieces + chosen, links)


def _choice(
    id_: str, kept: tuple[str, ...], distance: DistanceMatch | None, asked: Asked, lexicon: Lexicon
) -> str | None:
    """The search of one of several homonyms, around it when the need says a distance."""
    point = None if distance is None else lexicon.gazetteer.reference_point(id_)
    if distance is None or point is None:
        return asked.url(territory=(*kept, id_))
    return asked.url(near=point, radius_km=within_bounds(distance.km), territory=kept)


def _piece(name: str, code: str, label: str, spans: Iterable[Span], asked: Asked, note: str = "") -> Piece:
    held = getattr(asked.query, name)
    words = tuple(dict.fromkeys(span.text for span in sorted(spans, key=lambda span: span.start)))
    if code in held:
        return Piece(name, title_of(name), label, words, True, removed(asked, name, code), value=code)
    changes: dict[str, Any] = {name: (*held, code)}
    url = asked.url(**changes)
    return Piece(name, title_of(name), label, words, False, url, note or "non appliqué", code)


def _amounts(need: Need, search: Applied, asked: Asked) -> Iterator[Piece]:
    """The amount that orders by capacity, with its months; the others are among what is not applied."""
    found = dict(search.pairs)
    if "lot_amount" not in found:
        return
    euros = float(found["lot_amount"])
    months = int(found["lot_months"]) if "lot_months" in found else None
    tax = "" if any(amount.tax for amount in need.amounts) else ", supposé hors taxes"
    label = f"{euros_ht(euros)}{tax}" + (f" sur {number(months)} mois" if months is not None else "")
    spans = (
        *(span for one in need.amounts for span in one.spans),
        *(span for one in need.durations for span in one.spans),
    )
    words = tuple(span.text for span in spans)
    if asked.query.lot_amount == euros:
        url = removed(asked, "lot_amount", "")
        yield Piece("lot_amount", "Montant", label, words, True, url, value=str(euros))
    else:
        url = asked.url(lot_amount=euros, lot_months=months)
        yield Piece("lot_amount", "Montant", label, words, False, url, "n'ordonne pas par capacité")


def _not_applied(search: Applied) -> Iterator[Piece]:
    """What no other row shows, with the reason."""
    for left in search.not_applied:
        if left.what not in ("trade", "territory", "service_type"):
            yield Piece("", WHAT[left.what].capitalize(), left.text, (), False, note=left.reason)


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

"""Renders the reading of a need, line by line in French, each piece with the words it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vivier.french import euros, kilometres, number, percent
from vivier.needs.model import Need, SectorMatch, Span
from vivier.needs.query import Applied

_STATES = {
    "auto": "Compris",
    "to_confirm": "À confirmer",
    "unresolved": "Aucun métier sûr ; les plus proches",
}


WHAT = {
    "trade": "métier",
    "cpv": "code CPV",
    "territory": "lieu",
    "distance": "distance",
    "kind": "type",
    "article": "article",
    "reserved_for": "réservation",
    "service_type": "type de prestation",
    "lot_amount": "montant",
    "lot_months": "durée",
    "quantity": "quantité",
    "label": "label",
    "characteristic": "caractéristique",
    "word": "non compris",
}
"""What each piece that is not applied is about, in French."""


_LEAST_SHOWN: Final = 0.01
"""The confidence under which another trade is not named: « 0 % » says nothing."""


def lines(need: Need, search: Applied) -> Iterator[str]:
    """The lines, the trades first, those that the search takes before the others; what it does not apply last."""
    searched = {value for name, value in search.pairs if name == "trade"}
    taken = [*need.sectors, *(match for match in need.alternatives if match.id in searched)]
    either = ", l'un de ces métiers" if need.status == "to_confirm" and len(taken) > 1 else ""
    if taken or need.alternatives:
        yield f"{_STATES[need.status]}{either} :"
    for match in taken or need.alternatives:
        yield f"  {_trade(match)}"
    others = [m for m in need.alternatives if taken and m not in taken and m.confidence >= _LEAST_SHOWN]
    if others:
        yield "Autres métiers possibles : " + " ; ".join(map(_trade, others))
    for code in need.cpv:
        yield f"CPV {code.code} {code.label} ({percent(code.confidence)})"
    for place in need.territory.places:
        meant = [candidate for candidate in place.candidates if place.territory in (None, candidate.id)]
        candidates = " ou ".join(f"{candidate.label} [{candidate.id}]" for candidate in meant)
        name = f"{place.read_as}, écrit « {place.text} »" if place.read_as else f"« {place.text} »"
        yield f"Lieu {name} : {candidates or place.territory}"
    for distance in need.distances:
        around = f" de {distance.place}" if distance.place is not None else ""
        default = ", distance par défaut" if distance.is_default else ""
        default = f", lus pour {number(distance.minutes)} minutes de route" if distance.minutes is not None else default
        yield f"Distance : moins de {kilometres(distance.km)}{around}{default} ({_words(distance.spans)})"
    yield from _pieces(need)
    for amount in need.amounts:
        yield (f"Montant : {euros(amount.euros)} {amount.tax or ''}".rstrip() + f" ({_words(amount.spans)})")
    for duration in need.durations:
        yield f"Durée : {number(duration.months)} mois, {number(duration.max_months)} au plus ({_words(duration.spans)})"
    for quantity in need.quantities:
        yield f"Quantité : {number(quantity.value)} {quantity.unit} ({_words(quantity.spans)})"
    for correction in need.corrections:
        yield f"« {correction.written} » lu « {correction.read} »"
    yield from need.warnings
    for words in search.assumed:
        yield f"Supposé, {WHAT[words.what]} « {words.text} » : {words.reason}."
    for left in search.not_applied:
        yield f"Non appliqué, {WHAT[left.what]} « {left.text} » : {left.reason}."


def _pieces(need: Need) -> Iterator[str]:
    """What is asked of who answers, or refused; a part is told with what is not applied."""
    for title, pieces in (
        ("Type", need.kinds),
        ("Label", need.labels),
        ("Famille de labels", need.families),
        ("Caractéristique", need.characteristics),
        ("Article", need.articles),
        ("Prestation", need.service_types),
    ):
        for piece in pieces:
            if piece.strength != "part":
                yield f"{'Exclu' if piece.strength == 'refused' else title} : {piece.label} ({_words(piece.spans)})"


def _trade(match: SectorMatch) -> str:
    words = ", ".join(dict.fromkeys(f"« {why.term} »" for why in match.why))
    return f"{match.label} [{match.id}] {percent(match.confidence)}" + (f", d'après {words}" if words else "")


def _words(spans: Iterable[Span]) -> str:
    return ", ".join(f"« {span.text} »" for span in spans)

"""What was understood of a need, line by line in French, each piece with the words it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vivier.french import euros, number, percent
from vivier.needs.model import Need, SectorMatch, Span

_STATES = {
    "auto": "Compris",
    "to_confirm": "À confirmer",
    "unresolved": "Aucun métier sûr ; les plus proches",
}


def lines(need: Need) -> Iterator[str]:
    """The lines, the trades first."""
    yield f"{_STATES[need.status]} :"
    for match in need.sectors or need.alternatives:
        yield f"  {_trade(match)}"
    if need.sectors and need.alternatives:
        yield "Autres métiers possibles : " + " ; ".join(_trade(match) for match in need.alternatives)
    for code in need.cpv:
        yield f"CPV {code.code} {code.label} ({percent(code.confidence)})"
    for place in need.territory.places:
        candidates = " ou ".join(f"{one.label} [{one.id}]" for one in place.candidates)
        yield f"Lieu « {place.text} » : {candidates if place.territory is None else place.territory}"
    for title, pieces in (
        ("Type", need.kinds),
        ("Label", need.labels),
        ("Article", need.articles),
        ("Prestation", need.service_types),
    ):
        for piece in pieces:
            yield f"{title} : {piece.label} ({_words(piece.spans)})"
    for amount in need.amounts:
        yield (f"Montant : {euros(amount.euros)} {amount.tax or ''}".rstrip() + f" ({_words(amount.spans)})")
    for duration in need.durations:
        yield f"Durée : {number(duration.months)} mois, {number(duration.max_months)} au plus ({_words(duration.spans)})"
    for correction in need.corrections:
        yield f"« {correction.written} » lu « {correction.read} »"
    yield from need.warnings


def _trade(match: SectorMatch) -> str:
    said = ", ".join(dict.fromkeys(f"« {why.term} »" for why in match.why))
    return f"{match.label} [{match.id}] {percent(match.confidence)}" + (f", d'après {said}" if said else "")


def _words(spans: Iterable[Span]) -> str:
    return ", ".join(f"« {span.text} »" for span in spans)

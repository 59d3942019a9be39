"""What was understood of a need, as parameters of a search: only what is certain."""

from __future__ import annotations

from vivier.lexicon import Lexicon
from vivier.needs.model import Need


def need_to_query(need: Need, lexicon: Lexicon) -> list[tuple[str, str]]:
    """(parameter, value) pairs of ``SupplierQuery``: trade, territory, kind, label, service_type.

    Trades only when ``status`` is ``auto``; a place only when it is one territory, or several meant together; a service
    type only when one of the trades can be bought so and is mostly bought otherwise: « intérim » says nothing more of
    staffing, and few suppliers publish how they sell.
    """
    trades = [match.id for match in need.sectors] if need.status == "auto" else []
    natures = {nature for code in trades for nature in lexicon.trades.get(code).nature[1:]}
    pairs = [("trade", code) for code in trades]
    pairs += [("territory", id) for id in _territories(need)]
    pairs += [("kind", piece.code) for piece in need.kinds]
    pairs += [("label", piece.code) for piece in need.labels]
    pairs += [
        ("service_type", piece.code)
        for piece in need.service_types
        if piece.code != "service" and piece.code in natures
    ]
    return list(dict.fromkeys(pairs))


def _territories(need: Need) -> list[str]:
    found: list[str] = []
    for place in need.territory.places:
        if place.territory is not None:
            found.append(place.territory)
        elif place.together:
            found += [candidate.id for candidate in place.candidates]
    return found

"""How the profile of a list moves when a lead is set aside as too far or too large: its radius, or the largest of its lots.

A move is a parameter of the address, shown as a chip and taken off by its cross: it is of who set the lead aside alone. One move takes away half of
the radius, or of the largest lot, at most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.profile import Profile
from vivier.law.parameters import value

LEAST_KM: Final = 5.0
"""The least radius that « too far » leaves, in km [ours]."""
MOST_OF_IT: Final = 0.5
"""The least share of the radius, or of the largest lot, that one refusal leaves [ours]."""
_UNDER: Final = 0.99


def moves(
    why: str, profile: Profile, lead: Mapping[str, Any], distance_km: float | None
) -> dict[str, tuple[float, float] | float]:
    """The parameters of the list without such leads, by the reason of a refusal (``far``, ``large``); empty when nothing is known of the distance, or of the amount, or when it moves nothing."""
    zone = profile.zone
    if why == "far" and zone.point is not None and zone.km is not None and distance_km is not None:
        km = max(LEAST_KM, zone.km * MOST_OF_IT, math.floor(distance_km * 10 - 1) / 10)
        return {"near": zone.point, "radius_km": round(km, 1)} if km < zone.km else {}
    yearly, means = yearly_amount(lead), profile.means
    if why == "large" and yearly is not None and means is not None:
        largest = means * value("largest_lot")
        most = max(largest * MOST_OF_IT, yearly * _UNDER)
        return {"lot_amount_most": float(math.floor(most))} if most < largest else {}
    return {}


def yearly_amount(lead: Mapping[str, Any]) -> float | None:
    """Euros a year of a contract, or at most of a notice; ``None`` when unknown."""
    amount, months = lead.get("amount") or lead.get("amount_max"), lead.get("months")
    return None if amount is None else float(amount) / max(1.0, (months or 12) / 12)


def moved(query: LeadsQuery, moves: Mapping[str, object]) -> LeadsQuery:
    """The query with its moves. A zone by territories is left: only a circle is narrowed."""
    if "radius_km" in moves and query.territory:
        return query
    return query.model_copy(update=dict(moves))

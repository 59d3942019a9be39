"""Whether a structure comes to a place: by its declared zone, else by a curve of the distance from its seat (``belief_reach.csv``).

``P = .93 / (1 + (d / half)^slope)``: ``half`` is the distance at which half of those that work at their own door still come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.law.parameters import value

RINGS_KM: Final = (2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 65.0, 80.0, 100.0, 130.0, 160.0, 200.0)
"""Kilometres at whose outer edge an engine reads the curve."""
NATION_RINGS_KM: Final = (100.0, 130.0, 160.0, 200.0, 300.0, 450.0, 600.0, 900.0)
"""Kilometres at whose outer edge an engine reads what is left of a zone that is the whole country."""
FARTHEST: Final = 0.02
"""The least probability of the curve that is told apart."""
DECLARED: Final = 0.95
"""Probability that a structure comes where it declares to come."""
AT_HOME: Final = 0.93
"""Probability that a structure works at its own door, when no zone says so: less than where it declares to come."""
OTHER: Final = "other"
"""The kind, in the tables of curves and of priors, of whoever has none of their kinds."""
INSIDE: Final = 0.8
"""Probability that a structure comes somewhere in the territory wider than a commune where its seat is, however far from the centre."""


@dataclass(frozen=True)
class Curve:
    """How far the structures of some kinds come: ``half`` in kilometres, ``slope`` without unit."""

    half: float
    slope: float

    def at(self, km: float) -> float:
        """The probability (0 to 1) of coming at ``km`` kilometres."""
        return float(AT_HOME / (1 + (km / self.half) ** self.slope))


@lru_cache(maxsize=1)
def curves() -> Mapping[str, Curve]:
    return {row["kind"]: Curve(float(row["half_km"]), float(row["slope"])) for row in read_table("belief_reach")}


def curve_of(kinds: Iterable[str]) -> Curve:
    """The curve of the kind that comes farthest; that of other companies without a kind."""
    return _curve_of(tuple(kinds))


@lru_cache(maxsize=4096)
def _curve_of(kinds: tuple[str, ...]) -> Curve:
    table = curves()
    return max((table[kind] for kind in kinds if kind in table), key=lambda curve: curve.half, default=table[OTHER])


def comes(kinds: Iterable[str], km: float | None) -> float | None:
    """The probability (0 to 1) that a structure comes at ``km`` kilometres from its seat; ``None`` when the distance is unknown."""
    return None if km is None else max(FARTHEST, curve_of(kinds).at(km))


def nationwide(km: float) -> float:
    """What is left (0 to 1) of a zone that is the whole country at ``km`` kilometres from the seat: it is a declaration, not a presence. 1 up to
    ``zone_near_km``, then half for each ``zone_half_km``."""
    return float(0.5 ** (max(km - value("zone_near_km"), 0.0) / value("zone_half_km")))

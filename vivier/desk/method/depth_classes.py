"""The classes of the depth of a supply, what is said of a territory that has nobody counted, the quadrants and the confidence
(docs/methods.md (c)): their codes, their French names, and the bounds between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

Level = Literal["offre_absente", "offre_unique", "offre_fragile", "offre_a_consolider", "offre_constituee"]
LEVELS: Final[dict[Level, str]] = {
    "offre_absente": "offre absente",
    "offre_unique": "offre unique",
    "offre_fragile": "offre fragile",
    "offre_a_consolider": "offre à consolider",
    "offre_constituee": "offre constituée",
}
"""From none to plenty: no structure, one structure, P(≥ 2 offers) under .50, under .80, from .80 on."""
Shown = Literal["unlisted", "to_ask"] | Level
SHOWN: Final[Mapping[str, str]] = {
    "unlisted": "hors de nos listes",
    "to_ask": "à appeler",
    **{str(level): text for level, text in LEVELS.items()},
}
"""What is said of a territory: its class; without any structure counted, that some are to be asked, or that the lists read have nobody in
the département. Neither is an absent supply."""
LIKELY, SURE = 0.50, 0.80
Quadrant = Literal["constituee", "gisement_inexploite", "a_renforcer", "emergente"]
QUADRANTS: Final[dict[Quadrant, str]] = {
    "constituee": "offre et achats en place",
    "gisement_inexploite": "offre en place, achats à développer",
    "a_renforcer": "achats en place, offre à renforcer",
    "emergente": "offre et achats à développer",
}
"""Supply and purchases of a territory. The supply is « en place » from the class « à consolider » on, so that both say the same."""
IN_PLACE: Final[tuple[Level, ...]] = ("offre_a_consolider", "offre_constituee")
CONFIDENCES: Final = ((0.75, "A"), (0.50, "B"), (0.25, "C"))


def level_of(count: int, two: float) -> Level:
    """The class of ``count`` structures whose probability of at least two offers is ``two``. It never falls when either rises."""
    if count < 2:
        return "offre_unique" if count else "offre_absente"
    return "offre_fragile" if two < LIKELY else "offre_a_consolider" if two < SURE else "offre_constituee"


def confidence_of(shares: Iterable[float]) -> str:
    """A, B, C or D, by the smallest share."""
    least = min(shares, default=0.0)
    return next((letter for bound, letter in CONFIDENCES if least >= bound), "D")

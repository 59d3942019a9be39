"""The supply chains (*filières*) that the Plan national pour des achats durables 2022-2025 names, as ready choices of trades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vivier.trades.table import Trades

FILIERE_NAMES: Final[Mapping[str, str]] = {
    "numerique": "Numérique",
    "alimentation-restauration": "Alimentation et restauration",
    "textile": "Textile",
    "automobile": "Automobile",
    "dechets": "Déchets",
    "espaces-verts": "Espaces verts",
    "transport": "Transport",
    "construction": "Construction",
}
"""Names by code."""
_TOGETHER: Final = {"alimentation-restauration": ("alimentation", "restauration-collective")}
"""The filières of the table that one choice joins."""


def trades_of_filiere(code: str, trades: Trades) -> tuple[str, ...]:
    """Codes of the trades of a filière, in the order of the table. Raises ``KeyError`` for an unknown one."""
    _ = FILIERE_NAMES[code]
    wanted = set(_TOGETHER.get(code, (code,)))
    return tuple(trade.code for trade in trades if not wanted.isdisjoint(trade.filiere))

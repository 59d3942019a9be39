"""Renders shares and indicators as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vivier.contracts.indicators import Dimension, IndicatorRow
from vivier.contracts.shares import Share


def share_body(share: Share) -> dict[str, Any]:
    """A share with what it counts and covers; shares in [0, 1], ``null`` when nothing is counted."""
    low, high = share.interval
    return {
        "n": share.n,
        "yes": share.yes,
        "no": share.no,
        "unknown": share.unknown,
        "coverage": rounded(share.coverage),
        "share_recorded": rounded(share.of_recorded),
        "share_all": rounded(share.of_all),
        "share_ceiling": rounded(share.ceiling),
        "interval_95": [round(low, 4), round(high, 4)],
        "conclusive": share.conclusive,
    }


def row_body(row: IndicatorRow) -> dict[str, Any]:
    """A row of indicators: one group of contracts."""
    counted = ("value", "label", "reserved", "criterion", "clause", "inclusive_undeclared")
    counts = {name: value for name, value in asdict(row).items() if name in counted}
    return {**counts, "social": _dimension(row.social), "environmental": _dimension(row.environmental)}


def _dimension(dimension: Dimension) -> dict[str, Any]:
    return {
        **share_body(dimension.share),
        "amounts": {
            "yes": round(dimension.amount_yes, 2),
            "recorded": round(dimension.amount_recorded, 2),
            "all": round(dimension.amount_all, 2),
            "contracts_with_amount": dimension.amount_known,
            "note_fr": "montants HT sur toute la durée, accords-cadres au maximum ; hors définition du PNAD",
        },
    }


def rounded(value: float | None) -> float | None:
    """The value to four decimals; ``None`` is unknown and stays ``None``."""
    return None if value is None else round(value, 4)

"""Renders shares and indicators as JSON."""

from __future__ import annotations

from vivier.bodies import Body, body_of
from vivier.contracts.indicators import Dimension, IndicatorRow
from vivier.contracts.shares import Share


class ShareBody(Body):
    n: int
    yes: int
    no: int
    unknown: int
    coverage: float | None
    share_recorded: float | None
    share_all: float | None
    share_ceiling: float | None
    interval_95: list[float]
    conclusive: bool


class RowBody(Body):
    value: str
    label: str
    social: DimensionBody
    environmental: DimensionBody
    reserved: int
    criterion: int
    clause: int
    inclusive_undeclared: int


class DimensionAmountsBody(Body):
    yes: float
    recorded: float
    all: float
    contracts_with_amount: int
    note_fr: str


class DimensionBody(ShareBody):
    amounts: DimensionAmountsBody


def share_body(share: Share) -> ShareBody:
    """A share with what it counts and covers; shares in [0, 1], ``null`` when nothing is counted."""
    low, high = share.interval
    return body_of(
        ShareBody,
        share,
        coverage=rounded(share.coverage),
        share_recorded=rounded(share.of_recorded),
        share_all=rounded(share.of_all),
        share_ceiling=rounded(share.ceiling),
        interval_95=[round(low, 4), round(high, 4)],
    )


def row_body(row: IndicatorRow) -> RowBody:
    """A row of indicators: one group of contracts."""
    return {
        "value": row.value,
        "label": row.label,
        "reserved": row.reserved,
        "criterion": row.criterion,
        "clause": row.clause,
        "inclusive_undeclared": row.inclusive_undeclared,
        "social": _dimension(row.social),
        "environmental": _dimension(row.environmental),
    }


def _dimension(dimension: Dimension) -> DimensionBody:
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

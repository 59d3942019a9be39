"""Renders the answers of ``/v1/feasibility`` and ``/v1/depth`` as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from typing_extensions import TypedDict

from vivier.bodies import Body, body_of
from vivier.desk.facts.experience import METHOD_VERSION as EXPERIENCE
from vivier.desk.facts.experience import Observed
from vivier.desk.facts.nearness import METHOD_VERSION as NEARNESS
from vivier.desk.method import clause, depth, feasibility, supply
from vivier.desk.method.depth import OVERLAP, Depth
from vivier.desk.method.depth_classes import QUADRANTS, SHOWN
from vivier.desk.method.offers import METHOD_VERSION as ODDS
from vivier.desk.method.verdict import Options, calibrated
from vivier.desk.study import Study
from vivier.desk.tell import advice
from vivier.desk.tell.body import experience_body
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.desk.tell.feasibility_body import (
    advice_body,
    feasibility_body,
    odds_body,
)
from vivier.desk.tell.feasibility_shapes import AdviceBody, FeasibilityBody, OddsBody
from vivier.desk.tell.shapes import ExperienceBody
from vivier.law.articles import NOTICE
from vivier.law.parameters import ParameterBody, described

STUDY_METHODS = {
    "feasibility": feasibility.METHOD_VERSION,
    "supply": supply.METHOD_VERSION,
    "offers": ODDS,
    "clause": clause.METHOD_VERSION,
    "advice": advice.METHOD_VERSION,
}
DEPTH_METHODS = {
    "depth": depth.METHOD_VERSION,
    "supply": supply.METHOD_VERSION,
    "offers": ODDS,
    "experience": EXPERIENCE,
    "nearness": NEARNESS,
}


class FeasibilityOneBody(FeasibilityBody):
    text: str
    advice: AdviceBody
    experience: ExperienceBody | None
    parameters: list[ParameterBody]
    notice: str


class DepthBody(Body):
    rows: list[TerritoryDepthBody]
    country: FiguresBody
    labels: list[str] | None
    classes: Mapping[str, str]
    overlap: str
    calibration: CalibrationBody
    parameters: list[ParameterBody]
    notice: str


class ObservedBody(Body, total=False):
    """What contracts show of the offers received; absent when none is indexed."""

    contracts: int
    offers: float
    could: float
    clause_contracts: int
    clause_offers: float
    observed_rate: float | None


class CalibrationBody(ObservedBody):
    basis: str
    rate: float
    text: str


_Class = TypedDict("_Class", {"class": "FiguresClassBody"})


class FiguresBody(Body, _Class):
    structures: int
    in_part: int
    sheets: int
    declared: int
    inferred: int
    by_article: dict[str, int]
    partly: int
    seated: int
    zone_unknown: int
    agreement_to_check: int
    seated_sites: int
    trade_unknown_sites: int
    trade_unknown_expected: list[float]
    distance_km: dict[str, float | None]
    turnover_known: int
    turnover_stale: int
    capacity: float | None
    masked: bool
    effective_number: float | None
    largest_lot: dict[str, float | None]
    fte: FiguresFteBody
    reference_lot: float | None
    able: int
    unknown: int
    odds: list[OddsBody]
    quadrant: dict[str, str] | None
    experience: dict[str, object] | None
    demand: dict[str, object] | None
    tension: float | None
    saturated: bool
    confidence: str
    proofs: dict[str, float]


class TerritoryDepthBody(FiguresBody):
    territory: str
    name: str


class FiguresFteBody(Body):
    known: int
    sum: float | None


class FiguresClassBody(Body):
    low: str
    high: str
    shown: str
    label_fr: str
    remarks: tuple[str, ...]


def study_body(study: Study) -> FeasibilityOneBody:
    """A feasibility study, with its structures named."""
    made = study.feasibility
    own = {"capacity_share": made.share} | (
        {"response_central": made.calibration.rate} if made.calibration.basis != "assumed" else {}
    )
    return {
        "text": study.text,
        "advice": advice_body(study.advice),
        **feasibility_body(made, (), listed=True),
        "experience": None if study.experience is None else experience_body(study.experience),
        "parameters": described((*feasibility.PARAMETERS, *advice.PARAMETERS), own, made.as_of),
        "notice": NOTICE,
    }


def depth_body(found: DepthMap) -> DepthBody:
    return {
        "rows": [row_body(row) for row in found.rows],
        "country": figures_body(found.country),
        "labels": None if found.labels is None else list(found.labels),
        "classes": SHOWN,
        "overlap": OVERLAP,
        "calibration": calibration_body(found.observed),
        "parameters": described(depth.PARAMETERS, {"capacity_share": found.share}),
        "notice": NOTICE,
    }


def calibration_body(observed: Observed | None) -> CalibrationBody:
    """The response rate observed in contracts, for information: classes are computed with the stated rate. Gives how many contracts
    it rests on, and how many have a clause."""
    made = calibrated(Options(), (observed, None))
    seen: ObservedBody = {}
    if observed is not None:
        seen = body_of(ObservedBody, observed, observed_rate=observed.rate)
    return {"basis": made.basis, "rate": made.rate, "text": made.text, **seen}


def row_body(row: DepthRow) -> TerritoryDepthBody:
    return {"territory": row.territory.id, "name": row.territory.name, **figures_body(row.depth)}


def figures_body(depth: Depth) -> FiguresBody:
    """The figures of a territory. ``null``: unknown; or, when ``masked``, known and not shown."""
    quadrant = None if depth.quadrant is None else {"code": depth.quadrant, "label_fr": QUADRANTS[depth.quadrant]}
    return {
        "structures": depth.count,
        "in_part": depth.in_part,
        "sheets": depth.around.sheets,
        "declared": depth.declared,
        "inferred": depth.inferred,
        "by_article": depth.by_article,
        "partly": depth.around.partly,
        "seated": depth.around.seated,
        "zone_unknown": depth.around.unplaced,
        "agreement_to_check": depth.around.to_check,
        "seated_sites": depth.around.seated_sites,
        "trade_unknown_sites": depth.around.untold,
        "trade_unknown_expected": [round(bound, 1) for bound in depth.around.expected],
        "distance_km": {"mean": _rounded(depth.around.mean_km, 1), "least": _rounded(depth.around.least_km, 1)},
        "turnover_known": depth.known,
        "turnover_stale": depth.stale,
        "capacity": depth.capacity,
        "masked": depth.masked,
        "effective_number": _rounded(depth.effective, 2),
        "largest_lot": {str(k): cap for k, cap in depth.largest.items()},
        "fte": {"known": depth.fte_known, "sum": depth.fte},
        "reference_lot": depth.reference,
        "able": depth.able,
        "unknown": depth.unknown,
        "odds": [odds_body(odds) for odds in (depth.low, depth.central, depth.high)],
        "class": {
            "low": depth.level_low,
            "high": depth.level_high,
            "shown": depth.shown,
            "label_fr": depth.level,
            "remarks": depth.remarks,
        },
        "quadrant": quadrant,
        "experience": None if depth.won is None else asdict(depth.won),
        "demand": None if depth.demand is None else asdict(depth.demand),
        "tension": _rounded(depth.tension, 3),
        "saturated": depth.saturated,
        "confidence": depth.confidence,
        "proofs": {name: round(share, 3) for name, share in depth.proofs.items()},
    }


def _rounded(figure: float | None, digits: int) -> float | None:
    return None if figure is None else round(figure, digits)

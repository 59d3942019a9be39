"""Answers of ``/v1/feasibility`` and ``/v1/depth`` as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vivier.desk.facts.experience import METHOD_VERSION as EXPERIENCE
from vivier.desk.facts.experience import Observed
from vivier.desk.facts.nearness import METHOD_VERSION as NEARNESS
from vivier.desk.method import clause, depth, feasibility, supply
from vivier.desk.method.depth import LEVELS, OVERLAP, QUADRANTS, Depth
from vivier.desk.method.offers import METHOD_VERSION as ODDS
from vivier.desk.method.verdict import Options, calibrated
from vivier.desk.study import Study
from vivier.desk.tell import advice
from vivier.desk.tell.body import experience_body
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.desk.tell.feasibility_body import advice_body, feasibility_body, odds_body
from vivier.law.articles import NOTICE
from vivier.law.parameters import described

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


def study_body(study: Study) -> dict[str, Any]:
    """A feasibility study, its structures by name."""
    made = study.feasibility
    own = {"capacity_share": made.share} | (
        {"response_central": made.calibration.rate} if made.calibration.basis != "assumed" else {}
    )
    return {
        "text": study.text,
        "advice": advice_body(study.advice),
        **feasibility_body(made, (), listed=True),
        "experience": None if study.experience is None else experience_body(study.experience),
        "parameters": described((*feasibility.PARAMETERS, *advice.PARAMETERS), own),
        "notice": NOTICE,
    }


def depth_body(found: DepthMap) -> dict[str, Any]:
    """A depth map."""
    return {
        "rows": [row_body(row) for row in found.rows],
        "country": figures_body(found.country),
        "classes": LEVELS,
        "overlap": OVERLAP,
        "calibration": calibration_body(found.observed),
        "parameters": described(depth.PARAMETERS, {"capacity_share": found.share}),
        "notice": NOTICE,
    }


def calibration_body(observed: Observed | None) -> dict[str, Any]:
    """What contracts say of the response rate: classes keep the stated one; contracts behind it, and those with a clause."""
    made = calibrated(Options(), observed)
    seen = {} if observed is None else {**asdict(observed), "observed_rate": observed.rate}
    return {"basis": made.basis, "rate": made.rate, "text": made.text, **seen}


def row_body(row: DepthRow) -> dict[str, Any]:
    """One territory."""
    return {"territory": row.territory.id, "name": row.territory.name, **figures_body(row.depth)}


def figures_body(one: Depth) -> dict[str, Any]:
    """The figures of a territory; ``null`` is not known, or known and not shown when ``masked``."""
    quadrant = None if one.quadrant is None else {"code": one.quadrant, "label_fr": QUADRANTS[one.quadrant]}
    return {
        "structures": one.count,
        "declared": one.declared,
        "inferred": one.inferred,
        "by_article": one.by_article,
        "partly": one.around.partly,
        "seated": one.around.seated,
        "zone_unknown": one.around.unplaced,
        "seated_sites": one.around.seated_sites,
        "trade_unknown_sites": one.around.untold,
        "distance_km": {"mean": _rounded(one.around.mean_km, 1), "least": _rounded(one.around.least_km, 1)},
        "turnover_known": one.known,
        "turnover_stale": one.stale,
        "capacity": one.capacity,
        "masked": one.masked,
        "effective_number": _rounded(one.effective, 2),
        "largest_lot": {str(k): cap for k, cap in one.largest.items()},
        "fte": {"known": one.fte_known, "sum": one.fte},
        "reference_lot": one.reference,
        "able": one.able,
        "unknown": one.unknown,
        "odds": [odds_body(odds) for odds in (one.low, one.central, one.high)],
        "class": {"low": one.level_low, "high": one.level_high, "label_fr": one.level, "remarks": one.remarks},
        "quadrant": quadrant,
        "experience": None if one.won is None else asdict(one.won),
        "demand": None if one.demand is None else asdict(one.demand),
        "tension": _rounded(one.tension, 3),
        "saturated": one.saturated,
        "confidence": one.confidence,
        "proofs": {name: round(share, 3) for name, share in one.proofs.items()},
    }


def _rounded(figure: float | None, digits: int) -> float | None:
    return None if figure is None else round(figure, digits)

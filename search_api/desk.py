"""Answers of the desk as JSON: articles with their status, structures, odds, what would change them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from vivier.desk import depth, feasibility, supply
from vivier.desk.assessment import VERDICTS, Assessment, Options, calibrated
from vivier.desk.depth import LEVELS, OVERLAP, QUADRANTS, Depth
from vivier.desk.depth_map import DepthMap, DepthRow
from vivier.desk.experience import METHOD_VERSION as EXPERIENCE
from vivier.desk.experience import Observed
from vivier.desk.feasibility import LEVERS, Change
from vivier.desk.nearness import METHOD_VERSION as NEARNESS
from vivier.desk.offers import METHOD_VERSION as ODDS
from vivier.desk.offers import Competition
from vivier.desk.reservable import APPLIES
from vivier.desk.study import Study
from vivier.desk.supply import EXCLUSIONS, NOTES, Excluded, Structure
from vivier.law import NOTICE, STATUS_WORDS, LawArticle, law, told

STUDY_METHODS = {"feasibility": feasibility.METHOD_VERSION, "supply": supply.METHOD_VERSION, "offers": ODDS}
DEPTH_METHODS = {
    "depth": depth.METHOD_VERSION,
    "supply": supply.METHOD_VERSION,
    "offers": ODDS,
    "experience": EXPERIENCE,
    "nearness": NEARNESS,
}


def study_body(study: Study) -> dict[str, Any]:
    """A feasibility study."""
    made = study.feasibility
    own = {"capacity_share": made.share} | (
        {"response_central": made.calibration.rate} if made.calibration.basis != "assumed" else {}
    )
    return {
        "text": study.text,
        "annual_amount": made.lot.annual,
        "recommended": made.recommended,
        "lever": {"code": made.lever, "label_fr": LEVERS[made.lever], "reason": made.reason},
        "calibration": asdict(made.calibration),
        "articles": [assessment_body(one, made) for one in made.assessments],
        "alternatives": [_alternative(one) for one in made.alternatives],
        "sensitivity": {"article": made.best.code, "changes": [change_body(one) for one in made.changes]},
        "experience": None if study.experience is None else _experience(study),
        "parameters": told(feasibility.PARAMETERS, own),
        "notice": NOTICE,
    }


def _experience(study: Study) -> dict[str, Any]:
    found = study.experience
    assert found is not None
    return {name: value for name, value in asdict(found).items() if name != "won"}


def assessment_body(one: Assessment, made: feasibility.Feasibility) -> dict[str, Any]:
    """One article."""
    return {
        "article": article_body(one.article),
        "applies": {"state": one.applies.state, "label_fr": APPLIES[one.applies.state], "reasons": one.applies.reasons},
        "verdict": {"code": one.verdict, "label_fr": VERDICTS[one.verdict]},
        "reliability": "indeterminate" if one.indeterminate else "ok",
        "eligible": one.supply.count,
        "declared": one.supply.declared,
        "inferred": one.supply.inferred,
        "agreement_date_unknown": one.supply.undated,
        "trade_unknown": one.supply.untold,
        "by_kind": one.supply.by_kind,
        "turnover_known": one.known,
        "largest_lot": {str(k): cap for k, cap in one.largest.items()},
        "odds": [odds_body(odds) for odds in (one.low, one.central, one.high)],
        "able": [structure_body(each, made) for each in one.split.able],
        "unable": [structure_body(each, made) for each in one.split.unable],
        "unknown": [structure_body(each, made) for each in one.split.unknown],
        "candidates": one.supply.candidates,
        "excluded": list(_excluded(one.excluded)),
    }


def article_body(article: LawArticle) -> dict[str, Any]:
    """An article of the table, with how sure we are of it."""
    return {
        "code": article.code,
        "title": article.title,
        "rule": article.rule,
        "status": article.status,
        "status_fr": STATUS_WORDS[article.status],
        "url": article.url,
    }


def structure_body(one: Structure, made: feasibility.Feasibility) -> dict[str, Any]:
    """One structure with its sites."""
    return {
        "id": one.site.id,
        "name": one.site.name,
        "siren": one.site.siren,
        "kinds": list(one.site.kinds),
        "coverage": one.site.zone,
        "zone_declared": one.site.declared,
        "trade_evidence": one.site.proof,
        "distance_km": one.site.distance_km,
        "turnover": one.turnover,
        "turnover_stale": one.stale(made.as_of),
        "agreement_date_unknown": one.site.undated,
        "sites": [site.id for site in one.sites],
    }


def _excluded(found: Iterable[Excluded]) -> Iterable[dict[str, Any]]:
    """Reasons with their structures; one that opposed is counted, never named."""
    groups: dict[str, list[Excluded]] = {}
    for one in found:
        groups.setdefault(one.reason, []).append(one)
    for reason, text in EXCLUSIONS.items():
        if reason in groups:
            named = [] if reason == "opposed" else [_named(one) for one in groups[reason]]
            yield {"reason": reason, "label_fr": text, "count": len(groups[reason]), "structures": named}


def _named(one: Excluded) -> dict[str, Any]:
    note = None if one.note is None else NOTES[one.note]
    kinds = [*one.candidate.kinds, *one.candidate.expired]
    return {"id": one.candidate.id, "name": one.candidate.name, "kinds": kinds, "note": one.note, "note_fr": note}


def odds_body(one: Competition) -> dict[str, Any]:
    """Odds of at least two offers at one response rate."""
    return {
        "rate": one.rate,
        "two_or_more": {name: round(getattr(one, name).two, 4) for name in ("low", "central", "high")},
        "none": {name: round(getattr(one, name).none, 4) for name in ("low", "central", "high")},
    }


def change_body(one: Change) -> dict[str, Any]:
    """What one change does."""
    return {
        "change": one.code,
        "label_fr": one.text,
        "article": one.article,
        "structures": one.counted,
        "more": one.more,
        "two_or_more": {"low": round(one.low, 4), "high": round(one.high, 4)},
        "verdict": {"code": one.verdict, "label_fr": VERDICTS[one.verdict]},
    }


def _alternative(one: feasibility.Alternative) -> dict[str, Any]:
    article = None if one.article is None else article_body(law()[one.article])
    return {"way": one.code, "text": one.text, "article": article, "annual_amount": one.amount}


def depth_body(found: DepthMap) -> dict[str, Any]:
    """A depth map."""
    return {
        "rows": [row_body(row) for row in found.rows],
        "country": figures_body(found.country),
        "classes": LEVELS,
        "overlap": OVERLAP,
        "calibration": calibration_body(found.observed),
        "parameters": told(depth.PARAMETERS, {"capacity_share": found.share}),
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

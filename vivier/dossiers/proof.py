"""What another program needs to recompute the figures of a lot: the inputs of each method, as rows with their hash.

``docs/check_dossier.py`` reads it, offline and with nothing of ours. Rows name nobody: they stay when a structure is withdrawn, so that
the figures of the copy can still be recomputed.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson

from vivier.bodies import Body
from vivier.clausier.hours import Estimate, Hours
from vivier.desk.consultation import LotStudy
from vivier.desk.method.feasibility import Feasibility
from vivier.desk.method.prospects import Prospect
from vivier.law.parameters import value

COLUMNS: Final = ("trade", "place", "size", "agreement", "replies", "answer")
"""Columns of a row of a structure: four probabilities, that of an answer when asked, and what it answered (« yes », « part », « no », « »)."""


class HoursProof(Body):
    """Insertion hours (docs/methods.md (e)). Each row: what the estimate is computed from."""

    method: str
    rows: dict[str, dict[str, float | None] | None]
    newly_assigned: float
    effort: float
    legal_hours: float
    sha256: str


class OddsProof(Body):
    """Odds (docs/methods.md (d)) of the article called under. ``rows``: one a structure that could do the lot, the most probable first;
    ``bearing`` and ``unsure``: probability to serve the place of those that can bear it, and of those of unknown size."""

    method: str
    article: str
    columns: list[str]
    rows: list[list[float | str]]
    bearing: list[float]
    unsure: list[float]
    confirmed: int
    rate: float
    enough_at: float
    sha256: str


class ProofBody(Body):
    hours: HoursProof | None
    odds: OddsProof


class LotProof(Body, total=False):
    """The member of a lot that was studied."""

    proof: ProofBody


def proof_of(study: LotStudy) -> LotProof:
    """The inputs of the figures of a lot; nothing for one that was not studied."""
    if study.feasibility is None:
        return {}
    return {"proof": {"hours": None if study.hours is None else _hours(study.hours), "odds": _odds(study.feasibility)}}


def _hours(hours: Hours) -> HoursProof:
    rows = {name: _row(getattr(hours, name)) for name in ("low", "central", "high")}
    return {
        "method": "e",
        "rows": rows,
        "newly_assigned": hours.newly_assigned,
        "effort": hours.effort,
        "legal_hours": value("legal_hours"),
        "sha256": hash_of(rows),
    }


def _row(estimate: Estimate | None) -> dict[str, float | None] | None:
    names = ("amount", "labour_share", "hourly_cost", "months", "local_fte", "placeable")
    return None if estimate is None else {name: getattr(estimate, name) for name in names}


def _odds(made: Feasibility) -> OddsProof:
    best = made.best
    rows = [_structure(prospect) for prospect in best.prospects.every]
    return {
        "method": "c, d",
        "article": best.code,
        "columns": list(COLUMNS),
        "rows": rows,
        "bearing": list(best.bearing),
        "unsure": list(best.unsure),
        "confirmed": best.confirmed,
        "rate": best.rate,
        "enough_at": value("verdict_confirmed"),
        "sha256": hash_of(rows),
    }


def _structure(prospect: Prospect) -> list[float | str]:
    factors = prospect.trade, prospect.place, prospect.size, prospect.agreement
    return [*factors, prospect.site.reply_rate, prospect.can or ""]


def hash_of(rows: Any) -> str:
    """The hash of rows: SHA-256 of their canonical JSON."""
    return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()

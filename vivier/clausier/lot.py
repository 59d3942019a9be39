"""The clauses proposed for a studied lot: those of its trades, filled with its hours, duration and launch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from vivier.bodies import Body
from vivier.clausier.wording import WHAT, Clause, ClauseBody, LotFigures, clause_body, clauses_for
from vivier.lexicon import Lexicon


class LotClausesBody(Body):
    notice: str
    proposed: list[ClauseBody]
    without: list[str]


def lot_clauses(lot: Mapping[str, Any], lexicon: Lexicon) -> LotClausesBody | None:
    """The clauses of a studied lot: the social ones of its first trade that has a template, the environmental ones of each. ``without``:
    names of its trades that have none. ``None`` for a lot that was not studied."""
    if not lot["studied"]:
        return None
    figures = _figures(lot)
    proposed: list[Clause] = []
    without: list[str] = []
    for trade in lot["understood"]["trades"]:
        made = clauses_for(trade["code"], figures, lexicon)
        social = any(clause.kind == "social" for clause in proposed)
        proposed += [clause for clause in made if clause.kind != "social" or not social]
        without += [] if made else [trade["label_fr"]]
    return {"notice": WHAT, "proposed": [clause_body(clause) for clause in proposed], "without": without}


def _figures(lot: Mapping[str, Any]) -> LotFigures:
    understood, hours = lot["understood"], lot["hours"] or {}
    launched = lot.get("settings", {}).get("launched")
    return LotFigures(
        understood["text"],
        (hours.get("central") or {}).get("insertion_hours"),
        hours.get("per_100k"),
        understood["months"],
        date.fromisoformat(launched) if launched else None,
        hours.get("hourly_cost"),
        understood["kind"] == "concession",
    )

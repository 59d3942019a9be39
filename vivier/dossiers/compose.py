"""Composes a dossier: the question, the answer, the data and methods behind it, and three hashes that anyone can compute again.

``list_sha256`` is the hash of the list, ``analysis_sha256`` that of the dossier without what issuing adds (id, dates, contacts),
``sha256`` that of the whole. The same question on the same data gives the same list and the same analysis.

What another program needs to recompute the figures of a lot: the inputs of each method, as rows with their hash.

``docs/check_dossier.py`` reads it, offline and with nothing of ours. Rows name nobody: they stay when a structure is withdrawn, so that
the figures of the copy can still be recomputed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

import orjson

from vivier.bodies import Body, body_of
from vivier.clausier.hours import Estimate, Hours
from vivier.clausier.seen import every_kind
from vivier.clausier.wording import WHAT, Clause, ClauseBody, LotFigures, clause_body, clauses_for
from vivier.desk import dossier as desk_dossier
from vivier.desk.consultation import Desk, LotStudy
from vivier.desk.dossier import FORMAT, LIMITS, METHODS, PARAMETERS, QUESTIONS
from vivier.desk.method.feasibility import Feasibility
from vivier.desk.method.prospects import Prospect
from vivier.desk.read.line import Line
from vivier.desk.read.understanding import understand
from vivier.desk.tell.body import board_body, study_body, totals
from vivier.desk.tell.conclusion import conclusion
from vivier.desk.tell.shapes import BoardBody
from vivier.dossiers.data import data_of, territories_of, warnings_of
from vivier.dossiers.listing import list_hash, listed
from vivier.dossiers.question import Question
from vivier.errors import NotFound
from vivier.law.parameters import described as parameters_told
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

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
    return body_of(HoursProof, hours, method="e", rows=rows, legal_hours=value("legal_hours"), sha256=hash_of(rows))


def _row(estimate: Estimate | None) -> dict[str, float | None] | None:
    names = ("amount", "labour_share", "hourly_cost", "months", "local_fte", "placeable")
    return None if estimate is None else {name: getattr(estimate, name) for name in names}


def _odds(made: Feasibility) -> OddsProof:
    best = made.best
    rows = [_structure(prospect) for prospect in best.prospects.every]
    return body_of(
        OddsProof,
        best,
        method="c, d",
        article=best.code,
        columns=list(COLUMNS),
        rows=rows,
        enough_at=value("verdict_confirmed"),
        sha256=hash_of(rows),
    )


def _structure(prospect: Prospect) -> list[float | str]:
    factors = prospect.trade, prospect.place, prospect.size, prospect.agreement
    return [*factors, prospect.site.reply_rate, prospect.can or ""]


def hash_of(rows: Any) -> str:
    """The hash of rows: SHA-256 of their canonical JSON."""
    return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()


class LotClausesBody(Body):
    notice: str
    proposed: list[ClauseBody]
    without: list[str]


def lot_clauses(lot: Mapping[str, Any], lexicon: Lexicon) -> LotClausesBody | None:
    """The clauses of a studied lot: the social ones of its first trade, the environmental ones of each. ``without``: names of its trades
    that have no environmental one. ``None`` for a lot that was not studied."""
    if not lot["studied"]:
        return None
    figures = _figures(lot)
    proposed: list[Clause] = []
    without: list[str] = []
    for trade in lot["understood"]["trades"]:
        made = clauses_for(trade["code"], figures, lexicon)
        social = any(clause.kind == "social" for clause in proposed)
        proposed += [clause for clause in made if clause.kind != "social" or not social]
        without += [] if any(clause.kind == "environmental" for clause in made) else [trade["label_fr"]]
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
        lot["recommended"] or lot["to_confirm"],
    )


ENVELOPE: Final = ("dossier_id", "created_at", "kept_until", "supersedes", "supersedes_sha256", "draws", "contact_log")
"""The members that issuing adds. The hash of the analysis does not depend on them."""
HASHES: Final = ("sha256", "analysis_sha256")
Advance = Callable[[int, int], None]


def compose(
    question: Question, snapshot: Snapshot, lexicon: Lexicon, advance: Advance = lambda done, of: None
) -> dict[str, Any]:
    """The dossier of a question on the data of a snapshot, not issued. Raises ``InvalidRequest`` for a setting out of range."""
    desk, lines = _read(question, snapshot, lexicon)
    made = [
        {**study_body(study, desk.settings), **proof_of(study)}
        for study in desk.programme(lines, advance, question.answers)
    ]
    seen = cache(lambda trade: every_kind(trade, snapshot, lexicon, elsewhere=False))
    lots = [
        lot | {"conclusion": conclusion(lot)} | _clauses(lot, lexicon, seen) for lot in listed(made, snapshot, lexicon)
    ]
    data = [
        data_of(generation, question.as_of)
        for generation in (desk.generation, desk.contracts)
        if generation is not None
    ]
    notices = [data_of(generation, question.as_of) for generation in snapshot.live("notices")]
    body: dict[str, object] = {
        "format": FORMAT,
        "title": question.settings.title,
        "as_of": question.as_of.isoformat(),
        "question": question.as_json(),
        "methods": dict(METHODS),
        "parameters": parameters_told(PARAMETERS, desk.settings.changed, desk.settings.as_of),
        "data": [*data, *notices],
        "territories": territories_of(lots, lexicon.gazetteer),
        "totals": totals(lots),
        "lots": lots,
        "questionnaire": list(QUESTIONS),
        "warnings": [*question.joined, *warnings_of(data, lots, desk.contracts is not None)],
        "limits": list(LIMITS),
    }
    return sealed(body)


def board(question: Question, snapshot: Snapshot, lexicon: Lexicon) -> list[BoardBody]:
    """One row a lot, in order: verdict, counts and hours (:func:`vivier.desk.tell.body.board_body`). Raises as :func:`compose`."""
    desk, lines = _read(question, snapshot, lexicon)
    return [board_body(glance) for glance in desk.board(lines, answers=question.answers)]


def compose_lot(question: Question, number: int, snapshot: Snapshot, lexicon: Lexicon) -> dict[str, object]:
    """The study of one line of a question, as in its dossier, with wordings of clauses seen in notices. Raises ``NotFound`` for a number that no line has, and as
    :func:`compose`."""
    desk, lines = _read(question, snapshot, lexicon)
    if number not in {line.row.line for line in lines}:
        raise NotFound(f"Aucun lot à la ligne {number} de cette étude.")
    [lot] = listed(
        [study_body(desk.line_of(lines, number, question.answers.get(number, ())), desk.settings)], snapshot, lexicon
    )
    return desk_dossier.plain(lot | _clauses(lot, lexicon, lambda trade: every_kind(trade, snapshot, lexicon)))


def _clauses(lot: Mapping[str, Any], lexicon: Lexicon, seen: Callable[[str], dict[str, Any]]) -> dict[str, object]:
    """The clauses proposed for a lot, with wordings ``seen`` for its first trade, as a member of its body; nothing for a lot that was not
    studied."""
    found = lot_clauses(lot, lexicon)
    return {} if found is None else {"clauses": found | {"seen": seen(lot["understood"]["trades"][0]["code"])}}


def _read(question: Question, snapshot: Snapshot, lexicon: Lexicon) -> tuple[Desk, list[Line]]:
    desk = Desk(snapshot, lexicon, question.settings.study_settings(question.as_of))
    return desk, [understand(row, lexicon, question.settings.place) for row in question.rows]


def sealed(body: dict[str, object]) -> dict[str, Any]:
    """The dossier with its hashes, and with only the types of JSON."""
    plain = desk_dossier.plain({name: value for name, value in body.items() if name not in HASHES})
    analysis = {name: value for name, value in plain.items() if name not in ENVELOPE} | {
        "list_sha256": list_hash(plain["lots"])
    }
    whole = {**plain, **analysis, "analysis_sha256": desk_dossier.digest(analysis)}
    return {**whole, "sha256": desk_dossier.digest(whole)}

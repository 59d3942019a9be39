"""A consultation as plain JSON: what the API answers, what pages and tables show, what a dossier keeps. One writing for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vivier.desk.consortium.body import consortium_body
from vivier.desk.consortium.text import Names
from vivier.desk.consultation import ROLES, Asked, LotStudy
from vivier.desk.facts.experience import Experience
from vivier.desk.facts.past import PROVISIONS, History, Past
from vivier.desk.method.duties import STATE_WORDS, Duty
from vivier.desk.method.hours import FORMULA, PARAMETERS, Estimate, Hours
from vivier.desk.read.understanding import STATES, Choice, Line
from vivier.desk.tell.feasibility_body import advice_body, article_body, feasibility_body, structure_body
from vivier.law.parameters import described


def line_body(line: Line) -> dict[str, Any]:
    """What was understood of a line, and what must or may be corrected."""
    return {
        "line": line.row.line,
        "lot": line.row.get("lot") or None,
        "input": dict(line.row.values),
        "state": line.state,
        "state_fr": STATES[line.state],
        "text": line.text,
        "trades": [_choice(one) for one in line.trades],
        "other_trades": [_choice(one) for one in line.other_trades],
        "territories": [_choice(one) for one in line.territories],
        "other_territories": [_choice(one) for one in line.other_territories],
        "cpv": list(line.cpv),
        "amount": line.amount,
        "months": line.months,
        "labour_share": line.labour_share,
        "category": line.category,
        "kind": line.kind,
        "launched": None if line.launched is None else line.launched.isoformat(),
        "errors": [
            {"field": one.field, "code": one.code, "message": one.message, "allowed": list(one.allowed)}
            for one in line.errors
        ],
        "notes": list(line.notes),
    }


def _choice(one: Choice) -> dict[str, Any]:
    return {"code": one.code, "label_fr": one.label, "confidence": round(one.confidence, 3)}


def study_body(study: LotStudy, asked: Asked) -> dict[str, Any]:
    """One lot, whole. A line that waits for a correction has only ``understood`` and ``notes``."""
    understood = line_body(study.line)
    if study.feasibility is None or study.advice is None:
        return {"understood": understood, "studied": False, "notes": list(study.notes)}
    trades = tuple((one.code, one.label) for one in study.line.trades)
    return {
        "understood": understood,
        "studied": True,
        "text": study.text,
        "advice": advice_body(study.advice),
        **feasibility_body(study.feasibility, trades, listed=False),
        "hours": None if study.hours is None else hours_body(study.hours, asked.changed),
        "duties": [_duty(one) for one in study.duties],
        "comparable": None if study.past is None else _past(study.past),
        "reserved_history": None if study.history is None else _history(study.history),
        "experience": None if study.experience is None else experience_body(study.experience),
        "consortium": None if study.consortium is None else consortium_body(study.consortium, _names(study.line)),
        "contacts": {
            "seed": study.seed,
            "order": "neutre, SHA-256 de la graine et de l'identifiant",
            "structures": [
                {**structure_body(one.structure, study.feasibility), "role": one.role, "role_fr": ROLES[one.role]}
                for one in study.contacts
            ],
        },
        "notes": list(study.notes),
    }


def _names(line: Line) -> Names:
    """How the line calls its trades and places."""
    said = {one.code: one.label for one in (*line.trades, *line.territories)}
    return Names(said.__getitem__, said.__getitem__)


def hours_body(one: Hours, changed: dict[str, float]) -> dict[str, Any]:
    """Hours with their formula and parameters in clear."""
    return {
        "low": _estimate(one.low),
        "central": _estimate(one.central),
        "high": _estimate(one.high),
        "per_100k": round(one.per_100k, 1),
        "labour_share": one.labour_share,
        "labour_source": None if one.labour is None else {"status": one.labour.status, "source": one.labour.source},
        "hourly_cost": one.hourly_cost,
        "effort": one.effort,
        "newly_assigned": one.kept,
        "formula": FORMULA,
        "parameters": described(PARAMETERS, changed),
        "warnings": list(one.warnings),
    }


def _estimate(one: Estimate | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "total_hours": round(one.total),
        "insertion_hours": round(one.insertion),
        "fte_years": round(one.fte_years, 2),
        "fte": round(one.fte, 2),
        "months_for_people": round(one.months_for_people, 1),
        "local_share": None if one.local_share is None else round(one.local_share, 4),
    }


def _duty(one: Duty) -> dict[str, Any]:
    return {
        "duty": one.duty,
        "article": article_body(one.article),
        "state": one.state,
        "state_fr": STATE_WORDS[one.state],
        "text": one.text,
        "draft": one.draft,
    }


def _past(one: Past) -> dict[str, Any]:
    return {
        "basis": one.basis,
        "total": one.total,
        "alike_in_size": one.alike,
        "social_unknown": one.unknown,
        "provisions": [{"code": code, "label_fr": PROVISIONS[code], "count": n} for code, n in one.provisions.items()],
        "offers": {"known": one.offers_known, "median": one.offers_median, "one_only": one.one_offer},
        "months_median": one.months_median,
        "listed": list(one.listed),
    }


def _history(one: History) -> dict[str, Any]:
    return {
        "territories": list(one.territories),
        "total": one.total,
        "in_trade": one.in_trade,
        "listed": list(one.listed),
    }


def experience_body(one: Experience) -> dict[str, Any]:
    """What some structures won, without saying which."""
    return {
        "months": one.months,
        "contracts": one.contracts,
        "structures": one.structures,
        "buyers": one.buyers,
        "reserved": one.reserved,
        "social": one.social,
    }


def totals(bodies: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Lines by lever and by state: what a programme says in one line."""
    counted: dict[str, int] = {}
    for body in bodies:
        names = [body["understood"]["state"], *([body["advice"]["lever"]] if body["studied"] else [])]
        for name in names:
            counted[name] = counted.get(name, 0) + 1
    return counted

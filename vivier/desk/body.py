"""A consultation as plain JSON: what the API answers, what pages and tables show, what a dossier keeps. One writing for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vivier.desk.advice import CONFIDENCES, Advice
from vivier.desk.assessment import VERDICTS, Assessment
from vivier.desk.consultation import Asked, LotStudy
from vivier.desk.duties import STATE_WORDS, Duty
from vivier.desk.feasibility import Feasibility
from vivier.desk.hours import FORMULA, PARAMETERS, Estimate, Hours
from vivier.desk.offers import BEARINGS, Competition
from vivier.desk.past import PROVISIONS, History, Past
from vivier.desk.reservable import APPLIES
from vivier.desk.supply import EXCLUSIONS, NOTES, Structure
from vivier.desk.understanding import STATES, Choice, Line
from vivier.law import STATUS_WORDS, LawArticle, told


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
    made = study.feasibility
    return {
        "understood": understood,
        "studied": True,
        "text": study.text,
        "advice": _advice(study.advice),
        "articles": [_assessment(one) for one in made.assessments],
        "recommended": made.recommended,
        "response_rate": {
            "value": made.calibration.rate,
            "basis": made.calibration.basis,
            "text": made.calibration.text,
        },
        "alternatives": [
            {"code": one.code, "text": one.text, "article": one.article, "amount": one.amount}
            for one in made.alternatives
        ],
        "sensitivity": [
            {
                "code": one.code,
                "text": one.text,
                "article": one.article,
                "counted": one.counted,
                "more": one.more,
                "at_least_two": [round(one.low, 4), round(one.high, 4)],
                "verdict": one.verdict,
                "verdict_fr": VERDICTS[one.verdict],
            }
            for one in made.changes
        ],
        "hours": None if study.hours is None else hours_body(study.hours, _changed(asked)),
        "duties": [_duty(one) for one in study.duties],
        "comparable": None if study.past is None else _past(study.past),
        "reserved_history": None if study.history is None else _history(study.history),
        "experience": _experience(study),
        "contacts": {
            "seed": study.seed,
            "order": "neutre, SHA-256 de la graine et de l'identifiant",
            "structures": [_structure(one, made) for one in study.contacts],
        },
        "notes": list(study.notes),
    }


def _article(one: LawArticle | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "code": one.code,
        "title": one.title,
        "rule": one.rule,
        "status": one.status,
        "status_fr": STATUS_WORDS.get(one.status, one.status),
        "url": one.url,
    }


def _advice(one: Advice) -> dict[str, Any]:
    return {
        "lever": one.lever,
        "lever_fr": one.title,
        "article": _article(one.article),
        "reason": one.reason,
        "confidence": one.confidence,
        "confidence_fr": CONFIDENCES[one.confidence],
        "confidence_reason": one.confidence_reason,
        "would_change": list(one.changes),
    }


def _odds(one: Competition) -> dict[str, Any]:
    return {
        "response_rate": one.rate,
        "at_least_two": {name: round(getattr(one, name).two, 4) for name in ("low", "central", "high")},
        "none": {name: round(getattr(one, name).none, 4) for name in ("low", "central", "high")},
    }


def _assessment(one: Assessment) -> dict[str, Any]:
    """One article: counts, exclusions by reason, capacity, odds, verdict. Every structure left out has one reason."""
    return {
        "article": _article(one.article),
        "applies": one.applies.state,
        "applies_fr": APPLIES[one.applies.state],
        "applies_reasons": list(one.applies.reasons),
        "verdict": one.verdict,
        "verdict_fr": VERDICTS[one.verdict],
        "indeterminate": one.indeterminate,
        "eligible": one.supply.count,
        "declared_zone": one.supply.declared,
        "inferred_zone": one.supply.inferred,
        "undated_agreement": one.supply.undated,
        "by_kind": dict(one.supply.by_kind),
        "capacity": {
            "able": len(one.split.able),
            "unable": len(one.split.unable),
            "unknown": len(one.split.unknown),
            "known_turnover": one.known,
            "largest_lot": {str(k): amount for k, amount in one.largest.items()},
        },
        "competition": [_odds(rate) for rate in (one.low, one.central, one.high)],
        "candidates": one.supply.candidates,
        "excluded": [
            {
                "id": left.candidate.id,
                "name": left.candidate.name,
                "siren": left.candidate.siren,
                "reason": left.reason,
                "reason_fr": EXCLUSIONS[left.reason],
                "note": left.note,
                "note_fr": None if left.note is None else NOTES.get(left.note, left.note),
            }
            for left in one.excluded
        ],
        "excluded_by_reason": {reason: sum(x.reason == reason for x in one.excluded) for reason in EXCLUSIONS},
    }


def _structure(one: Structure, made: Feasibility) -> dict[str, Any]:
    site = one.site
    bears = one.bears(made.lot.annual, made.share)
    return {
        "id": site.id,
        "name": site.name,
        "siren": site.siren,
        "siret": site.siret,
        "kinds": list(site.kinds),
        "commune": site.commune,
        "coverage": site.zone,
        "zone_published": site.declared,
        "trade_evidence": site.proof,
        "distance_km": site.distance_km,
        "capacity": bears,
        "capacity_fr": BEARINGS[bears],
        "turnover": one.turnover,
        "turnover_year": site.turnover_year,
        "sites": [other.siret or other.id for other in one.sites],
    }


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
        "parameters": told(PARAMETERS, changed),
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


def _changed(asked: Asked) -> dict[str, float]:
    given = {"hourly_cost": asked.hourly_cost, "effort": asked.effort}
    return {name: number for name, number in given.items() if number is not None}


def _duty(one: Duty) -> dict[str, Any]:
    return {
        "duty": one.duty,
        "article": _article(one.article),
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


def _experience(study: LotStudy) -> dict[str, Any] | None:
    one = study.experience
    if one is None:
        return None
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

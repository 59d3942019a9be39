"""Writes a consultation as plain JSON, the same for the API, the pages, the tables and the dossiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, cast

from vivier.bodies import body_of
from vivier.clausier.hours import EFFORTS, FORMULA, PARAMETERS, Estimate, Hours
from vivier.desk.consultation import Glance, LotStudy
from vivier.desk.facts.experience import Experience
from vivier.desk.facts.past import PROVISIONS, Past
from vivier.desk.method.contacts import ROLES
from vivier.desk.method.duties import STATE_WORDS, Duty
from vivier.desk.method.lever import LEVERS, enough
from vivier.desk.method.prospects import SURETIES
from vivier.desk.parts import parts_body
from vivier.desk.read.line import STATES, Choice, Line
from vivier.desk.read.lot_settings import SETTINGS
from vivier.desk.read.repairs import repairs
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell import shapes
from vivier.desk.tell.feasibility_body import (
    advice_body,
    feasibility_body,
    structure_body,
)
from vivier.desk.tell.green import green_body
from vivier.desk.tell.sourcing import sourcing_body
from vivier.desk.tell.together import Names, consortium_body
from vivier.french import whole
from vivier.law.articles import article_body
from vivier.law.parameters import LabourCost, LabourShare, described


def line_body(line: Line) -> shapes.LineBody:
    """The reading of a line, with what the user must or may correct."""
    return body_of(
        shapes.LineBody,
        line,
        line=line.row.line,
        lot=line.row.get("lot") or None,
        input=dict(line.row.values),
        state_fr=STATES[line.state],
        trades=[_choice(choice) for choice in line.trades],
        other_trades=[_choice(choice) for choice in line.other_trades],
        second_trades=[_choice(choice) for choice in line.second_trades],
        territories=[_choice(choice) for choice in line.territories],
        other_territories=[_choice(choice) for choice in line.other_territories],
        amount_range=None if line.money is None else body_of(shapes.LineAmountRangeBody, line.money),
        settings=_settings(asdict(line.own)),
        errors=[body_of(shapes.LineErrorsBody, error) for error in line.errors],
    )


def repairs_body(line: Line, usual: Sequence[Choice]) -> list[shapes.RepairBody]:
    """The cells of a line to repair. ``usual``: the places most written in the other lines."""
    return [
        body_of(
            shapes.RepairBody,
            repair,
            readings=[body_of(shapes.ReadingBody, each, label_fr=each.label) for each in repair.readings],
        )
        for repair in repairs(line, usual)
    ]


def _settings(values: Mapping[str, Any]) -> dict[str, object]:
    """Settings as plain JSON; ``null`` is not told."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _choice(choice: Choice) -> shapes.ChoiceBody:
    return {"code": choice.code, "label_fr": choice.label, "confidence": round(choice.confidence, 3)}


def study_body(study: LotStudy, settings: StudySettings) -> shapes.StudyBody | shapes.WaitingBody:
    """The study of one lot. A line that waits for a correction has only ``understood``, ``studied`` and ``notes``."""
    understood = line_body(study.line)
    if study.feasibility is None or study.advice is None:
        return {"understood": understood, "studied": False, "notes": list(study.notes)}
    own = settings.of(study.line)
    steps: shapes.StepsBody = {"sourcing": sourcing_body(study.steps)} if study.steps else {}
    parts: shapes.StepsBody = {"parts": parts_body(study.parts)} if study.parts else {}
    return {
        "understood": understood,
        "studied": True,
        "settings": _settings(
            {setting.name: getattr(own, setting.name, None) for setting in SETTINGS}
            | {"response_rate": own.options.rate}
        ),
        "text": study.text,
        "advice": advice_body(study.advice),
        **feasibility_body(study.feasibility, study.pooled, listed=False),
        "hours": None if study.hours is None else hours_body(study.hours, own.changed),
        "duties": [_duty(duty) for duty in study.duties],
        "environment": None
        if study.green is None
        else green_body(study.green, own.launched or own.as_of, study.advice.lever, study.feasibility.hours),
        **steps,
        **parts,
        "comparable": None if study.past is None else _past(study.past),
        "reserved_history": None if study.history is None else body_of(shapes.HistoryBody, study.history),
        "experience": None if study.experience is None else experience_body(study.experience),
        "consortium": None if study.consortium is None else consortium_body(study.consortium, _names(study.line)),
        "contacts": {
            "seed": study.seed,
            "order": "neutre, SHA-256 de la graine et de l'identifiant",
            "structures": [
                {
                    **structure_body(contact.structure, study.feasibility),
                    "role": contact.role,
                    "role_fr": ROLES[contact.role],
                }
                for contact in study.contacts
            ],
        },
        "notes": list(study.notes),
    }


def board_body(glance: Glance) -> shapes.BoardBody:
    """One row of a board: what was read, the lever, how sure it is, how many structures are known, likely and to ask, and the hours."""
    line = glance.line
    row = body_of(
        shapes.BoardLineBody,
        line,
        line=line.row.line,
        lot=line.row.get("lot") or None,
        state_fr=STATES[line.state],
        trades=[choice.label for choice in line.trades],
        territories=[choice.label for choice in line.territories],
        errors=[error.message for error in line.errors],
        studied=glance.advice is not None,
    )
    if glance.feasibility is None or glance.advice is None:
        return cast(shapes.BoardBody, row)
    best, advice = glance.feasibility.best, advice_body(glance.advice)
    return {
        **row,
        "article": None if advice["article"] is None else advice["article"]["code"],
        "lever": advice["lever"],
        "lever_fr": advice["lever_fr"],
        "reason": advice["reason"],
        "confidence": advice["confidence"],
        "confidence_fr": advice["confidence_fr"],
        "structures": {surety: best.prospects.count(surety) for surety in SURETIES},
        "at_least_two_able": round(best.prospects.able.two, 4),
        "enough_structures": round(enough(glance.feasibility.ground, glance.feasibility.lever), 4),
        "hours": None if glance.hours is None else _hours_of_board(glance.hours),
        "products": [duty.family for duty in glance.products],
    }


def board_totals(rows: Sequence[Mapping[str, Any]]) -> shapes.BoardTotalsBody:
    """How many lots have each lever, from the strongest; how many wait for a correction; the sum of their central hours, where known."""
    levers = Counter(row["lever"] for row in rows if row["studied"])
    hours = [row["hours"]["central"] for row in rows if row["studied"] and row["hours"] is not None]
    return {
        "lots": len(rows),
        "to_correct": sum(row["state"] == "to_correct" for row in rows),
        "levers": {lever: levers[lever] for lever in LEVERS if levers[lever]},
        "insertion_hours": sum(found for found in hours if found is not None),
    }


def _hours_of_board(hours: Hours) -> shapes.BoardHoursBody:
    low, central, high = (
        None if found is None else whole(found.insertion) for found in (hours.low, hours.central, hours.high)
    )
    return {"low": low, "central": central, "high": high, "per_100k": round(hours.per_100k, 1)}


def _names(line: Line) -> Names:
    """The names of the trades and places of a line."""
    labels = {choice.code: choice.label for choice in (*line.trades, *line.territories)}
    return Names(labels.__getitem__, labels.__getitem__)


def hours_body(hours: Hours, changed: dict[str, float]) -> shapes.HoursBody:
    """Hours with their formula and parameters."""
    return body_of(
        shapes.HoursBody,
        hours,
        low=_estimate(hours.low),
        central=_estimate(hours.central),
        high=_estimate(hours.high),
        by_effort=_by_effort(hours),
        per_100k=round(hours.per_100k, 1),
        labour_source=None if hours.labour is None else _source(hours.labour),
        hourly_cost=round(hours.hourly_cost, 2),
        hourly_cost_source=None if hours.cost is None else _source(hours.cost),
        formula=FORMULA,
        parameters=described(PARAMETERS, changed | {"hourly_cost": round(hours.hourly_cost, 2)}),
    )


def _source(known: LabourShare | LabourCost) -> dict[str, str]:
    return {"status": known.status, "source": known.source}


def _by_effort(hours: Hours) -> list[shapes.EffortBody]:
    """The insertion hours at each usual effort; nothing when no amount is sure."""
    found = ((effort, hours.at(effort)) for effort in EFFORTS)
    return [
        {"effort": effort, "low": whole(at[0]), "central": whole(at[1]), "high": whole(at[2])}
        for effort, at in found
        if at is not None
    ]


def _estimate(estimate: Estimate | None) -> shapes.EstimateBody | None:
    if estimate is None:
        return None
    return {
        "total_hours": whole(estimate.total),
        "insertion_hours": whole(estimate.insertion),
        "fte_years": round(estimate.fte_years, 2),
        "fte": round(estimate.fte, 2),
        "months_for_people": round(estimate.months_for_people, 1),
        "local_share": None if estimate.local_share is None else round(estimate.local_share, 4),
    }


def _duty(duty: Duty) -> shapes.DutyBody:
    return body_of(shapes.DutyBody, duty, article=article_body(duty.article), state_fr=STATE_WORDS[duty.state])


def _past(past: Past) -> shapes.PastBody:
    return body_of(
        shapes.PastBody,
        past,
        alike_in_size=past.alike,
        social_unknown=past.unknown,
        provisions=[{"code": code, "label_fr": PROVISIONS[code], "count": n} for code, n in past.provisions.items()],
        offers={"known": past.offers_known, "median": past.offers_median, "one_only": past.one_offer},
    )


def experience_body(experience: Experience) -> shapes.ExperienceBody:
    """The contracts that some structures won, without naming the structures."""
    return body_of(shapes.ExperienceBody, experience)


def totals(bodies: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Number of lines by lever and by state: the summary of a programme."""
    counted: dict[str, int] = {}
    for body in bodies:
        names = [body["understood"]["state"], *([body["advice"]["lever"]] if body["studied"] else [])]
        for name in names:
            counted[name] = counted.get(name, 0) + 1
    return counted

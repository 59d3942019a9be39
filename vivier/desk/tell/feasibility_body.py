"""Writes a feasibility study as plain JSON, the same for the API, the pages, the tables and the dossiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vivier.bodies import body_of
from vivier.desk.facts.presence import Presence
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.clause import PARTS, Carriers, Carrying
from vivier.desk.method.excluded import EXCLUSIONS, NOTES, Excluded
from vivier.desk.method.offers import BEARINGS, Competition
from vivier.desk.method.outcome import Change, Feasibility
from vivier.desk.method.prospects import SURETIES, Call, Prospects
from vivier.desk.method.reservable import APPLIES
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply
from vivier.desk.method.verdict import VERDICTS, Assessment, Calibration
from vivier.desk.tell import feasibility_shapes as shapes
from vivier.desk.tell.advice import CONFIDENCES, USEFULNESS, Advice
from vivier.law.articles import article_body

Trade = tuple[str, str]
"""A code and a French name."""


def feasibility_body(made: Feasibility, trades: Sequence[Trade], *, listed: bool) -> shapes.FeasibilityBody:
    """A study. ``trades``: those of the pools, in order; ``listed``: whether to list the structures of each article by name."""
    several = len(made.by_trade) > 1
    return {
        "annual_amount": made.lot.annual,
        "recommended": made.recommended,
        "to_confirm": made.to_confirm,
        "called_under": made.best.code,
        "first_calls": [call_body(call) for call in made.first_calls],
        "articles": [
            _assessment(assessment, made, trades if several else (), listed) for assessment in made.assessments
        ],
        "by_trade": [_of_trade(trade, some) for trade, some in zip(trades, made.by_trade, strict=True)]
        if several
        else [],
        "alone": [_alone(assessment) for assessment in made.alone],
        "clause": clause_body(made.hours),
        "presence": None if made.present is None else presence_body(made.present),
        "response_rate": _rate(made.calibration),
        "alternatives": [body_of(shapes.AlternativeBody, alternative) for alternative in made.alternatives],
        "sensitivity": [_change(change) for change in made.changes],
    }


def _rate(used: Calibration) -> shapes.RateBody:
    """The response rate used. ``usual``: the one that holds when the user gives none, ``null`` when it is this one."""
    return {
        "value": used.rate,
        "basis": used.basis,
        "text": used.text,
        "usual": None if used.usual is None else {"value": used.usual.rate, "text": used.usual.text},
    }


def advice_body(advice: Advice) -> shapes.AdviceBody:
    """The lever, the facts behind it and what would change it."""
    return body_of(
        shapes.AdviceBody,
        advice,
        lever_fr=advice.title,
        article=article_body(advice.article),
        usefulness_fr=USEFULNESS[advice.usefulness],
        confidence_fr=CONFIDENCES[advice.confidence],
        would_change=list(advice.changes),
    )


def clause_body(carriers: Carriers) -> shapes.ClauseBody:
    """The structures that can carry hours. Those « to_ask » are never counted as able. ``first_calls``: whom to call first for hours."""
    return {
        "lending": len(carriers.lending),
        "lending_by_kind": dict(carriers.lending_by_kind),
        "doing": len(carriers.doing),
        "to_ask": len(carriers.to_ask),
        "first_calls": list(map(_carrying_body, carriers.first_calls)),
    }


def _carrying_body(carrying: Carrying) -> shapes.CarryingBody:
    return {
        **_site_body(carrying.site),
        "part": carrying.part,
        "surety_fr": PARTS[carrying.part],
        "probability": round(carrying.probability, 3),
    }


def _site_body(site: Candidate) -> shapes.SiteBody:
    """A structure to call."""
    return body_of(shapes.SiteBody, site, kinds=list(site.possible_kinds))


def presence_body(presence: Presence) -> shapes.PresenceBody:
    """The inclusive sites of the place whatever their trade, counted by site as in a depth map."""
    return {
        "seated_sites": presence.seated,
        "reaching_sites": presence.reaching,
        "trade_unknown_sites": presence.silent,
        "unlisted": presence.unlisted or None,
    }


def structure_body(structure: Structure, made: Feasibility) -> shapes.StructureBody:
    """One structure with its sites, and whether it can bear the lot."""
    site, bears = structure.site, structure.bears(made.lot.annual, made.share)
    declared: shapes.AnsweredBody = (
        {"declared_volume": structure.volume} if structure.can is None and structure.volume is not None else {}
    )
    answered: shapes.AnsweredBody = (
        {} if structure.can is None else {"answer": {"can": structure.can, "volume": structure.volume}}
    )
    return {
        "id": site.id,
        "name": site.name,
        "siren": site.siren,
        "siret": site.siret,
        "kinds": list(site.possible_kinds),
        "commune": site.commune,
        "coverage": site.zone,
        "zone_published": site.declared,
        "trade_evidence": site.proof,
        "distance_km": site.distance_km,
        "capacity": bears,
        "capacity_fr": BEARINGS[bears],
        "turnover": structure.turnover,
        "turnover_year": site.turnover_year,
        **declared,
        "turnover_stale": structure.stale(made.as_of),
        "agreement_date_unknown": site.undated,
        "sites": [other.siret or other.id for other in structure.sites],
        **answered,
    }


def _assessment(
    assessment: Assessment, made: Feasibility, trades: Sequence[Trade], listed: bool
) -> shapes.AssessmentBody:
    """One article: counts, exclusions by reason, capacity, odds, verdict. Each excluded candidate has one reason."""
    split, small = assessment.split, assessment.split.too_small()
    names: shapes.ListedBody = {}
    if listed:
        names = {
            "able": [structure_body(each, made) for each in split.able],
            "unable": [structure_body(each, made) for each in split.unable],
            "unknown": [structure_body(each, made) for each in split.unknown],
        }
    reasons = Counter(left.reason for left in small) + Counter(assessment.supply.reasons)
    return {
        "article": article_body(assessment.article),
        "weakest_trade": trades[assessment.pool][0] if trades else None,
        "weakest_trade_fr": trades[assessment.pool][1] if trades else None,
        "applies": assessment.applies.state,
        "applies_fr": APPLIES[assessment.applies.state],
        "applies_reasons": list(assessment.applies.reasons),
        "verdict": assessment.verdict,
        "verdict_fr": VERDICTS[assessment.verdict],
        "reliability": "indeterminate" if assessment.indeterminate else "ok",
        "eligible": assessment.supply.count,
        "in_part": assessment.supply.in_part,
        "declared_zone": assessment.supply.declared,
        "inferred_zone": assessment.supply.inferred,
        "undated_agreement": assessment.supply.undated,
        "trade_unknown": assessment.supply.untold,
        "zone_unknown": assessment.supply.unplaced,
        "confirmed": assessment.confirmed,
        "by_kind": dict(assessment.supply.by_kind),
        "capacity": {
            "able": len(split.able),
            "unable": len(split.unable),
            "unknown": len(split.unknown),
            "known_turnover": assessment.known,
            "largest_lot": {str(k): amount for k, amount in assessment.largest.items()},
        },
        "competition": [odds_body(rate) for rate in (assessment.low, assessment.central, assessment.high)],
        "prospects": _prospects(assessment.prospects),
        "candidates": assessment.supply.candidates,
        "excluded": [*assessment.supply.once(_all_excluded), *map(_excluded, small)],
        "excluded_by_reason": {reason: reasons[reason] for reason in EXCLUSIONS},
        **names,
    }


def _prospects(made: Prospects) -> shapes.ProspectsBody:
    """Structures that could do the lot under an article, by how sure that is, and the odds when all are asked until they answer (``able``), when a part of
    them answer (``confirming``), and without asking (``offers``). ``enough``: how many to ask, the most probable first."""
    return {
        "known": made.count("known"),
        "likely": made.count("likely"),
        "to_ask": made.count("to_ask"),
        "expected": round(made.expected, 2),
        "able": {"at_least_one": round(1 - made.able.none, 4), "at_least_two": round(made.able.two, 4)},
        "confirming": {
            "at_least_one": round(1 - made.confirming.none, 4),
            "at_least_two": round(made.confirming.two, 4),
        },
        "enough": made.enough,
        "offers": {"at_least_one": round(1 - made.offers.none, 4), "at_least_two": round(made.offers.two, 4)},
    }


def call_body(call: Call) -> shapes.CallBody:
    """A structure to call first, with the probability that it can do the lot, its factors, and what its answer would change: the
    probability of two offers if it can and if it cannot, and how much it is expected to move."""
    prospect = call.prospect
    return {
        **_site_body(prospect.site),
        "in_part": prospect.site.in_part,
        "surety": prospect.surety,
        "surety_fr": SURETIES[prospect.surety],
        "probability": round(prospect.able, 3),
        "replies": {"rate": round(prospect.site.reply_rate, 2), "learnt": prospect.site.replies is not None},
        "factors": {name: round(getattr(prospect, name), 3) for name in ("trade", "place", "size", "agreement")},
        "two_offers": {"if_yes": round(call.yes, 4), "if_no": round(call.no, 4), "change": round(call.change, 4)},
    }


def _all_excluded(supply: Supply) -> tuple[shapes.ExcludedBody, ...]:
    return tuple(map(_excluded, supply.excluded))


def _excluded(left: Excluded) -> shapes.ExcludedBody:
    """One excluded candidate. One that opposed is counted and never named."""
    who: Candidate | None = None if left.reason == "opposed" else left.candidate
    return {
        "id": None if who is None else who.id,
        "name": None if who is None else who.name,
        "siren": None if who is None else who.siren,
        "siret": None if who is None else who.siret,
        "kinds": [] if who is None else [*who.kinds, *who.to_check, *who.expired],
        "reason": left.reason,
        "reason_fr": EXCLUSIONS[left.reason],
        "note": left.note,
        "note_fr": None if left.note is None else NOTES.get(left.note, left.note),
    }


def _of_trade(trade: Trade, assessments: Sequence[Assessment]) -> shapes.OfTradeBody:
    """The assessments of one trade, in short, for a lot of several trades."""
    return {"trade": trade[0], "label_fr": trade[1], "articles": [_short(assessment) for assessment in assessments]}


def _alone(assessment: Assessment) -> shapes.AloneBody:
    """Structures that do every trade, by name."""
    capable = (*assessment.split.able, *assessment.split.unknown)
    named = [{"id": each.site.id, "name": each.site.name, "siret": each.site.siret} for each in capable]
    return {**_short(assessment), "structures": named}


def _short(assessment: Assessment) -> shapes.ShortBody:
    return {
        "article": assessment.code,
        "eligible": assessment.supply.count,
        "trade_unknown": assessment.supply.untold,
        "zone_unknown": assessment.supply.unplaced,
        "able": len(assessment.split.able),
        "unable": len(assessment.split.unable),
        "unknown": len(assessment.split.unknown),
        "at_least_two": [round(assessment.central.low.two, 4), round(assessment.central.high.two, 4)],
        "verdict": assessment.verdict,
        "verdict_fr": VERDICTS[assessment.verdict],
    }


def odds_body(competition: Competition) -> shapes.OddsBody:
    """Probabilities of at least two offers, and of none, at one response rate."""
    return {
        "response_rate": competition.rate,
        "at_least_two": {name: round(getattr(competition, name).two, 4) for name in ("low", "central", "high")},
        "none": {name: round(getattr(competition, name).none, 4) for name in ("low", "central", "high")},
    }


def _change(change: Change) -> shapes.ChangeBody:
    return body_of(
        shapes.ChangeBody,
        change,
        at_least_two=[round(change.low, 4), round(change.high, 4)],
        verdict_fr=VERDICTS[change.verdict],
    )

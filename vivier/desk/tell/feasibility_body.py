"""A feasibility study as plain JSON: the one writing of it, for the API, pages, tables and dossiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from vivier.desk.facts.presence import Presence
from vivier.desk.method.clause import Carriers
from vivier.desk.method.feasibility import Alternative, Change, Feasibility
from vivier.desk.method.offers import BEARINGS, Competition
from vivier.desk.method.reservable import APPLIES
from vivier.desk.method.supply import EXCLUSIONS, NOTES, Candidate, Excluded, Structure
from vivier.desk.method.verdict import VERDICTS, Assessment
from vivier.desk.tell.advice import CONFIDENCES, USEFULNESS, Advice
from vivier.law.articles import STATUS_WORDS, LawArticle

Trade = tuple[str, str]
"""A code and a French name."""


def feasibility_body(made: Feasibility, trades: Sequence[Trade], *, listed: bool) -> dict[str, Any]:
    """A study. ``trades``: those of the pools, in order; ``listed``: with the structures of each article by name."""
    several = len(made.by_trade) > 1
    return {
        "annual_amount": made.lot.annual,
        "recommended": made.recommended,
        "articles": [_assessment(one, made, trades if several else (), listed) for one in made.assessments],
        "by_trade": [_of_trade(one, some) for one, some in zip(trades, made.by_trade, strict=True)] if several else [],
        "alone": [_alone(one) for one in made.alone],
        "clause": clause_body(made.hours),
        "presence": None if made.present is None else presence_body(made.present),
        "response_rate": {
            "value": made.calibration.rate,
            "basis": made.calibration.basis,
            "text": made.calibration.text,
        },
        "alternatives": [_alternative(one) for one in made.alternatives],
        "sensitivity": [_change(one) for one in made.changes],
    }


def advice_body(one: Advice) -> dict[str, Any]:
    """The lever, what it rests on and what would change it."""
    return {
        "lever": one.lever,
        "lever_fr": one.title,
        "article": article_body(one.article),
        "reason": one.reason,
        "facts": list(one.facts),
        "usefulness": one.usefulness,
        "usefulness_fr": USEFULNESS[one.usefulness],
        "confidence": one.confidence,
        "confidence_fr": CONFIDENCES[one.confidence],
        "confidence_reason": one.confidence_reason,
        "would_change": list(one.changes),
    }


def article_body(one: LawArticle | None) -> dict[str, Any] | None:
    """An article of the table, with how sure we are of it."""
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


def clause_body(one: Carriers) -> dict[str, Any]:
    """Who can carry hours; « to_ask » are never counted as able."""
    return {
        "lending": len(one.lending),
        "lending_by_kind": dict(one.lending_by_kind),
        "doing": len(one.doing),
        "to_ask": len(one.to_ask),
    }


def presence_body(one: Presence) -> dict[str, int]:
    """Who is on the place whatever its trade, site by site: a map of depth counts the same."""
    return {"seated_sites": one.seated, "reaching_sites": one.reaching, "trade_unknown_sites": one.silent}


def structure_body(one: Structure, made: Feasibility) -> dict[str, Any]:
    """One structure with its sites, and what it bears of the lot."""
    site, bears = one.site, one.bears(made.lot.annual, made.share)
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
        "turnover": one.turnover,
        "turnover_year": site.turnover_year,
        "turnover_stale": one.stale(made.as_of),
        "agreement_date_unknown": site.undated,
        "sites": [other.siret or other.id for other in one.sites],
    }


def _assessment(one: Assessment, made: Feasibility, trades: Sequence[Trade], listed: bool) -> dict[str, Any]:
    """One article: counts, exclusions by reason, capacity, odds, verdict. Everyone left out has one reason."""
    lists = ("able", "unable", "unknown") if listed else ()
    out = one.excluded
    reasons = Counter(left.reason for left in out)
    return {
        "article": article_body(one.article),
        "weakest_trade": trades[one.pool][0] if trades else None,
        "weakest_trade_fr": trades[one.pool][1] if trades else None,
        "applies": one.applies.state,
        "applies_fr": APPLIES[one.applies.state],
        "applies_reasons": list(one.applies.reasons),
        "verdict": one.verdict,
        "verdict_fr": VERDICTS[one.verdict],
        "reliability": "indeterminate" if one.indeterminate else "ok",
        "eligible": one.supply.count,
        "declared_zone": one.supply.declared,
        "inferred_zone": one.supply.inferred,
        "undated_agreement": one.supply.undated,
        "trade_unknown": one.supply.untold,
        "zone_unknown": one.supply.unplaced,
        "by_kind": dict(one.supply.by_kind),
        "capacity": {
            **{name: len(getattr(one.split, name)) for name in ("able", "unable", "unknown")},
            "known_turnover": one.known,
            "largest_lot": {str(k): amount for k, amount in one.largest.items()},
        },
        "competition": [odds_body(rate) for rate in (one.low, one.central, one.high)],
        "candidates": one.supply.candidates,
        "excluded": [_excluded(left) for left in out],
        "excluded_by_reason": {reason: reasons[reason] for reason in EXCLUSIONS},
        **{name: [structure_body(each, made) for each in getattr(one.split, name)] for name in lists},
    }


def _excluded(left: Excluded) -> dict[str, Any]:
    """One candidate left out; one that opposed is counted, never named."""
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


def _of_trade(trade: Trade, assessments: Sequence[Assessment]) -> dict[str, Any]:
    """One trade of a lot of several, in short."""
    return {"trade": trade[0], "label_fr": trade[1], "articles": [_short(one) for one in assessments]}


def _alone(one: Assessment) -> dict[str, Any]:
    """Structures that do every trade, by name."""
    capable = (*one.split.able, *one.split.unknown)
    named = [{"id": each.site.id, "name": each.site.name, "siret": each.site.siret} for each in capable]
    return {**_short(one), "structures": named}


def _short(one: Assessment) -> dict[str, Any]:
    return {
        "article": one.code,
        "eligible": one.supply.count,
        "trade_unknown": one.supply.untold,
        "zone_unknown": one.supply.unplaced,
        "able": len(one.split.able),
        "unable": len(one.split.unable),
        "unknown": len(one.split.unknown),
        "at_least_two": [round(one.central.low.two, 4), round(one.central.high.two, 4)],
        "verdict": one.verdict,
        "verdict_fr": VERDICTS[one.verdict],
    }


def odds_body(one: Competition) -> dict[str, Any]:
    """Odds of at least two offers, and of none, at one response rate."""
    return {
        "response_rate": one.rate,
        "at_least_two": {name: round(getattr(one, name).two, 4) for name in ("low", "central", "high")},
        "none": {name: round(getattr(one, name).none, 4) for name in ("low", "central", "high")},
    }


def _alternative(one: Alternative) -> dict[str, Any]:
    return {"code": one.code, "text": one.text, "article": one.article, "amount": one.amount}


def _change(one: Change) -> dict[str, Any]:
    return {
        "code": one.code,
        "text": one.text,
        "article": one.article,
        "counted": one.counted,
        "more": one.more,
        "at_least_two": [round(one.low, 4), round(one.high, 4)],
        "verdict": one.verdict,
        "verdict_fr": VERDICTS[one.verdict],
    }

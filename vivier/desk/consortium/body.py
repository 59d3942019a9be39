"""Groups as plain JSON: what the API answers, what pages and tables show, what a dossier keeps."""

from __future__ import annotations

from typing import Any

from vivier.desk.consortium.need import CAPACITIES, ROLES, Block, Group, Need, Together, Unit
from vivier.desk.consortium.read import Studied
from vivier.desk.consortium.text import FORMS, PROPOSED, Names, block_text, gaps, group_text, summary
from vivier.law.articles import ARTICLES, STATUS_WORDS


def consortium_body(studied: Studied, names: Names) -> dict[str, Any]:
    """The answer whole. ``contracts``: those cited, by id. ``past_known`` false: no contract is indexed, so past work is unknown."""
    found = studied.found
    return {
        "text": summary(found, names),
        "eligible": found.eligible,
        "optimal": found.optimal,
        "annual_amount": found.need.total,
        "parts": [{"territory": part, "name": names.part(part)} for part in found.need.parts],
        "groups": [_group(one, found.need, names) for one in found.groups],
        "blocks": [_block(one, found.need, names) for one in found.blocks],
        "past_known": studied.past_known,
        "contracts": [dict(one) for one in studied.cited.values()],
        "notes": [PROPOSED, FORMS],
    }


def _group(one: Group, need: Need, names: Names) -> dict[str, Any]:
    return {
        "members": [_member(unit, need, names) for unit in one.members],
        "size": len(one.members),
        "article": None if one.article is None else _article(one.article),
        "legal": list(one.legal),
        "capacity": {
            "state": one.capacity,
            "state_fr": CAPACITIES[one.capacity],
            "known": one.bears,
            "unknown_members": one.unknown,
            "slack": one.slack,
        },
        "together": [_together(pair) for pair in one.together],
        "distance_km": None if one.distance_km is None else round(one.distance_km, 1),
        "gaps": list(gaps(one, need)),
        "text": group_text(one, need, names),
    }


def _article(code: str) -> dict[str, Any]:
    one = ARTICLES[code]
    return {
        "code": code,
        "title": one.title,
        "rule": one.rule,
        "status": one.status,
        "status_fr": STATUS_WORDS.get(one.status, one.status),
        "url": one.url,
    }


def _member(one: Unit, need: Need, names: Names) -> dict[str, Any]:
    """One member, with its line of the matrix: trade by trade, the parts it serves."""
    site = one.site
    return {
        "id": site.id,
        "name": site.name,
        "siren": site.siren,
        "siret": site.siret,
        "kinds": list(site.kinds),
        "role": one.role,
        "role_fr": ROLES[one.role],
        "counted": one.counted,
        "trades": [
            {"trade": trade, "label_fr": names.trade(trade), "does": bool(parts), "parts": parts}
            for trade in need.trades
            for parts in [[part for part in need.parts if (trade, part) in one.cells]]
        ],
        "coverage": site.zone,
        "zone_declared": site.declared,
        "trade_evidence": site.proof,
        "capacity": one.capacity,
        "turnover": one.structure.turnover,
        "distance_km": site.distance_km,
        "networks": list(site.networks),
        "sites": [each.id for each in one.structure.sites],
    }


def _together(one: Together) -> dict[str, Any]:
    return {
        "sirens": list(one.pair),
        "contracts": list(one.contracts),
        "lots": list(one.lots),
        "networks": list(one.networks),
    }


def _block(one: Block, need: Need, names: Names) -> dict[str, Any]:
    near = one.nearest
    return {
        "reason": one.code,
        "trade": None if one.cell is None else one.cell[0],
        "territory": None if one.cell is None else one.cell[1],
        "most_bearable": one.amount,
        "nearest": None
        if near is None
        else {
            "id": near.id,
            "name": near.name,
            "siret": near.siret,
            "kinds": list(near.kinds),
            "distance_km": near.distance_km,
            "why": one.why,
        },
        "text": block_text(one, need, names),
    }

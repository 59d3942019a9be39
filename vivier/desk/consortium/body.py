"""Groups as plain JSON, for the answers of the API, the pages, the tables and the dossiers."""

from __future__ import annotations

from vivier.bodies import Body, body_of
from vivier.desk.consortium.need import CAPACITIES, ROLES, Block, Group, Need, Together, Unit
from vivier.desk.consortium.read import CitedBody, Studied
from vivier.desk.consortium.text import FORMS, PROPOSED, Names, block_text, gaps, group_text, summary
from vivier.law.articles import ArticleBody, article_body, article_on


class ConsortiumPartsBody(Body):
    territory: str
    name: str


class ConsortiumBody(Body):
    text: str
    eligible: int
    optimal: bool
    annual_amount: float | None
    parts: list[ConsortiumPartsBody]
    groups: list[GroupBody]
    blocks: list[BlockBody]
    past_known: bool
    contracts: list[CitedBody]
    notes: list[str]


class GroupCapacityBody(Body):
    state: str
    state_fr: str
    known: float
    unknown_members: int
    slack: float | None


class GroupBody(Body):
    members: list[MemberBody]
    size: int
    article: ArticleBody | None
    legal: list[str]
    capacity: GroupCapacityBody
    together: list[TogetherBody]
    distance_km: float | None
    gaps: list[str]
    text: str


class MemberTradesBody(Body):
    trade: str
    label_fr: str
    does: bool
    parts: list[str]


class MemberBody(Body):
    id: str
    name: str
    siren: str | None
    siret: str | None
    kinds: list[str]
    role: str
    role_fr: str
    counted: bool
    trades: list[MemberTradesBody]
    coverage: str
    zone_declared: bool
    trade_evidence: str | None
    capacity: float | None
    turnover: float | None
    distance_km: float | None
    networks: list[str]
    sites: list[str]


class TogetherBody(Body):
    sirens: list[str]
    contracts: list[str]
    lots: list[str]
    networks: list[str]


class BlockNearestBody(Body):
    id: str
    name: str
    siret: str | None
    kinds: list[str]
    distance_km: float | None
    why: str | None


class BlockBody(Body):
    reason: str
    trade: str | None
    territory: str | None
    most_bearable: float | None
    nearest: BlockNearestBody | None
    text: str


def consortium_body(studied: Studied, names: Names) -> ConsortiumBody:
    """The whole answer. ``contracts``: those that the groups cite, in the order of ids. ``past_known`` is false when no contract
    is indexed: past work is then unknown."""
    found = studied.found
    return {
        "text": summary(found, names),
        "eligible": found.eligible,
        "optimal": found.optimal,
        "annual_amount": found.need.total,
        "parts": [{"territory": part, "name": names.part(part)} for part in found.need.parts],
        "groups": [_group(group, found.need, names) for group in found.groups],
        "blocks": [_block(block, found.need, names) for block in found.blocks],
        "past_known": studied.past_known,
        "contracts": list(studied.cited.values()),
        "notes": [PROPOSED, FORMS],
    }


def _group(group: Group, need: Need, names: Names) -> GroupBody:
    return {
        "members": [_member(unit, need, names) for unit in group.members],
        "size": len(group.members),
        "article": None if group.article is None else article_body(article_on(group.article, need.as_of)),
        "legal": list(group.legal),
        "capacity": {
            "state": group.capacity,
            "state_fr": CAPACITIES[group.capacity],
            "known": group.bears,
            "unknown_members": group.unknown,
            "slack": group.slack,
        },
        "together": [_together(pair) for pair in group.together],
        "distance_km": None if group.distance_km is None else round(group.distance_km, 1),
        "gaps": list(gaps(group, need)),
        "text": group_text(group, need, names),
    }


def _member(unit: Unit, need: Need, names: Names) -> MemberBody:
    """One member, with the parts that it serves for each trade."""
    site = unit.site
    return body_of(
        MemberBody,
        site,
        role=unit.role,
        role_fr=ROLES[unit.role],
        counted=unit.counted,
        trades=[
            {"trade": trade, "label_fr": names.trade(trade), "does": bool(parts), "parts": parts}
            for trade in need.trades
            for parts in [[part for part in need.parts if (trade, part) in unit.cells]]
        ],
        coverage=site.zone,
        zone_declared=site.declared,
        trade_evidence=site.proof,
        capacity=unit.capacity,
        turnover=unit.structure.turnover,
        sites=[each.id for each in unit.structure.sites],
    )


def _together(together: Together) -> TogetherBody:
    return body_of(TogetherBody, together, sirens=list(together.pair))


def _block(block: Block, need: Need, names: Names) -> BlockBody:
    near = block.nearest
    return {
        "reason": block.code,
        "trade": None if block.cell is None else block.cell[0],
        "territory": None if block.cell is None else block.cell[1],
        "most_bearable": block.amount,
        "nearest": None if near is None else body_of(BlockNearestBody, near, why=block.why),
        "text": block_text(block, need, names),
    }

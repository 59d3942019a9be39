"""Groups of structures as plain JSON with one French text, for pages, tables and dossiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from vivier.bodies import Body, body_of
from vivier.desk.facts.together import CitedBody, Studied
from vivier.desk.method.together import CapacityState, Group, Member, Shared, Together
from vivier.french import and_others, euros, euros_ht, percent
from vivier.law.articles import STATUS_WORDS, ArticleBody, article_body, article_on
from vivier.names import readable_name

FORMS: Final = "Le groupement est libre de sa forme : cotraitance conjointe ou solidaire, ou sous-traitance."
PROPOSED: Final = "Groupements possibles d'après l'annuaire : ni classement des structures, ni recommandation."
EACH: Final = "Que chaque membre doive remplir lui-même la condition de l'article n'est pas vérifié."
_STATES: Final[dict[CapacityState, str]] = {
    "enough": "suffisante",
    "unknown": "inconnue, au moins en partie",
    "not_asked": "non comptée, faute de montant",
}
_SHOWN: Final = 3


@dataclass(frozen=True)
class Names:
    """The functions that give the French names of trades and territories."""

    trade: Callable[[str], str]
    part: Callable[[str], str]


class PartBody(Body):
    territory: str
    name: str


class ConsortiumBody(Body):
    text: str
    annual_amount: float | None
    parts: list[PartBody]
    groups: list[GroupBody]
    past_known: bool
    contracts: list[CitedBody]
    notes: list[str]


class GroupCapacityBody(Body):
    state: str
    state_fr: str
    known: float


class GroupBody(Body):
    members: list[MemberBody]
    article: ArticleBody
    capacity: GroupCapacityBody
    together: list[PastTogetherBody]
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
    trades: list[MemberTradesBody]
    capacity: float | None
    distance_km: float | None


class PastTogetherBody(Body):
    sirens: list[str]
    contracts: list[str]


def consortium_body(studied: Studied, names: Names) -> ConsortiumBody:
    """The groups of a lot. ``contracts``: those that the groups cite, in the order of ids."""
    lot = studied.groups.lot
    return {
        "text": summary(studied.groups, names),
        "annual_amount": lot.annual,
        "parts": [{"territory": part, "name": names.part(part)} for part in lot.parts],
        "groups": [_group(group, lot, names) for group in studied.groups.groups],
        "past_known": studied.past_known,
        "contracts": list(studied.cited.values()),
        "notes": [PROPOSED, FORMS],
    }


def _group(group: Group, lot: Shared, names: Names) -> GroupBody:
    return {
        "members": [_member(member, lot, names) for member in group.members],
        "article": article_body(article_on(group.article, lot.as_of)),
        "capacity": {"state": group.state, "state_fr": _STATES[group.state], "known": group.bears},
        "together": [{"sirens": list(pair), "contracts": list(contracts)} for pair, contracts in group.past],
        "gaps": list(_gaps(group)),
        "text": group_text(group, lot),
    }


def _member(member: Member, lot: Shared, names: Names) -> MemberBody:
    trades: list[MemberTradesBody] = []
    for trade in lot.trades:
        parts = [part for part in lot.parts if (trade, part) in member.cells]
        trades.append({"trade": trade, "label_fr": names.trade(trade), "does": bool(parts), "parts": parts})
    return body_of(MemberBody, member.site, trades=trades, capacity=member.capacity)


def group_text(group: Group, lot: Shared) -> str:
    """One group in a few sentences: article, capacity, work together, what to check."""
    return " ".join((*_ground(group, lot), *_capacity(group, lot), *_past(group), *_to_check(group)))


def _ground(group: Group, lot: Shared) -> Iterator[str]:
    article = article_on(group.article, lot.as_of)
    yield f"Fondement : article {group.article}{'' if article.certain else f' ({STATUS_WORDS[article.status]})'}."
    if len(group.members) > 1:
        yield EACH


def _capacity(group: Group, lot: Shared) -> Iterator[str]:
    if lot.annual is None:
        yield "Sans montant, la capacité n'est pas comptée."
    elif not group.bears:
        yield f"Capacité inconnue pour {euros_ht(lot.annual)} par an : aucun chiffre d'affaires connu."
    else:
        share = f"au plus {percent(lot.share)} de leur chiffre d'affaires"
        yield f"Capacité connue : {euros(group.bears)} par an ({share}) pour {euros_ht(lot.annual)} par an demandés."


def _past(group: Group) -> Iterator[str]:
    names = {member.site.siren: readable_name(member.site.name) for member in group.members}
    for pair, contracts in group.past:
        both = " et ".join(str(names[siren]) for siren in pair)
        cited = f"{', '.join(contracts[:_SHOWN])}{and_others(len(contracts), _SHOWN)}"
        yield f"{both} ont été cotitulaires (marché{'s' if len(contracts) > 1 else ''} {cited})."


def _to_check(group: Group) -> Iterator[str]:
    missing = tuple(_gaps(group))
    if missing:
        yield f"À vérifier : {' ; '.join(missing)}."


def _gaps(group: Group) -> Iterator[str]:
    """The facts about a group that are missing or assumed."""
    for text, doubtful in _DOUBTS.items():
        names = [readable_name(member.site.name) for member in group.members if doubtful(member)]
        if names and not (text == _NO_TURNOVER and group.state == "not_asked"):
            yield text if len(names) == len(group.members) else f"{text} ({', '.join(names)})"
    if len(group.members) > 1 and not group.past:
        yield "aucune coopération passée connue entre elles"


_NO_TURNOVER: Final = "chiffre d'affaires inconnu"
_DOUBTS: Final[dict[str, Callable[[Member], bool]]] = {
    _NO_TURNOVER: lambda member: member.capacity is None,
    "zone supposée, non publiée": lambda member: not member.structure.zone_declared,
    "métier supposé, non déclaré": lambda member: not member.structure.trade_declared,
    "une partie seulement du territoire, plus de la moitié": lambda member: member.site.zone == "wide",
    "fin d'agrément non publiée": lambda member: member.site.undated,
}


def summary(groups: Together, names: Names) -> str:
    """The answer in one or two sentences."""
    if not groups.groups:
        return " ".join(_why_none(groups, names))
    size = len(groups.groups[0].members)
    first = (
        "Une structure seule peut suffire." if size == 1 else f"Aucune structure seule ne suffit : il en faut {size}."
    )
    unknown = groups.groups[0].state == "unknown"
    return f"{first}{' Capacité à vérifier : des chiffres d’affaires sont inconnus.' if unknown else ''}"


def _why_none(groups: Together, names: Names) -> Iterator[str]:
    """One sentence for each trade that nobody covers, with its first places."""
    if not groups.bare:
        yield "Aucun groupement de trois structures au plus ne suffit, sous un même article."
    for trade in dict.fromkeys(trade for trade, _ in groups.bare):
        places = [names.part(part) for each, part in groups.bare if each == trade]
        more = and_others(len(places), _SHOWN)
        yield f"Aucune structure connue pour « {names.trade(trade)} » ({', '.join(places[:_SHOWN])}{more})."

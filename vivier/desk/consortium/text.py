"""A group in French: the same figures as the answer, always in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from vivier.desk.consortium.need import NOT_SOUGHT, Block, Consortium, Group, Need, Unit
from vivier.desk.method.supply import EXCLUSIONS, NOTES
from vivier.french import euros, euros_ht, kilometres, percent, plural
from vivier.law.articles import ARTICLES, STATUS_WORDS

FORMS: Final = "Le groupement est libre de sa forme : cotraitance conjointe ou solidaire, ou sous-traitance."
PROPOSED: Final = "Groupements possibles d'après l'annuaire : ni classement des structures, ni recommandation."
_SHOWN: Final = 3


@dataclass(frozen=True)
class Names:
    """How trades and territories are called."""

    trade: Callable[[str], str]
    part: Callable[[str], str]


def group_text(group: Group, need: Need, names: Names) -> str:
    """One group in a few sentences."""
    return " ".join(
        [_who(group, need, names), *_ground(group), *_capacity(group, need), *_past(group), *_gaps(group, need)]
    )


def _who(group: Group, need: Need, names: Names) -> str:
    told = " ; ".join(f"{one.site.name} ({_does(one, need, names)})" for one in group.members)
    if len(group.members) == 1:
        return f"Une structure seule : {told}."
    return f"Groupement de {len(group.members)} structures : {told}."


def _does(one: Unit, need: Need, names: Names) -> str:
    kinds = ", ".join(one.site.kinds) or "type inconnu"
    if not need.split or len(need.parts) == 1:
        return f"{kinds}, {', '.join(names.trade(trade) for trade in one.trades)}"
    return f"{kinds}, {' et '.join(f'{names.trade(trade)} {_where(one, trade, need, names)}' for trade in one.trades)}"


def _where(one: Unit, trade: str, need: Need, names: Names) -> str:
    """« partout », or a few of the places."""
    served = [names.part(part) for part in need.parts if (trade, part) in one.cells]
    if len(served) == len(need.parts):
        return "partout"
    more = f" et {len(served) - _SHOWN} autres" if len(served) > _SHOWN else ""
    return f"à {', '.join(served[:_SHOWN])}{more} ({len(served)} sur {len(need.parts)})"


def _ground(group: Group) -> Iterator[str]:
    if group.article is not None:
        article = ARTICLES[group.article]
        status = "" if article.certain else f" ({STATUS_WORDS[article.status]})"
        yield f"Fondement : article {group.article}{status}."
    yield from group.legal


def _capacity(group: Group, need: Need) -> Iterator[str]:
    total = need.total
    if group.capacity == "not_asked":
        yield "Sans montant, la capacité n'est pas comptée."
        return
    asked = f"{euros_ht(total)} par an demandés" if total is not None else "les montants demandés"
    share = f"au plus {percent(need.share)} de leur chiffre d'affaires"
    if group.unknown == len(group.members):
        yield f"Capacité inconnue pour {asked} : aucun chiffre d'affaires connu."
    elif group.unknown:
        unknown = plural(group.unknown, "chiffre d'affaires inconnu", "chiffres d'affaires inconnus")
        yield f"Capacité connue : {euros(group.bears)} par an ({share}) pour {asked} ; {unknown}."
    else:
        yield f"Capacité : {euros(group.bears)} par an ({share}) pour {asked}."


def _past(group: Group) -> Iterator[str]:
    names = {one.site.siren: one.site.name for one in group.members}
    for one in group.together:
        pair = " et ".join(str(names[siren]) for siren in one.pair)
        if one.contracts:
            yield f"{pair} ont été cotitulaires ({_cited(one.contracts)})."
        elif one.lots:
            yield f"{pair} ont eu chacune un lot d'une même consultation, indice faible ({_cited(one.lots)})."
        elif one.networks:
            yield f"{pair} sont du même réseau ({', '.join(one.networks)})."


def _cited(ids: tuple[str, ...]) -> str:
    more = f" et {len(ids) - _SHOWN} autres" if len(ids) > _SHOWN else ""
    return f"marché{'s' if len(ids) > 1 else ''} {', '.join(ids[:_SHOWN])}{more}"


def _gaps(group: Group, need: Need) -> Iterator[str]:
    told = gaps(group, need)
    if told:
        yield f"À vérifier : {' ; '.join(told)}."


def gaps(group: Group, need: Need) -> tuple[str, ...]:
    """What is missing or assumed of a group."""
    return tuple(_missing(group, need))


def _missing(group: Group, need: Need) -> Iterator[str]:
    for text, holds in _DOUBTS.items():
        names = [one.site.name for one in group.members if holds(one)]
        if names and not (text == _NO_TURNOVER and group.capacity == "not_asked"):
            yield text if len(names) == len(group.members) else f"{text} ({', '.join(names)})"
    if all(one.role == "staffing" for one in group.members):
        yield "personnel mis à disposition seulement : qui réalise et encadre la prestation"
    if len(group.members) > 1 and not group.together:
        yield "aucune coopération passée connue entre elles"


_NO_TURNOVER: Final = "chiffre d'affaires inconnu"
_DOUBTS: Final[dict[str, Callable[[Unit], bool]]] = {
    _NO_TURNOVER: lambda one: one.capacity is None,
    "zone supposée, non publiée": lambda one: not one.site.declared,
    "métier supposé, non déclaré": lambda one: not one.structure.trade_declared,
    "une partie seulement du territoire, plus de la moitié": lambda one: one.site.zone == "wide",
    "fin d'agrément non publiée": lambda one: one.site.undated,
}


def block_text(block: Block, need: Need, names: Names) -> str:
    """Why there is no group."""
    if block.code == "uncovered" and block.cell is not None:
        trade, part = block.cell
        return f"Personne pour « {names.trade(trade)} » ({names.part(part)}){_under(need)}. {_nearest(block)}".rstrip()
    if block.code == "capacity":
        allowed = f" à {need.most} membres au plus" if need.most > 1 else ""
        told = (
            f"elles porteraient {euros_ht(block.amount or 0.0)} par an{allowed}"
            if block.amount
            else "aucune n'a de chiffre d'affaires connu"
        )
        return f"Les structures couvrent métiers et lieux, mais pas le montant : {told}."
    return {
        "split": "Aucune structure ne couvre tous les lieux à elle seule : laissez les membres se les répartir.",
        "article": "Tous les métiers sont couverts, mais pas sous un même article de réservation.",
        "complement": "Les structures connues sont toutes du même rôle : pas de complément entre prestation et mise à disposition.",
        "size": f"Il faudrait plus de {need.most} membre{'s' if need.most > 1 else ''}{_at_most(block)}.",
    }[block.code]


def _at_most(block: Block) -> str:
    return f" : à eux seuls ils porteraient au plus {euros_ht(block.amount)} par an" if block.amount else ""


def _under(need: Need) -> str:
    if need.article == "auto":
        return " sous un article de réservation"
    return " pour une clause" if need.article == "clause" else f" sous l'article {need.article}"


def _nearest(block: Block) -> str:
    one = block.nearest
    if one is None:
        return "" if block.why == NOT_SOUGHT else "Aucune structure de ce métier n'est connue, même plus loin."
    away = "à une distance inconnue" if one.distance_km is None else f"à {kilometres(one.distance_km)}"
    why = block.why or "zone_none"
    reason = EXCLUSIONS.get(why) or NOTES.get(why, why)  # type: ignore[call-overload]
    return f"La plus proche : {one.name} ({', '.join(one.possible_kinds) or 'type inconnu'}), {away} : {reason}."


def summary(found: Consortium, names: Names) -> str:
    """The answer in one line or two."""
    if not found.groups:
        return " ".join(_why_none(found, names))
    size = len(found.groups[0].members)
    if size == 1:
        first = "Une structure seule peut suffire."
    else:
        first = f"Aucune structure seule ne suffit : il faut {size} membres au moins."
    capacity = (
        "" if found.groups[0].capacity != "unknown" else " Capacité à vérifier : des chiffres d'affaires sont inconnus."
    )
    best = "" if found.optimal else " Trop de structures pour comparer tous les groupements : un meilleur est possible."
    return f"{first}{capacity}{best}"


def _why_none(found: Consortium, names: Names) -> Iterator[str]:
    """Blocks one by one; the many parts of a territory that lack one trade in one sentence."""
    bare: dict[str, list[Block]] = {}
    for one in found.blocks:
        bare.setdefault("" if one.cell is None else one.cell[0], []).append(one)
    for trade, some in bare.items():
        if len(some) <= _SHOWN:
            yield from (block_text(one, found.need, names) for one in some)
        else:
            places = ", ".join(names.part(one.cell[1]) for one in some[:_SHOWN] if one.cell is not None)
            whole = len(found.need.parts)
            yield f"Personne pour « {names.trade(trade)} » dans {len(some)} parties sur {whole}, dont {places}{_under(found.need)}."

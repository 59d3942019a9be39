"""Describes a group in French: the same figures as the JSON answer, always in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from vivier.desk.consortium.need import NOT_SOUGHT, Block, Consortium, Group, Need, Unit
from vivier.desk.method.excluded import EXCLUSIONS, NOTES
from vivier.french import and_others, euros, euros_ht, kilometres, percent, plural
from vivier.law.articles import STATUS_WORDS, article_on
from vivier.names import readable_name
from vivier.suppliers.groups import FARTHEST_KM

FORMS: Final = "Le groupement est libre de sa forme : cotraitance conjointe ou solidaire, ou sous-traitance."
PROPOSED: Final = "Groupements possibles d'après l'annuaire : ni classement des structures, ni recommandation."
_SHOWN: Final = 3


@dataclass(frozen=True)
class Names:
    """The functions that give the French names of trades and territories."""

    trade: Callable[[str], str]
    part: Callable[[str], str]


def group_text(group: Group, need: Need, names: Names) -> str:
    """One group in a few sentences."""
    return " ".join(
        [_who(group, need, names), *_ground(group, need), *_capacity(group, need), *_past(group), *_gaps(group, need)]
    )


def _who(group: Group, need: Need, names: Names) -> str:
    members = " ; ".join(f"{readable_name(unit.site.name)} ({_does(unit, need, names)})" for unit in group.members)
    if len(group.members) == 1:
        return f"Une structure seule : {members}."
    return f"Groupement de {len(group.members)} structures : {members}."


def _does(unit: Unit, need: Need, names: Names) -> str:
    kinds = ", ".join(unit.site.kinds) or "type inconnu"
    if not need.split or len(need.parts) == 1:
        return f"{kinds}, {', '.join(names.trade(trade) for trade in unit.trades)}"
    return (
        f"{kinds}, {' et '.join(f'{names.trade(trade)} {_where(unit, trade, need, names)}' for trade in unit.trades)}"
    )


def _where(unit: Unit, trade: str, need: Need, names: Names) -> str:
    """« partout », or the first places that the unit serves for a trade."""
    served = [names.part(part) for part in need.parts if (trade, part) in unit.cells]
    if len(served) == len(need.parts):
        return "partout"
    more = and_others(len(served), _SHOWN)
    return f"à {', '.join(served[:_SHOWN])}{more} ({len(served)} sur {len(need.parts)})"


def _ground(group: Group, need: Need) -> Iterator[str]:
    if group.article is not None:
        article = article_on(group.article, need.as_of)
        status = "" if article.certain else f" ({STATUS_WORDS[article.status]})"
        yield f"Fondement : article {group.article}{status}."
    yield from group.legal


def _capacity(group: Group, need: Need) -> Iterator[str]:
    total = need.total
    if group.capacity == "not_asked":
        yield "Sans montant, la capacité n'est pas comptée."
        return
    wanted = f"{euros_ht(total)} par an demandés" if total is not None else "les montants demandés"
    share = f"au plus {percent(need.share)} de leur chiffre d'affaires"
    if group.unknown == len(group.members):
        yield f"Capacité inconnue pour {wanted} : aucun chiffre d'affaires connu."
    elif group.unknown:
        unknown = plural(group.unknown, "chiffre d'affaires inconnu", "chiffres d'affaires inconnus")
        yield f"Capacité connue : {euros(group.bears)} par an ({share}) pour {wanted} ; {unknown}."
    else:
        yield f"Capacité : {euros(group.bears)} par an ({share}) pour {wanted}."


def _past(group: Group) -> Iterator[str]:
    names = {unit.site.siren: readable_name(unit.site.name) for unit in group.members}
    for together in group.together:
        pair = " et ".join(str(names[siren]) for siren in together.pair)
        if together.contracts:
            yield f"{pair} ont été cotitulaires ({_cited(together.contracts)})."
        elif together.lots:
            yield f"{pair} ont eu chacune un lot d'une même consultation, indice faible ({_cited(together.lots)})."
        elif together.networks:
            yield f"{pair} sont du même réseau ({', '.join(together.networks)})."


def _cited(ids: tuple[str, ...]) -> str:
    more = and_others(len(ids), _SHOWN)
    return f"marché{'s' if len(ids) > 1 else ''} {', '.join(ids[:_SHOWN])}{more}"


def _gaps(group: Group, need: Need) -> Iterator[str]:
    missing = gaps(group, need)
    if missing:
        yield f"À vérifier : {' ; '.join(missing)}."


def gaps(group: Group, need: Need) -> tuple[str, ...]:
    """The facts about a group that are missing or assumed, in French."""
    return tuple(_missing(group, need))


def _missing(group: Group, need: Need) -> Iterator[str]:
    for text, holds in _DOUBTS.items():
        names = [readable_name(unit.site.name) for unit in group.members if holds(unit)]
        if names and not (text == _NO_TURNOVER and group.capacity == "not_asked"):
            yield text if len(names) == len(group.members) else f"{text} ({', '.join(names)})"
    if all(unit.role == "staffing" for unit in group.members):
        yield "personnel mis à disposition seulement : qui réalise et encadre la prestation"
    if len(group.members) > 1 and not group.together:
        yield "aucune coopération passée connue entre elles"


_NO_TURNOVER: Final = "chiffre d'affaires inconnu"
_DOUBTS: Final[dict[str, Callable[[Unit], bool]]] = {
    _NO_TURNOVER: lambda unit: unit.capacity is None,
    "zone supposée, non publiée": lambda unit: not (unit.site.declared or unit.site.takes),
    "métier supposé, non déclaré": lambda unit: not unit.structure.trade_declared,
    "une partie seulement du territoire, plus de la moitié": lambda unit: unit.site.zone == "wide",
    "fin d'agrément non publiée": lambda unit: unit.site.undated,
}


def block_text(block: Block, need: Need, names: Names) -> str:
    """The sentence that says why there is no group."""
    if block.code == "uncovered" and block.cell is not None:
        trade, part = block.cell
        return f"Aucune structure connue pour « {names.trade(trade)} » ({names.part(part)}){_under(need)}. {_nearest(block)}".rstrip()
    if block.code == "capacity":
        allowed = f" à {need.most} membres au plus" if need.most > 1 else ""
        reason = (
            f"elles porteraient {euros_ht(block.amount or 0.0)} par an{allowed}"
            if block.amount
            else "aucune n'a de chiffre d'affaires connu"
        )
        return f"Les structures couvrent métiers et lieux, mais pas le montant : {reason}."
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
    site = block.nearest
    if site is None:
        return "" if block.why == NOT_SOUGHT else "Aucune structure de ce métier n'est connue, même plus loin."
    if site.distance_km is not None and site.distance_km > FARTHEST_KM:  # nobody would call it for this place
        return f"La plus proche qui soit connue est à {kilometres(round(site.distance_km))}."
    away = "à une distance inconnue" if site.distance_km is None else f"à {kilometres(site.distance_km)}"
    why = block.why or "zone_none"
    reason = EXCLUSIONS.get(why) or NOTES.get(why, why)  # type: ignore[call-overload]
    return f"La plus proche : {readable_name(site.name)} ({', '.join(site.possible_kinds) or 'type inconnu'}), {away} : {reason}."


def summary(found: Consortium, names: Names) -> str:
    """The answer in one or two sentences."""
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
    """A sentence a block. When many parts of a territory lack the same trade, one sentence for all of them."""
    bare: dict[str, list[Block]] = {}
    for block in found.blocks:
        bare.setdefault("" if block.cell is None else block.cell[0], []).append(block)
    for trade, some in bare.items():
        if len(some) <= _SHOWN:
            yield from (block_text(block, found.need, names) for block in some)
        else:
            places = ", ".join(names.part(block.cell[1]) for block in some[:_SHOWN] if block.cell is not None)
            whole = len(found.need.parts)
            yield f"Aucune structure connue pour « {names.trade(trade)} » dans {len(some)} parties sur {whole}, dont {places}{_under(found.need)}."

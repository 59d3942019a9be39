"""Whom to contact about a lot, and why: those that can bear it, those that may carry hours, those whose trade or zone is to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vivier.desk.method.candidate import Candidate
from vivier.desk.method.clause import unsettled
from vivier.desk.method.feasibility import Feasibility
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply

Role = Literal["confirmed", "partly", "answers", "lends", "does", "to_ask", "to_ask_zone", "to_ask_both", "to_check"]
ROLES: Final[dict[Role, str]] = {
    "confirmed": "a répondu qu'elle peut faire ce lot",
    "partly": "a répondu qu'elle peut en prendre une partie",
    "answers": "peut répondre au lot, ou le pourrait",
    "lends": "met du personnel à disposition",
    "does": "exerce le métier, ou le met à disposition",
    "to_ask": "métier inconnu : à appeler",
    "to_ask_zone": "siège ici ou couvre une partie, zone non publiée : à appeler",
    "to_check": "agrément à vérifier : sa dernière preuve est plus ancienne que sa durée légale",
    "to_ask_both": "siège ici ou couvre une partie, métier inconnu et zone non publiée : à appeler",
}
"""The reason why a structure is on a contact list."""
CAPABLE: Final = ("confirmed", "partly", "answers", "lends", "does")


@dataclass(frozen=True)
class Contact:
    """A structure to consult, and the reason."""

    structure: Structure
    role: Role


def contacts_of(made: Feasibility) -> tuple[Contact, ...]:
    """The structures to contact. Those that answered that they can bear the lot or a part of it have that role. When an article is
    advised: those that can bear the lot, or might, for any of its trades, and
    those of the trade whose zone is not published; when it is to be confirmed, those of unknown trade too. Otherwise: those that may
    carry insertion hours, and those whose trade or zone no source gives."""
    advised = made.recommended or made.to_confirm
    if advised is not None:
        of_each = [assessment for some in made.by_trade for assessment in some if assessment.code == advised]
        answering = [each for assessment in of_each for each in (*assessment.split.able, *assessment.split.unknown)]
        of_zone = made.recommended is not None
        doubtful = _of_zone if of_zone else _doubtful
        listed = {unit: found for assessment in of_each for unit, found in assessment.supply.once(doubtful).items()}
        partly = [each for assessment in of_each for each in assessment.split.unable if each.can == "part"]
        return tuple((listed | {each.site.unit: _replied(each, "answers") for each in (*partly, *answering)}).values())
    able: tuple[tuple[Role, tuple[Candidate, ...]], ...] = (("lends", made.hours.lending), ("does", made.hours.doing))
    sure = (_replied(Structure(site, (site,)), role) for role, sites in able for site in sites)
    return (*sure, *(_to_ask(site, trade_known=not unsettled(site)) for site in made.hours.to_ask))


def _doubtful(supply: Supply) -> dict[str, Contact]:
    """Those that could count under an article if what is not known of them were confirmed, by unit."""
    return {
        left.candidate.unit: _to_ask(left.candidate, trade_known=left.note != "trade_unknown") for left in supply.could
    }


def _of_zone(supply: Supply) -> dict[str, Contact]:
    """The same without those of unknown trade."""
    known = (left.candidate for left in supply.could if left.note != "trade_unknown")
    return {site.unit: _to_ask(site, trade_known=True) for site in known}


def _replied(structure: Structure, role: Role) -> Contact:
    """A structure to contact, with what it answered as its role when it answered."""
    given: Role = "confirmed" if structure.can == "yes" else "partly" if structure.can == "part" else role
    return Contact(structure, given)


def _to_ask(site: Candidate, *, trade_known: bool) -> Contact:
    """A structure to ask. Its role names what is not known: its trade, its zone, both, or only whether its agreement is valid."""
    covering: Role = "to_check" if trade_known else "to_ask"
    role: Role = covering if site.covers else "to_ask_zone" if trade_known else "to_ask_both"
    return Contact(Structure(site, (site,)), role)

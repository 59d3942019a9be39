"""Reads BOAMP's own announcements (schemas 2.00 to 2.30): XML <ANNONCE>, or the same as JSON (docs/contracts.md, « What
is read »)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.notices.criteria import weighted
from crawlers.contracts.notices.handling import CATEGORIES, PROCEDURES, followed, named
from crawlers.contracts.notices.raw import NOBODY, CodedProvision, Criterion, Part, RawNotice
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import labelled, lot_number, months_of, number_in, read_moment
from crawlers.contracts.organisations import Party

CODED: Final = 0.9
PROTECTED: Final = ("ATELIERS_PROTEGES", "EMPLOIS_PROTEGES")
_BOX: Final = "MARCHE_RESERVE_OUI"
_WITH_BOX: Final = ("CONDITION_PARTICIPATION", "OBJET")
_KINDS: Final = frozenset(("SIRET", "SIREN"))
_ENDS: Final = (
    "CONDITION_DELAI/RECEPT_OFFRES",
    "CONDITION_DELAI/RECEPT_CANDIDATURES",
    "CONDITION_DELAI/RECEPT_CANDIDAT",
)


def read_legacy(data: Node) -> RawNotice:
    """Reads the body of an announcement. « Prestation réservée » is ignored: it reserves a service to a profession, not
    to inclusive structures."""
    identity, object_ = data.first("IDENTITE") or Node("none"), data.first("OBJET") or Node("none")
    return RawNotice(
        number=None,
        form="boamp_legacy",
        nature=None,
        whole=_whole(data, object_),
        lots=_lots(object_, data),
        follows=list(followed(data)),
        buyer=_party(identity),
        place=(identity.words("CP"), identity.words("VILLE"), None),
        contact=(identity.words("URL"), None, identity.words("MEL")),
        category=named(object_.all("TYPE_MARCHE/*"), CATEGORIES),
        procedure=named(data.all("PROCEDURE/TYPE_PROCEDURE/*"), PROCEDURES),
    )


def _reserved(data: Node) -> Iterator[CodedProvision]:
    """Reservations. « Ateliers protégés » is the word of the code of 2006 for EA and ESAT; buyers ticked it for SIAE
    too, as in TED's box."""
    for parent in _WITH_BOX:
        for box in data.all(f"{parent}/{_BOX}"):
            if box.ticked:
                yield from (CodedProvision("reserved", name, CODED) for name in protected(box) or [_BOX])


def protected(holder: Node) -> list[str]:
    """Names of the reservations ticked under a box."""
    return [box.name for box in holder.children if box.name in PROTECTED and box.ticked]


def _party(identity: Node) -> Party:
    name, id_ = identity.words("DENOMINATION"), identity.words("CODE_IDENT_NATIONAL")
    kind = next((box for box in identity.all("TYPE_IDENT_NATIONAL/*") if box.ticked), Node("none"))
    id_ = id_ or (kind.text or "").strip() or None
    return (
        NOBODY
        if name is None and id_ is None
        else labelled((kind.name if id_ and kind.name in _KINDS else None, id_, name))
    )


def _whole(data: Node, object_: Node) -> Part:
    participation, length = data.first("CONDITION_PARTICIPATION") or Node("none"), _length(object_, data)
    low, high = _amounts(object_, data)
    return Part(
        title=object_.words("TITRE_MARCHE") or object_.words("OBJET_COMPLET"),
        description=object_.words("OBJET_COMPLET"),
        cpv=[*object_.every("CPV/PRINCIPAL"), *object_.every("CPV/SUPPLEMENTAIRE")],
        nuts=object_.every("LIEU_EXEC_LIVR/CODE_NUTS"),
        months=months_in(length),
        starts=length.words("DATE_DEBUT"),
        ends=length.words("DATE_FIN"),
        amount_min=low,
        amount_max=high,
        deadline=next((moment for path in _ENDS if (moment := read_moment(data.words(path))) is not None), None),
        criteria=_criteria(data.first("PROCEDURE/CRITERES_ATTRIBUTION") or Node("none")),
        conditions=_conditions(data, participation),
        texts=[
            *data.every("RENSEIGNEMENTS_COMPLEMENTAIRES/RENS_COMPLEMENT"),
            *participation.every("SITUATION_JURIDIQUE"),
            *participation.every("CRITERE_SELECTION"),
            *(text for parent in _WITH_BOX for text in data.every(f"{parent}/{_BOX}")),
        ],
        coded=list(_reserved(data)),
    )


def _conditions(data: Node, participation: Node) -> str | None:
    """The particular conditions of performance. Two elements hold them: one of 2016, one of the forms of 2021."""
    own = (
        participation.words("CONDITION_PARTICULIERE_EXECUTION"),
        data.words("CONDITION_RELATIVE_MARCHE/AUTRES_CONDITIONS_PART_OUI"),
    )
    return "\n".join(dict.fromkeys(text for text in own if text)) or None


def _length(object_: Node, data: Node) -> Node:
    """The element that holds the length of the contract: its own one, or the rest of the object."""
    return object_.first("DUREE_DELAI") or data.first("DUREE_DELAI") or object_


def months_in(length: Node) -> object:
    """The months of an element that counts years, months or days."""
    years = number_in(length.words("DUREE_AN"))
    if years is not None:
        return years * 12
    return length.words("DUREE_MOIS") or months_of(length.words("DUREE_JOURS"))


def _amounts(object_: Node, data: Node) -> tuple[str | None, str | None]:
    """Least and greatest value of the contract, or of the framework agreement."""
    for holder in (
        object_.first("CARACTERISTIQUES"),
        data.first("PROCEDURE/ACCORD_CADRE"),
        object_.first("ACCORD_CADRE"),
    ):
        if holder is None:
            continue
        total = holder.words("VALEUR_TOTALE") or holder.words("VALEUR")
        low, high = holder.words("VALEUR_MIN") or total, holder.words("VALEUR_MAX") or total
        if low or high:
            return low, high
    total = data.words("ATTRIBUTION/VALEUR_TOTALE")
    return total, total


def _criteria(holder: Node) -> list[Criterion]:
    found: list[Criterion] = []
    for group in holder.children:
        if group.name == "CRITERES_LIBRE":
            found += weighted(group.whole())
        elif group.name == "CRITERES_PRIX" and group.has("POIDS"):
            found.append(Criterion("Prix", "price", group.words("POIDS")))
        for criterion in group.all("CRITERE"):
            found.append(
                Criterion(
                    criterion.whole(), None, criterion.attributes.get("POIDS") or criterion.attributes.get("poids")
                )
            )
    return found


def _lots(object_: Node, data: Node) -> list[Part]:
    decisions = data.all("ATTRIBUTION/DECISION")
    lots = [_lot(node, position) for position, node in enumerate(object_.all("LOTS/LOT"), start=1)]
    if not lots:
        numbered = [decision for decision in decisions if decision.words("NUM_LOT") is not None]
        if len(numbered) > 1:
            return [_decided(decision) for decision in numbered]
        lots = [Part()] if decisions else []
        for decision in decisions:
            _award(lots[0], decision)
        return lots
    if len(lots) == 1 and object_.words("LOTS/LOT/NUM") is None:
        lots[0].number = None
    for decision in decisions:
        number = lot_number(decision.words("NUM_LOT"))
        for lot in lots if len(lots) == 1 else [lot for lot in lots if lot.number == number]:
            _award(lot, decision)
    return lots


def _lot(lot: Node, position: int) -> Part:
    numbered = lot_number(lot.words("NUM"))
    return Part(
        number=numbered if numbered is not None else str(position),
        title=lot.words("INTITULE"),
        description=lot.words("DESCRIPTION"),
        cpv=[*lot.every("CPV/PRINCIPAL"), *lot.every("CPV/SUPPLEMENTAIRE")],
        nuts=lot.every("CODE_NUTS"),
        months=months_in(lot),
        starts=lot.words("DATE_DEBUT"),
        ends=lot.words("DATE_FIN"),
        amount_min=lot.words("VALEUR") or lot.words("VALEUR_MIN"),
        amount_max=lot.words("VALEUR") or lot.words("VALEUR_MAX"),
        criteria=_criteria(lot.first("CRITERES_ATTRIBUTION") or Node("none")),
        texts=lot.every("INFO_COMPL"),
    )


def _decided(decision: Node) -> Part:
    part = Part(
        number=lot_number(decision.words("NUM_LOT")),
        title=decision.words("INTITULE"),
        description=decision.words("DESCRIPTION"),
    )
    _award(part, decision)
    return part


def _award(lot: Part, decision: Node) -> None:
    lot.winners += [_party(holder) for holder in decision.all("TITULAIRE")]
    information = decision.first("RENSEIGNEMENT") or Node("none")
    lot.offers = information.words("NB_OFFRE_RECU") or lot.offers
    amount = information.words("MONTANT")
    lot.amount_min = information.words("MONTANT_MINI") or amount or lot.amount_min
    lot.amount_max = information.words("MONTANT_MAXI") or amount or lot.amount_max

"""BOAMP's own announcements (schemas 2.00 to 2.30): XML <ANNONCE>, or the same as JSON
(docs/contracts.md, « What is read »)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.organisations import Party
from crawlers.notices.criteria import weighted
from crawlers.notices.handling import CATEGORIES, PROCEDURES, followed, named
from crawlers.notices.raw import NOBODY, Criterion, Part, RawNotice, Said
from crawlers.notices.tree import Node
from crawlers.notices.values import labelled, lot_number, months_of, number_in, read_moment

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
    """The body of an announcement. « Prestation réservée » is for a profession, not for inclusive structures: nothing here."""
    identity, object_ = data.one("IDENTITE") or Node("none"), data.one("OBJET") or Node("none")
    return RawNotice(
        number=None,
        form="boamp_legacy",
        nature=None,
        whole=_whole(data, object_),
        lots=_lots(object_, data),
        follows=list(followed(data)),
        buyer=_party(identity),
        place=(identity.words("CP"), identity.words("VILLE"), None),
        category=named(object_.all("TYPE_MARCHE/*"), CATEGORIES),
        procedure=named(data.all("PROCEDURE/TYPE_PROCEDURE/*"), PROCEDURES),
    )


def _reserved(data: Node) -> Iterator[Said]:
    """« Ateliers protégés » is the word of the code of 2006 for EA and ESAT; as in TED's box, SIAE were ticked there too."""
    for parent in _WITH_BOX:
        for box in data.all(f"{parent}/{_BOX}"):
            if box.ticked:
                yield from (Said("reserved", name, CODED) for name in protected(box) or [_BOX])


def protected(holder: Node) -> list[str]:
    """The kinds of reservation ticked under a box."""
    return [one.name for one in holder.children if one.name in PROTECTED and one.ticked]


def _party(identity: Node) -> Party:
    name, id_ = identity.words("DENOMINATION"), identity.words("CODE_IDENT_NATIONAL")
    kind = next((one for one in identity.all("TYPE_IDENT_NATIONAL/*") if one.ticked), Node("none"))
    id_ = id_ or (kind.text or "").strip() or None
    return (
        NOBODY
        if name is None and id_ is None
        else labelled((kind.name if id_ and kind.name in _KINDS else None, id_, name))
    )


def _whole(data: Node, object_: Node) -> Part:
    participation, length = data.one("CONDITION_PARTICIPATION") or Node("none"), _length(object_, data)
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
        criteria=_criteria(data.one("PROCEDURE/CRITERES_ATTRIBUTION") or Node("none")),
        conditions=participation.words("CONDITION_PARTICULIERE_EXECUTION"),
        texts=[
            *data.every("RENSEIGNEMENTS_COMPLEMENTAIRES/RENS_COMPLEMENT"),
            *participation.every("SITUATION_JURIDIQUE"),
            *participation.every("CRITERE_SELECTION"),
            *(text for parent in _WITH_BOX for text in data.every(f"{parent}/{_BOX}")),
        ],
        said=list(_reserved(data)),
    )


def _length(object_: Node, data: Node) -> Node:
    """Where the length of the contract stands: in its own element, or among the rest of the object."""
    return object_.one("DUREE_DELAI") or data.one("DUREE_DELAI") or object_


def months_in(length: Node) -> object:
    """Months of an element that counts years, months or days."""
    years = number_in(length.words("DUREE_AN"))
    if years is not None:
        return years * 12
    return length.words("DUREE_MOIS") or months_of(length.words("DUREE_JOURS"))


def _amounts(object_: Node, data: Node) -> tuple[str | None, str | None]:
    """Least and greatest value, of the market or of the framework agreement it is."""
    for holder in (object_.one("CARACTERISTIQUES"), data.one("PROCEDURE/ACCORD_CADRE"), object_.one("ACCORD_CADRE")):
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
        for one in group.all("CRITERE"):
            found.append(Criterion(one.whole(), None, one.attributes.get("POIDS") or one.attributes.get("poids")))
    return found


def _lots(object_: Node, data: Node) -> list[Part]:
    decisions = data.all("ATTRIBUTION/DECISION")
    lots = [_lot(one, position) for position, one in enumerate(object_.all("LOTS/LOT"), start=1)]
    if not lots:
        numbered = [one for one in decisions if one.words("NUM_LOT") is not None]
        if len(numbered) > 1:
            return [_decided(one) for one in numbered]
        lots = [Part()] if decisions else []
        for one in decisions:
            _award(lots[0], one)
        return lots
    if len(lots) == 1 and object_.words("LOTS/LOT/NUM") is None:
        lots[0].number = None
    for one in decisions:
        number = lot_number(one.words("NUM_LOT"))
        for lot in lots if len(lots) == 1 else [lot for lot in lots if lot.number == number]:
            _award(lot, one)
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
        criteria=_criteria(lot.one("CRITERES_ATTRIBUTION") or Node("none")),
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
    lot.winners += [_party(one) for one in decision.all("TITULAIRE")]
    told = decision.one("RENSEIGNEMENT") or Node("none")
    lot.offers = told.words("NB_OFFRE_RECU") or lot.offers
    amount = told.words("MONTANT")
    lot.amount_min = told.words("MONTANT_MINI") or amount or lot.amount_min
    lot.amount_max = told.words("MONTANT_MAXI") or amount or lot.amount_max

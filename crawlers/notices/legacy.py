"""BOAMP's own announcements (schemas 1.10 to 2.30): XML <ANNONCE>, or the same as JSON (contracts.md 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.organisations import Party
from crawlers.notices.criteria import weighted
from crawlers.notices.raw import NOBODY, Criterion, Part, RawNotice, Said
from crawlers.notices.tree import Node
from crawlers.notices.values import lot_number, read_moment

NATURES: Final = {
    "APPEL_OFFRE": "call",
    "ATTRIBUTION": "award",
    "RECTIFICATIF": "correction",
    "INTENTION_CONCLURE": "intention",
    "PRE-INFORMATION": "prior_information",
    "PRE_INFORMATION": "prior_information",
    "PREINFORMATION": "prior_information",
    "PERIODIQUE": "prior_information",
    "QUALIFICATION": "call",
    "MODIFICATION": "modification",
    "ANNULATION": "cancellation",
}
PROCEDURES: Final = {
    "OUVERT": "ouvert",
    "RESTREINT": "restreint",
    "PROCEDURE_ADAPTE": "adaptee",
    "PROCEDURE_ADAPTEE": "adaptee",
    "ADAPTE": "adaptee",
    "NEGOCIE": "negociation",
    "NEGOCIATION": "negociation",
    "DIALOGUE_COMPETITIF": "dialogue",
}
_CATEGORIES: Final = {
    "TRAVAUX": "travaux",
    "FOURNITURES": "fournitures",
    "FOURNITURE": "fournitures",
    "SERVICES": "services",
    "SERVICE": "services",
}
INDEXED: Final = 0.9
"""What the buyer ticks when publishing in BOAMP: social or environmental, no more."""
CODED: Final = 0.9


def read_legacy(root: Node) -> RawNotice:
    """The announcement. « Prestation réservée » is for a profession, not for inclusive structures: it says nothing here."""
    handled, data = root.one("GESTION") or Node("none"), root.one("DONNEES") or Node("none")
    identity, object_ = data.one("IDENTITE") or Node("none"), data.one("OBJET") or Node("none")
    indexed = handled.one("INDEXATION") or Node("none")
    whole = _whole(data, object_, indexed)
    whole.said = [*indexed_aims(indexed), *_reserved(data)]
    number = handled.words("REFERENCE/IDWEB")
    return RawNotice(
        number=number,
        form="boamp_legacy",
        nature=nature_of(handled),
        whole=whole,
        lots=_lots(object_, data),
        published=indexed.words("DATE_PUBLICATION"),
        follows=list(_follows(root)),
        buyer=_party(identity),
        place=(identity.words("CP"), identity.words("VILLE"), None),
        category=next((_CATEGORIES[one.name] for one in object_.all("TYPE_MARCHE/*") if one.name in _CATEGORIES), None),
        procedure=next(
            (PROCEDURES[one.name] for one in data.all("PROCEDURE/TYPE_PROCEDURE/*") if one.name in PROCEDURES), None
        ),
        departements=indexed.every("DEP_PRESTATION") or indexed.every("DEP_PUBLICATION"),
        url=f"https://www.boamp.fr/pages/avis/?q=idweb:{number}" if number else None,
    )


def nature_of(handled: Node) -> str | None:
    """Our code of a nature; a state « annulation » or « rectificatif » wins over the nature it bears on."""
    names = [
        one.name for one in handled.all("REFERENCE/TYPE_AVIS/STATUT/*") + handled.all("REFERENCE/TYPE_AVIS/NATURE/*")
    ]
    return next((NATURES[name] for name in names if name in NATURES), None)


def indexed_aims(indexed: Node) -> Iterator[Said]:
    """The criteria ticked at publication."""
    if indexed.has("CRITERES_SOCIAUX_ENV/SOCIAUX"):
        yield Said("social_unspecified", "sociaux", INDEXED, (), "boamp_criteria")
    if indexed.has("CRITERES_SOCIAUX_ENV/ENVIRONNEMENTAUX"):
        yield Said("environmental", "environnementaux", INDEXED, (), "boamp_criteria")


def _reserved(data: Node) -> Iterator[Said]:
    """« Ateliers protégés » is the word of the code of 2006 for EA and ESAT; as in TED's box, SIAE were ticked there too."""
    for parent in ("CONDITION_PARTICIPATION", "OBJET"):
        for box in data.all(f"{parent}/MARCHE_RESERVE_OUI"):
            for name in [child.name for child in box.children] or ["MARCHE_RESERVE_OUI"]:
                yield Said("reserved", name, CODED)


def _party(identity: Node) -> Party:
    name, id_ = identity.words("DENOMINATION"), identity.words("CODE_IDENT_NATIONAL")
    return NOBODY if name is None and id_ is None else (None, id_, name)


def _whole(data: Node, object_: Node, indexed: Node) -> Part:
    said = object_.one("CARACTERISTIQUES") or Node("none")
    total = said.words("VALEUR_TOTALE") or data.words("ATTRIBUTION/VALEUR_TOTALE")
    participation = data.one("CONDITION_PARTICIPATION") or Node("none")
    title = object_.words("TITRE_MARCHE") or object_.words("OBJET_COMPLET") or indexed.words("RESUME_OBJET")
    return Part(
        title=title,
        description=object_.words("OBJET_COMPLET"),
        cpv=[*object_.every("CPV/PRINCIPAL"), *object_.every("CPV/SUPPLEMENTAIRE")],
        nuts=object_.every("LIEU_EXEC_LIVR/CODE_NUTS"),
        months=object_.words("DUREE_MOIS") or data.words("DUREE_DELAI/DUREE_MOIS"),
        amount_min=said.words("VALEUR_MIN") or total,
        amount_max=said.words("VALEUR_MAX") or total,
        deadline=read_moment(
            data.words("CONDITION_DELAI/RECEPT_OFFRES") or data.words("CONDITION_DELAI/RECEPT_CANDIDATURES")
        ),
        criteria=_criteria(data.one("PROCEDURE/CRITERES_ATTRIBUTION") or Node("none")),
        conditions=participation.words("CONDITION_PARTICULIERE_EXECUTION"),
        texts=[
            *data.every("RENSEIGNEMENTS_COMPLEMENTAIRES/RENS_COMPLEMENT"),
            *participation.every("SITUATION_JURIDIQUE"),
            *participation.every("CRITERE_SELECTION"),
        ],
    )


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
        months=lot.words("DUREE_MOIS"),
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
    lot.winners += [
        (None, one.words("CODE_IDENT_NATIONAL"), one.words("DENOMINATION")) for one in decision.all("TITULAIRE")
    ]
    told = decision.one("RENSEIGNEMENT") or Node("none")
    lot.offers = told.words("NB_OFFRE_RECU") or lot.offers
    amount = told.words("MONTANT")
    lot.amount_min = told.words("MONTANT_MINI") or amount or lot.amount_min
    lot.amount_max = told.words("MONTANT_MAXI") or amount or lot.amount_max


def _follows(root: Node) -> Iterator[str]:
    for earlier in root.deep("ANNONCE_ANTERIEUR", "PUBLICATION_ANTERIEURE"):
        yield from (one.whole() for one in earlier.deep("IDWEB"))
        for ted in earlier.deep("PUBLICATION_JOUE"):
            year, number = ted.words("ANNEE"), ted.words("NUM_ANNONCE")
            if year and number and number.isdigit():
                yield f"{int(number)}-{year}"

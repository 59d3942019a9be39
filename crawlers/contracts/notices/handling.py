"""Reads ``GESTION``, what BOAMP writes around every announcement whatever its form, in XML and in the JSON of a flat record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.notices.raw import CodedProvision, RawNotice
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import read_moment

NATURES: Final = {
    "APPEL_OFFRE": "call",
    "ATTRIBUTION": "award",
    "RECTIFICATIF": "correction",
    "INTENTION_CONCLURE": "intention",
    "EX_ANTE_VOLONTAIRE": "intention",
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
    "DIALOGUE": "dialogue",
}
CATEGORIES: Final = {
    "TRAVAUX": "travaux",
    "FOURNITURES": "fournitures",
    "FOURNITURE": "fournitures",
    "SERVICES": "services",
    "SERVICE": "services",
}
INDEXED: Final = 0.9
"""Confidence of what the buyer ticks when publishing in BOAMP: « social » or « environmental », without details."""


def named(nodes: list[Node], codes: dict[str, str]) -> str | None:
    """The first element whose name is a known code."""
    return next((codes[node.name] for node in nodes if node.name in codes), None)


def nature_of(handled: Node) -> str | None:
    """Our code of a nature. A state « annulation » or « rectificatif » wins over the nature of the notice it changes."""
    kind = handled.first("REFERENCE/TYPE_AVIS") or Node("none")
    return named([*kind.all("STATUT/*"), *kind.all("NATURE/*")], NATURES)


def indexed_aims(indexed: Node) -> Iterator[CodedProvision]:
    """The criteria ticked at publication."""
    if indexed.has("CRITERES_SOCIAUX_ENV/SOCIAUX"):
        yield CodedProvision("social_unspecified", "sociaux", INDEXED, (), "boamp_criteria")
    if indexed.has("CRITERES_SOCIAUX_ENV/ENVIRONNEMENTAUX"):
        yield CodedProvision("environmental", "environnementaux", INDEXED, (), "boamp_criteria")


def followed(handled: Node) -> Iterator[str]:
    """The announcements this one corrects, awards or cancels, in BOAMP and in TED."""
    for earlier in handled.deep("ANNONCE_ANTERIEUR", "PUBLICATION_ANTERIEURE"):
        yield from (node.whole() for node in earlier.deep("IDWEB"))
        for ted in earlier.deep("PUBLICATION_JOUE"):
            year, number = ted.words("ANNEE"), ted.words("NUM_ANNONCE")
            if year and number and number.isdigit():
                yield f"{int(number)}-{year}"


def number_of(handled: Node) -> str | None:
    return handled.words("REFERENCE/IDWEB")


def completed(raw: RawNotice, handled: Node) -> RawNotice:
    """The notice of a body completed by ``GESTION``. The body wins, except for the number, the nature and the day of
    publication."""
    indexed, whole = handled.first("INDEXATION") or Node("none"), raw.whole
    raw.number = number_of(handled) or raw.number
    if raw.nature != "cancellation":
        raw.nature = nature_of(handled) or raw.nature
    raw.published = indexed.words("DATE_PUBLICATION") or raw.published
    raw.follows = list(dict.fromkeys((*followed(handled), *raw.follows)))
    raw.category = raw.category or named(indexed.all("NATURE_MARCHE/*"), CATEGORIES)
    raw.procedure = raw.procedure or named(indexed.all("TYPE_PROCEDURE/*"), PROCEDURES)
    raw.departements = raw.departements or indexed.every("DEP_PRESTATION") or indexed.every("DEP_PUBLICATION")
    raw.descriptors = raw.descriptors or indexed.every("DESCRIPTEURS/DESCRIPTEUR/LIBELLE")
    if raw.buyer[2] is None:
        raw.buyer = (*raw.buyer[:2], indexed.words("NOMORGANISME"))
    whole.title = whole.title or indexed.words("RESUME_OBJET")
    whole.deadline = whole.deadline or read_moment(indexed.words("DATE_LIMITE_REPONSE"))
    known = {provision.value for provision in whole.coded}
    whole.coded += [provision for provision in indexed_aims(indexed) if provision.value not in known]
    raw.url = raw.url or (f"https://www.boamp.fr/pages/avis/?q=idweb:{raw.number}" if raw.number else None)
    return raw

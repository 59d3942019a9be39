"""Tells the mailbox or the switchboard of an organisation from what may be a person's (docs/operate.md, « Privacy »).

What is not surely an organisation's is refused: a mailbox is kept only when each of its words is the word of a service, of a place where one
works, or of the organisation itself; a number only when it is a landline that stands alone. Measured on a labelled set of ours
(``tests/fixtures/privacy/contacts.csv``, made by ``scripts/build_contacts.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from vivier.identity import fold
from vivier.privacy.first_names import FIRST_NAMES

ContactKind = Literal["mailbox", "phone"]
_SERVICES: Final = frozenset(
    [
        "accueil",
        "achat",
        "achats",
        "adapt",
        "adaptee",
        "adm",
        "admin",
        "administratif",
        "administration",
        "agence",
        "appro",
        "approvisionnement",
        "asso",
        "association",
        "atelier",
        "ateliers",
        "blanchisserie",
        "boutique",
        "bureau",
        "bureaux",
        "cantine",
        "chantier",
        "chantiers",
        "chauffage",
        "clientele",
        "clients",
        "collecte",
        "commande",
        "commandes",
        "commercial",
        "commerciaux",
        "communication",
        "compta",
        "comptabilite",
        "comptable",
        "conditionnement",
        "contact",
        "contacts",
        "cooperative",
        "coordination",
        "courrier",
        "couture",
        "cuisine",
        "departement",
        "devis",
        "direction",
        "ea",
        "eatt",
        "emploi",
        "emplois",
        "entreprise",
        "entretien",
        "environnement",
        "epicerie",
        "equipe",
        "esat",
        "espaces",
        "espacesverts",
        "etablissement",
        "etti",
        "expedition",
        "exploitation",
        "fabrication",
        "facturation",
        "facture",
        "factures",
        "formation",
        "fournisseurs",
        "garage",
        "geiq",
        "generale",
        "gestion",
        "handicap",
        "horticulture",
        "ime",
        "imprimerie",
        "infos",
        "info",
        "information",
        "insertion",
        "interim",
        "interim",
        "jardin",
        "jardinage",
        "jardins",
        "juridique",
        "laverie",
        "linge",
        "logistique",
        "magasin",
        "mail",
        "mairie",
        "maraichage",
        "menage",
        "menuiserie",
        "message",
        "multiservices",
        "nettoyage",
        "offres",
        "paie",
        "partenariat",
        "patrimoine",
        "peinture",
        "pepiniere",
        "planning",
        "pole",
        "production",
        "proprete",
        "public",
        "qualite",
        "reception",
        "reclamation",
        "recrutement",
        "recyclage",
        "recyclerie",
        "regie",
        "reparation",
        "reservation",
        "ressourcerie",
        "restaurant",
        "restauration",
        "rh",
        "sav",
        "secretaire",
        "secretariat",
        "secteur",
        "service",
        "services",
        "siege",
        "site",
        "social",
        "sourcing",
        "standard",
        "sous",
        "traitance",
        "support",
        "technique",
        "traiteur",
        "transport",
        "travaux",
        "usine",
        "vente",
        "ventes",
        "verts",
        "boite",
        "chefferie",
        "bienvenue",
    ]
) - {"secretaire", "comptable", "chefferie"}
"""Words of the mailboxes of services and of places of work. A function (« directrice », « comptable ») is one person's: it is not there."""
_LINKS: Final = frozenset(("a", "au", "d", "de", "des", "du", "et", "l", "la", "le", "les"))
_GLUED: Final = tuple(sorted((word for word in _SERVICES if len(word) > 3), key=len, reverse=True))
_ADDRESS: Final = re.compile(r"([a-z0-9][a-z0-9._\-]{1,63})@([a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,})")
_NUMBER: Final = re.compile(
    r"(?:\+|00)\s?(?:33|262|508|590|594|596)\s?(?:\(0\)\s?)?([1-9](?:[\s.\-]?\d){8})|0([1-9](?:[\s.\-]?\d){8})"
)
_LABELS: Final = frozenset(("tel", "telephone", "standard", "accueil", "siege", "secretariat", "fixe", "bureau", "t"))
"""Words that may stand beside the number of an organisation. With one of :data:`_SWITCHBOARD`, a mobile number is the organisation's."""
_SWITCHBOARD: Final = frozenset(("standard", "accueil", "siege", "secretariat"))
_MOBILE: Final = ("6", "7")
_CHARGED: Final = "89"
_LEAST_OWN: Final = 3


@dataclass(frozen=True)
class OrganisationContact:
    """Where an organisation is reached. ``value``: a mailbox in lower case, or ten digits."""

    kind: ContactKind
    value: str


def organisation_contact(text: str, names: Iterable[str] = ()) -> OrganisationContact | None:
    """The mailbox or the number of an organisation; ``None`` for a person's, and for anything that cannot be told apart from one.

    ``names``: those of the organisation, whose words its mailbox may have beside the word of a service, unless it is named after a person:
    « moulin.accueil@… » is refused to « Ateliers Jean Moulin ».
    """
    if "@" in text:
        found = _mailbox(text, tuple(names))
        return None if found is None else OrganisationContact("mailbox", found)
    found = _phone(text)
    return None if found is None else OrganisationContact("phone", found)


def looks_like_a_contact(text: str) -> bool:
    """Whether a text has a sign of a mailbox, or the digits of a number."""
    return "@" in text or sum(sign.isdigit() for sign in text) >= 9


def _mailbox(text: str, names: tuple[str, ...]) -> str | None:
    address = _ADDRESS.fullmatch(text.strip().lower())
    if address is None:
        return None
    words = [word for word in re.split(r"[._\-\d]+", address[1]) if word]
    own = _own_words(address[2], names)
    main = [word for word in words if word not in _LINKS]
    served = [word for word in main if _is_service(word)]
    known = all(_is_service(word) or word in own for word in main)
    return address[0] if served and known else None


def _own_words(domain: str, names: tuple[str, ...]) -> set[str]:
    """The words of the organisation, of its names and of its domain; none for one that is named after a person, whose family name
    they would let through: « Entreprise Bernard Caron »."""
    named = {word for name in names for word in fold(name).split()}
    if named & FIRST_NAMES:
        return set()
    labels = re.split(r"[.\-\d]+", domain.rpartition(".")[0])
    words = {word.lower() for word in named} | set(labels)
    return {word for word in words if len(word) >= _LEAST_OWN and word.upper() not in FIRST_NAMES}


@lru_cache(maxsize=8_192)
def _is_service(word: str) -> bool:
    """Whether a word is that of a service, or several of them in one (« secretariatdirection », « esatlesateliers »)."""
    return word in _SERVICES or (len(word) > 7 and _is_glued(word, served=False))


def _is_glued(word: str, *, served: bool) -> bool:
    if not word:
        return served
    if any(word.startswith(part) and _is_glued(word[len(part) :], served=True) for part in _GLUED):
        return True
    return served and any(
        len(link) > 1 and word.startswith(link) and _is_glued(word[len(link) :], served=True) for link in _LINKS
    )


def _phone(text: str) -> str | None:
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) != 1:
        return None
    rest = text[: numbers[0].start()] + " " + text[numbers[0].end() :]
    if any(sign.isdigit() for sign in rest):
        return None
    beside = set(fold(rest).lower().split())
    bare = re.sub(r"\D", "", numbers[0][1] or numbers[0][2])
    if not beside <= _LABELS or bare.startswith(_CHARGED) or len(set(bare[1:])) == 1:
        return None
    if bare.startswith(_MOBILE) and not beside & _SWITCHBOARD:
        return None
    return f"0{bare}"

"""Tells the mailbox or the switchboard of an organisation from what may be a person's (docs/operate-privacy.md, « Privacy »).

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
from urllib.parse import urlsplit

from vivier.identity import fold, words_of
from vivier.privacy import personal
from vivier.privacy.first_names import FIRST_NAMES

ContactKind = Literal["mailbox", "phone"]
_SERVICES: Final = frozenset(
    words_of(
        """
        accueil achat achats adapt adapte adaptee adherent adherents adm admin administratif administration agence
        antenne appro approvisionnement asso association atelier ateliers bienvenue blanchisserie boite bonjour
        boutique bureau bureaux cantine cellule chantier chantiers chauffage client clientele clients collecte
        collectivite commande commandepublique commandes commercial commerciaux communaute communication compta
        comptabilite conditionnement consultation consultations contact contacts cooperative coordination courrier
        couture cuisine daj dcp demande departement devis direction ea eatt economat ei eiti emploi emplois entreprise
        entreprises entretien environnement epicerie equipe esat espaces espacesverts etablissement etablissements
        etti expedition exploitation fabrication facturation facture factures formation fournisseurs foyer garage geiq
        generale gestion handicap hello horticulture ime imprimerie info information infos insertion interim jardin
        jardinage jardins juridique laverie linge logistique magasin mail maintenance mairie maraichage marche
        marchepublic marches marchespublics menage menuiserie message mp multiservices nettoyage offres paie
        partenaires partenariat partenariats patrimoine peinture pepiniere planning pole prestations production
        proprete public publics publique qualite reception reclamation recrutement recyclage recyclerie regie region
        relais renseignement renseignements reparation reservation ressourcerie restaurant restauration rh sav
        secretariat secteur service services siege site social solidarite sourcing sous standard support technique
        traitance traiteur transport travaux usine vente ventes verts ville
        """
    )
)
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
MOST: Final = 200
"""Largest length of a contact, in characters."""
_HOST: Final = re.compile(r"(?=.{4,100}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


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


def mailbox(text: str, names: Iterable[str] = ()) -> str | None:
    """The mailbox of an organisation in lower case (:func:`organisation_contact`); ``None`` for any other text."""
    return _mailbox(text, tuple(names)) if len(text) <= MOST else None


def switchboard(text: str) -> str | None:
    """The number of an organisation, as « 02 99 00 00 00 » (:func:`organisation_contact`); ``None`` for any other text."""
    found = _phone(text) if len(text) <= MOST else None
    return None if found is None else " ".join(found[start : start + 2] for start in range(0, 10, 2))


def site(text: str) -> str | None:
    """A web address (http or https) of a public host, without user nor port; ``None`` for any other, and for one that names a person."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    is_plain = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc.lower()) is not None
    if not is_plain or len(text) > MOST or any(ord(letter) <= 32 for letter in text.strip()):
        return None
    words = fold(f"{parts.path} {parts.query} {parts.fragment}").split()
    named = personal(text) or any(word in FIRST_NAMES for word in words)
    return None if named else text.strip()


def is_a_name(line: str) -> bool:
    """Whether a whole line reads as the name of a person, « Claire Martin »: two or three words in capitals, of which the first is a first name.
    « Pierre Fabre » reads so too: when in doubt it is one."""
    words = line.split()
    parts = fold(words[0]).split() if words else []
    named = bool(parts) and all(part in FIRST_NAMES for part in parts)
    return named and 2 <= len(words) <= 3 and all(word[:1].isupper() for word in words)


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
    if beside - _LABELS or bare.startswith(_CHARGED) or len(set(bare[1:])) == 1:
        return None
    if bare.startswith(_MOBILE) and not beside & _SWITCHBOARD:
        return None
    return f"0{bare}"

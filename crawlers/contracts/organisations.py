"""Reads buyers, holders and subcontractors: checks their identifier, and decides whether their name may be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawlers.contracts.keys import words_of
from crawlers.contracts.values import FILLERS, plain, written
from vivier.identity import fold, is_siren, is_siret
from vivier.model.contract import Organisation
from vivier.privacy.contacts import scrub
from vivier.privacy.first_names import FIRST_NAMES

_CIVILITY = re.compile(r"^(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE|DOCTEUR|DR)\s+[A-Z]{3}")
_COUPLE = re.compile(r"^(?:M|MR|MME|MONSIEUR|MADAME) (?:ET )?(?:M|MR|MME|MONSIEUR|MADAME)\b")
_MASKED = frozenset(["NOM RETIRE", "NON DIFFUSIBLE", "ND", "ND ND"])
_INITIALS = re.compile(r"^S A(?: S| R L)? ")
_SOLE_TRADER = re.compile(r"\bENTREPRENEUR INDIVIDUEL\b|^E I\b|\bEI$")
_WORDS = range(2, 5)
_BUSINESS: Final = words_of(
    """
    SA SAS SASU SARL EURL SCOP SCIC SNC SCI SCP SELARL SELAS SPL SEM GIE EARL GAEC ETS ETABLISSEMENTS ENTREPRISE ENTREPRISES
    SOCIETE STE ASSOCIATION ASSO GROUPE GROUP COMPAGNIE CIE ET FILS FRERES AND ATELIER ATELIERS AGENCE CABINET BUREAU ETUDES
    TRAVAUX BATIMENT CONSTRUCTION CONSTRUCTIONS MENUISERIE PLOMBERIE ELECTRICITE PEINTURE MACONNERIE CHARPENTE COUVERTURE
    TERRASSEMENT PAYSAGE PAYSAGES PAYSAGISTE ESPACES JARDINS TRANSPORT TRANSPORTS AUTOCARS VOYAGES SERVICES SERVICE CONSEIL
    CONSEILS CONSULTING FORMATION FORMATIONS ARCHITECTE ARCHITECTES ARCHITECTURE GEOMETRE AVOCATS NOTAIRES INGENIERIE GARAGE
    BTP TP SOC FORAGES ACOUSTIQUE METALLERIE SERRURERIE CONSTRUCTEUR THERMIQUE POMPES SOLUTIONS ENERGIE ENERGIES INDUSTRIE
    BOULANGERIE TRAITEUR IMPRIMERIE LIBRAIRIE EDITIONS PRODUCTION PRODUCTIONS FRANCE SAINT SAINTE COMMUNE MAIRIE VILLE CENTRE
    HOPITAL LYCEE COLLEGE FONDATION INSTITUT MAISON DE DU DES LA LE LES D L SYNDICAT UNION NORD SUD EST OUEST
    BET HABITAT IMMOBILIER IMMO STRUCTURE STRUCTURES ASS ASSOC CLUB INFORMATIQUE TELECOM TELECOMS INTERIM INSERTION ENVIRONNEMENT
    ASSAINISSEMENT AMENAGEMENT AMENAGEMENTS ETANCHEITE FACADES ISOLATION CARRELAGE CARRELAGES REVETEMENTS FERRONNERIE EBENISTERIE
    PLATRERIE CHAUFFAGE CLIMATISATION DEMOLITION DESAMIANTAGE RENOVATION NETTOYAGE PROPRETE LOCATION LEVAGE MATERIAUX CARRIERES
    HOTEL RESTAURANT RESTAURATION PHARMACIE BOUCHERIE FROMAGERIE PEPINIERES SCIERIE DISTRIBUTION EQUIPEMENT EQUIPEMENTS
    """
)


def is_person(name: str) -> bool:
    """Whether a name seems to be that of a person: it has a civility, or a first name and no word of business nor « & ».

    Some companies named after a person are taken for one: their SIRET is kept, and says who they are.
    """
    folded = fold(name)
    words = folded.split()
    business = "&" in name or not _BUSINESS.isdisjoint(words) or _INITIALS.match(folded) is not None
    if folded in _MASKED or _SOLE_TRADER.search(folded) or _COUPLE.match(folded):
        return True
    if business or any(char.isdigit() for char in folded):
        return False
    return _CIVILITY.match(folded) is not None or (len(words) in _WORDS and not FIRST_NAMES.isdisjoint(words))


def without_person(name: str) -> str | None:
    """A name without the person's name that it is, or that follows it in brackets; ``None`` when nothing is left.

    Brackets with semicolons hold the names of partners: so does SIRENE write what has no legal personality.
    """
    main, mark, inner = name.partition("(")
    if is_person(main):
        return None
    return main.strip() or None if mark and (";" in inner or is_person(inner)) else name


Party = tuple[object, object, object]
"""Type of identifier, identifier and name, as written."""

ID_TYPES: Final = {
    "SIRET": "SIRET",
    "SIREN": "SIREN",
    "TVA": "TVA",
    "TVA INTRACOMMUNAUTAIRE": "TVA",
    "TVAINTRACOMMUNAUTAIRE": "TVA",
    "TAHITI": "TAHITI",
    "RIDET": "RIDET",
    "FRWF": "FRWF",
    "FRW": "FRWF",
    "IREP": "IREP",
    "UE": "UE",
    "HORS UE": "HORS-UE",
    "HORSUE": "HORS-UE",
}
_FILLERS = frozenset((*(fold(word) for word in FILLERS), ""))
_MARKS = re.compile(r"[\s.\-]")
_VAT = re.compile(r"FR(\d{2})(\d{9})")
_OF_REGISTER = (None, "SIRET", "SIREN")


@dataclass(frozen=True, slots=True)
class Known:
    """An organisation (``None`` when nothing is written), codes of doubt, and a word that is in no list."""

    organisation: Organisation | None
    doubts: tuple[str, ...] = ()
    unread: str | None = None


def read_organisation(party: Party, role: str, *, public: bool = False) -> Known:
    """One organisation; ``role`` (buyer, holder, subcontractor) begins its issues. A ``public`` body's name is always kept."""
    (id_type, unread), identifier = _type(party[0]), written(party[1])
    name, doubts = _name(party[2], public)
    if identifier is None:
        found = Organisation(name=name) if name else None
        return Known(found, (*doubts, f"{role}_id_absent") if found else doubts, unread)
    siret, siren = _numbers(identifier, id_type)
    if id_type in _OF_REGISTER and siret is None:
        doubts = (*doubts, f"{role}_id_invalid" if siren is None else f"{role}_siren_only")
    raw = None if siret else _shown(identifier)
    return Known(
        Organisation(siret=siret, siren=siren, raw_id=raw, id_type="SIRET" if siret else id_type, name=name),
        doubts,
        unread,
    )


@lru_cache(maxsize=1024)
def _type(raw: object) -> tuple[str | None, str | None]:
    """The code of a type of identifier. A word that is not in the list is returned beside it."""
    kind = plain(raw)
    word = fold(kind) if kind else ""
    return (ID_TYPES[word], None) if word in ID_TYPES else (None, kind if word not in _FILLERS else None)


def _numbers(identifier: str, id_type: str | None) -> tuple[str | None, str | None]:
    """The SIRET and the SIREN that an identifier gives, each only when its check digits are right."""
    number = identifier if identifier.isdigit() else _MARKS.sub("", identifier).upper()
    if id_type == "TVA":
        return None, _siren_of_vat(number)
    if id_type not in _OF_REGISTER or not (number.isascii() and number.isdigit()):
        return None, None
    if len(number) == 9:
        return None, number if is_siren(number) else None
    # Spreadsheets lose the first zeros; both checks must then be right, which chance gives once in a hundred.
    number = number.zfill(14) if len(number) in (12, 13) else number
    return (number, number[:9]) if is_siret(number) else (None, None)


def _siren_of_vat(number: str) -> str | None:
    found = _VAT.fullmatch(number)
    if found is None or not is_siren(found[2]):
        return None
    return found[2] if int(found[1]) == (12 + 3 * (int(found[2]) % 97)) % 97 else None


def _name(raw: object, public: bool) -> tuple[str | None, tuple[str, ...]]:
    name = written(raw)
    if name is None:
        return None, ()
    public_name = name if public else without_person(name)
    doubts = ("person_name_removed",) if public_name != name else ()
    if public_name is None:
        return None, doubts
    shown, removed = scrub(public_name)
    return shown, (*doubts, "contact_removed") if removed else doubts


def _shown(identifier: str) -> str | None:
    """The identifier as written, unless it is somebody's name or address."""
    return None if is_person(identifier) or scrub(identifier)[1] else identifier[:100]

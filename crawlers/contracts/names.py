"""Names of natural persons among names of businesses: a sole trader's name is personal data and is not kept."""

from __future__ import annotations

import re
from typing import Final

from crawlers.contracts.keys import words_of
from vivier.identity import fold
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

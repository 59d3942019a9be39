"""Reads the site of a service or a building as the place where it stands: « mairie de Pontivi », « police municipale Cannes », « CHU Nantes ».

A body of a town (a town hall, a hospital, a housing office) bears its name. A building that is named without « de » often bears that of
a person: « lycée Saint-Exupéry » is a candidate only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from vivier.territory.names import place_key

_BODIES: Final = (
    r"MAIRIES?|VILLES?|COMMUNES?|HOTEL DE VILLE|SOUS PREFECTURE|CCAS|CIAS|POLICE|PM|CTM|CENTRE TECHNIQUE|SERVICES? TECHNIQUES?|SERVICES?"
    r"|OPH|OPHLM|OFFICE (?:PUBLIC )?(?:DE L HABITAT|HLM)|HABITAT|OFFICE (?:DE|DU) TOURISME|OT|REGIE|CUISINE CENTRALE|SERRES?|ATELIERS?"
    r"|CH[RSI]?U?|GHT|GH|CENTRE HOSPITALIER|HOPITAL|HOPITAUX|HOP|CLINIQUE|EHPAD|ESAT|IME|TRIBUNAL|TJ|TGI|COUR D APPEL"
    r"|UNIVERSITE|UNIV|FAC|FACULTE|IUT|INSA|CROUS|RECTORAT|ACADEMIE|MAISON D ARRET|CENTRE (?:PENITENTIAIRE|DE DETENTION)|PRISON"
    r"|AEROPORT|GARE|MEDIATHEQUE|BIBLIOTHEQUE|MUSEE|PISCINE|ABATTOIR|DECHETT?ERIE|CIMETIERE|ECOLES|STADE|CONSERVATOIRE"
)
"""What bears the name of its town, with or without « de »."""
_BUILDINGS: Final = (
    r"ECOLE|GROUPE SCOLAIRE|COLLEGE|LYCEE|CRECHES?|MULTI ACCUEIL|GYMNASES?|THEATRE|SALLE(?: DES FETES| POLYVALENTE)?|CASERNE|CAMPUS|FOYER"
    r"|RESIDENCE|CENTRE (?:SOCIAL|AERE|DE LOISIRS)|MAISON(?: DE QUARTIER| DES ASSOCIATIONS)?|HALLES?|EGLISE|DEPOT|PARC|QUAI|USINE|ENTREPOT"
)
"""What may bear the name of a person: a town is sure after « de » only."""
_OF_WHOM: Final = (
    r"(?: (?:MUNICIP(?:ALE?S?|AUX)?|COMMUNA(?:LES?|L|UX)|INTERCOMMUNA(?:LES?|L|UX)|UNIVERSITAIRE|REGIONAL|SPECIALISE|PUBLIC(?:S|QUES?)?|PRIMAIRES?"
    r"|ELEMENTAIRES?|MATERNELLES?|SCOLAIRES?|JUDICIAIRE|ADMINISTRATIF|TECHNIQUES?|CENTRALE?|URBAINE?))*"
)
_SITE: Final = re.compile(
    rf"(?:LES? |LA |L |DEUX |\d )?(?:(?P<body>{_BODIES})|(?:{_BUILDINGS})){_OF_WHOM}(?P<of> (?:DE|DU|DES|D|A|AU|AUX))?(?P<town> (?:LA |LE |LES |L )?.+)"
)
_EVERYWHERE: Final = re.compile(r" (?:(?:\d+|TOUS|TS|DIVERS|MULTI) ?SITES?|SITES)(?= |$)")
"""What follows a place without naming it."""
_LEAD: Final = re.compile(r"^(?:DE|DU|DES|D|A|AU|AUX) (?=.)")


@dataclass(frozen=True)
class NamedSite:
    """The town in the name of a site, as a key, and whether it can be nothing else than a town."""

    town: str
    sure: bool


def named_site(key: str) -> NamedSite | None:
    """The town of a site: « POLICE MUNICIPALE CANNES » is in Cannes. ``None`` when the key names no kind of site."""
    whole = _LEAD.sub("", _EVERYWHERE.sub("", key))
    match = _SITE.fullmatch(whole)
    if match is None:
        return NamedSite(whole, True) if whole != key and whole else None
    inner = named_site(match["town"].strip())
    is_sure = match["body"] is not None or match["of"] is not None
    return NamedSite(inner.town, is_sure and inner.sure) if inner else NamedSite(match["town"].strip(), is_sure)


def town_of(text: str) -> str:
    """The town that a place names as that of a site, else the text itself."""
    site = named_site(place_key(text))
    return text if site is None else site.town

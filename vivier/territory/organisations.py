"""Reads the name of a public organisation as the place where it works: « CD 53 », « Archives départementales du Cantal », « CHU Nantes ».

A council works in the whole of its département or région; a service that one building holds works in the chef-lieu; a body of a town works there. The chef-lieux
are those of the *code officiel géographique* (INSEE).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import mappings
from vivier.territory.model import Kind, typed_id
from vivier.territory.names import loose_key
from vivier.territory.place_index import PlaceIndex
from vivier.territory.readers import (
    ALIKE,
    EXACT,
    OTHER,
    PlaceQuery,
    Reading,
    alike_reader,
    arrondissement_reader,
    epci_reader,
    former_reader,
    name_reader,
    scoped_reader,
)
from vivier.territory.sites import named_site

WHOLE: Final = "organisation"
"""``via`` of an organisation that works in the whole of its territory, and of a site whose town is certain."""
_OF_TOWN: Final = (name_reader, arrondissement_reader, scoped_reader, epci_reader, former_reader)
SEAT: Final = "seat"
"""``via`` of a service that one building holds: its chef-lieu is the likely place, its territory the other one."""
_OF: Final = r"(?: (?:DE|DU|DES|D|LA|LE|LES|L))* "
_DEPARTMENTAL: Final = r"(?: (?:DEPARTEMENTALE?S?|DEPTALE?S?|DEPT?|DPT))"


@dataclass(frozen=True)
class _Organisation:
    """Names of organisations of one level, as a pattern over a key; ``has_seat``: whether one building holds each of them."""

    names: re.Pattern[str]
    kind: Kind
    has_seat: bool = False


def _named(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{names})(?P<of>{_OF}| ?(?=\d))(?P<rest>.+)")


_ORGANISATIONS: Final = (
    _Organisation(_named(r"PREFECTURE(?: DE)? REGION|HOTEL(?: DE LA| DE)? REGION|SGAR"), "region", has_seat=True),
    _Organisation(
        _named(
            rf"ARCHIVES{_DEPARTMENTAL}?|MDPH|MDA|MAISON{_DEPARTMENTAL}(?: DES PERSONNES HANDICAPEES| DE L AUTONOMIE)?"
            r"|PREFECTURE|PREF|DDTM?|DDETS?(?: ?PP)?|DDCS(?:PP)?|DDPP|DSDEN|DDFIP|HOTEL (?:DU |DE )?DEPARTEMENT"
            r"|CONSEIL D ARCHITECTURE|CAUE|CAF|CPAM|CENTRE DE GESTION|CDG|CHAMBRE D AGRICULTURE"
        ),
        "departement",
        has_seat=True,
    ),
    _Organisation(
        _named(
            r"CON?SEIL REGIONAL|CONS REG(?:IONAL)?|CR|LYCEES(?: PUBLICS)?|DREAL|DREETS|DRAC|DRAAF|ARS|SERVICES REGIONAUX"
        ),
        "region",
    ),
    _Organisation(
        _named(
            rf"CON?SEIL(?: GENERAL|{_DEPARTMENTAL})|CONS{_DEPARTMENTAL}|C ?[DG]|DEPARTEMENT|COLLEGES(?: PUBLICS)?"
            rf"|SDIS|SERVICE{_DEPARTMENTAL} D INCENDIE(?: ET DE SECOURS)?|ROUTES{_DEPARTMENTAL}|BIBLIOTHEQUE{_DEPARTMENTAL}|OPH"
        ),
        "departement",
    ),
)
_HERE: Final = re.compile(
    r"(?:AU |NOTRE |NOS |SUR |DANS |EN )*(?:LE |LES |LA )?(?:SIEGE(?: SOCIAL)?|SITES?|LOCAUX|IDEM|ID|MEME LIEU|DITO)"
)


def organisation_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« Conseil départemental de la Mayenne » is its département, « Préfecture du Gers » is Auch or, in second, the Gers. A département or
    région that is misspelt gives candidates. ``None`` for a name whose territory is of another level."""
    for organisation in _ORGANISATIONS:
        match = organisation.names.fullmatch(query.key)
        if match is None:
            continue
        return _in_area(match["rest"], organisation, index)
    return None


def site_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« Mairie de Pontivy » is read as its town is; « collège Saint-Exupéry » gives candidates only."""
    site = named_site(query.key)
    if site is None:
        return None
    town = PlaceQuery(site.town, site.town)
    for reader in (organisation_reader, *_OF_TOWN):
        reading = reader(town, index)
        if reading is not None and site.sure:
            return Reading(WHOLE if reading.certain else reading.via, reading.hits, reading.certain, reading.together)
        if reading is not None:
            return Reading(reading.via, tuple((id, OTHER) for id, _ in reading.hits))
    return None


def alike_site_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« Mairie de Pontivi », « CCAS Sarlat »: towns that resemble that of the site, or that begin so."""
    site = named_site(query.key)
    return alike_reader(PlaceQuery(site.town, site.town), index) if site is not None and site.sure else None


def is_here(key: str) -> bool:
    """Whether the key of a place says « here », as « siège », « sur site » or « idem » do: it names no territory by itself."""
    return _HERE.fullmatch(key) is not None


def _in_area(rest: str, organisation: _Organisation, index: PlaceIndex) -> Reading | None:
    kind, prefix = organisation.kind, f"{organisation.kind}:"
    code = rest.zfill(2)
    if code in index.gazetteer.names[kind] and (kind == "departement" or not rest.isdigit()):
        found = [typed_id(kind, code)]
    else:
        found = [id for id in index.areas.get(loose_key(rest), ()) if id.startswith(prefix)]
    if len(found) != 1:
        alike = [(id, ALIKE * score) for id, score in index.by_likeness(rest, 10) if id.startswith(prefix)]
        return (
            Reading(WHOLE, tuple(alike))
            if alike and not index.places.named(rest)
            else name_reader(PlaceQuery(rest, rest), index)
        )
    seat = _seats(kind).get(found[0].removeprefix(prefix)) if organisation.has_seat else None
    if seat is None:
        return Reading(WHOLE, ((found[0], EXACT),), found[0])
    return Reading(SEAT, ((f"commune:{seat}", EXACT), (found[0], OTHER)), f"commune:{seat}")


@lru_cache(maxsize=2)
def _seats(kind: Kind) -> dict[str, str]:
    """The INSEE code of the chef-lieu of each département or région, by its code."""
    table = "departements" if kind == "departement" else "regions"
    return {row["code"]: row["chef_lieu"] for row in mappings.read_table(table)}

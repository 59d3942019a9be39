"""Reads the category and the seat of a public buyer in its SIREN.

Communes, EPCI, départements and régions are looked up in the tables: they alone have a name. The category of other public
bodies is read in how INSEE builds their number: 25 a *syndicat*, 26 a public hospital or social body, 27 and 28 other local bodies, 19 schools, 11 to
18 the State and its bodies; since 2010 new bodies take 20. The digits of a commune's number are not its INSEE code: for one
commune in seven they spell another code, or none. The two digits of the département are right for all but one of the 33,634 communes of
the tables that are outside Corse and have such a number, so that they place the bodies that no table lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vivier.territory import Gazetteer
from vivier.territory.bodies import listed_body

CATEGORIES: Final[dict[str, str]] = {
    "commune": "Commune",
    "departement": "Département",
    "region": "Région",
    "epci": "Intercommunalité à fiscalité propre",
    "syndicat": "Syndicat ou autre groupement local",
    "hopital": "Hôpital ou établissement public social",
    "local": "Autre établissement public local",
    "enseignement": "Établissement d'enseignement",
    "etat": "État ou établissement public national",
    "autre": "Autre organisme soumis à la commande publique",
}

_BY_PREFIX: Final = {
    "21": "commune",
    "22": "departement",
    "23": "region",
    "24": "epci",
    "25": "syndicat",
    "20": "syndicat",
    "26": "hopital",
    "27": "local",
    "28": "local",
    "19": "enseignement",
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18"), "etat"),
}
TABLES: Final = "decoupage"
"""Where the names that a SIREN implies come from, as ``name_source``: the tables of communes, EPCI, départements and régions."""
_NAMED_BY_DEPARTEMENT: Final = frozenset(("19", "21", "22", "23", "24", "25", "26", "27", "28"))


@dataclass(frozen=True)
class BuyerSeat:
    """Category, territory of the seat (typed id, ``None`` when the SIREN does not give it) and the name that a table gives."""

    category: str
    seat: str | None
    name: str | None


def read_siren(siren: str, gazetteer: Gazetteer) -> BuyerSeat:
    """Category, seat and name of a buyer; the name is that of the tables, :data:`TABLES`."""
    category = category_of_siren(siren, gazetteer)
    listed = listed_body(siren, gazetteer)
    if listed is not None:
        return BuyerSeat(category, *listed)
    departement = departement_of_siren(siren, gazetteer)
    return BuyerSeat(category, None if departement is None else f"departement:{departement}", None)


def category_of_siren(siren: str, gazetteer: Gazetteer) -> str:
    """Category of a buyer, without reading where it sits."""
    if siren in gazetteer.communes_of_sirens:
        return "commune"
    if siren in gazetteer.collectivities:
        return gazetteer.collectivities[siren].category
    return "epci" if siren in gazetteer.names["epci"] else _BY_PREFIX.get(siren[:2], "autre")


def departement_of_siren(siren: str, gazetteer: Gazetteer) -> str | None:
    """Département in the number of a local public body; ``None`` for the others."""
    if siren[:2] not in _NAMED_BY_DEPARTEMENT:
        return None
    code = siren[2:5] if siren[2:4] == "97" else siren[2:4]
    return code if code in gazetteer.names["departement"] else None

"""What a SIREN says of a public buyer: its category, and where it sits.

SIREN numbers of public bodies are built by INSEE: 21 and the commune, 22 and the département, 23 a région, 24 an EPCI, 25 a
*syndicat*, 26 a public hospital or social body, 27 and 28 other local bodies, 19 schools, 11 to 18 the State and its bodies;
since 2010 new intercommunal bodies take 20.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vivier.territory import Gazetteer
from vivier.text.folding import fold

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
_VOWELS: Final = frozenset("AEIOUY")
_NAMED_BY_DEPARTEMENT: Final = frozenset(("19", "21", "22", "23", "24", "25", "26", "27", "28"))


@dataclass(frozen=True)
class BuyerSeat:
    """Category, territory of the seat (typed id, ``None`` when the SIREN does not tell) and the name it implies."""

    category: str
    seat: str | None
    name: str | None


def read_siren(siren: str, gazetteer: Gazetteer) -> BuyerSeat:
    """Category, seat and implied name of a buyer."""
    category = category_of_siren(siren, gazetteer)
    if siren in gazetteer.names["epci"]:
        return BuyerSeat(category, f"epci:{siren}", gazetteer.names["epci"][siren])
    commune = commune_of_siren(siren, gazetteer) if category == "commune" else None
    if commune is not None:
        return BuyerSeat(category, f"commune:{commune}", f"Commune {of_place(gazetteer.names['commune'][commune])}")
    departement = departement_of_siren(siren, gazetteer)
    if departement is None:
        return BuyerSeat(category, None, None)
    name = f"Département {gazetteer.names['departement'][departement]}" if category == "departement" else None
    return BuyerSeat(category, f"departement:{departement}", name)


def category_of_siren(siren: str, gazetteer: Gazetteer) -> str:
    """Category of a buyer, without reading where it sits."""
    return "epci" if siren in gazetteer.names["epci"] else _BY_PREFIX.get(siren[:2], "autre")


def of_place(name: str) -> str:
    """A place after « de »: « d'Orvault », « du Mans », « des Herbiers », « de La Rochelle », « de Nantes »."""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d'{name}" if fold(name[:1]).upper() in _VOWELS else f"de {name}"


def commune_of_siren(siren: str, gazetteer: Gazetteer) -> str | None:
    """INSEE code of a commune from its SIREN: 214402158 is 44215, 212000046 2A004, 219740115 97411."""
    if not siren.startswith("21"):
        return None
    codes = [f"{siren[2:4]}{siren[5:8]}"]
    if siren[2:4] == "97":
        codes = [f"97{siren[4]}{siren[6:8]}"]
    elif siren[2:4] == "20":
        codes = [f"2A{siren[5:8]}", f"2B{siren[5:8]}"]
    for code in codes:
        known = code if code in gazetteer.names["commune"] else gazetteer.successors.get(code)
        if known in gazetteer.names["commune"]:
            return known
    return None


def departement_of_siren(siren: str, gazetteer: Gazetteer) -> str | None:
    """Département in the number of a local public body; ``None`` for the others."""
    if siren[:2] not in _NAMED_BY_DEPARTEMENT:
        return None
    code = siren[2:5] if siren[2:4] == "97" else siren[2:4]
    return code if code in gazetteer.names["departement"] else None

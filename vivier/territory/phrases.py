"""Words in French a place with its preposition: « dans le Nord », « à Rennes », « du Mans », « de La Rochelle »."""

from __future__ import annotations

from typing import Final

from vivier.french import kilometres
from vivier.territory.gazetteer import Gazetteer
from vivier.territory.model import Territory

_IN: Final = {
    "dans le ": "Bas-Rhin, Calvados, Cantal, Cher, Doubs, Finistère, Gard, Gers, Haut-Rhin, Jura, Loiret, Lot, Lot-et-Garonne, Morbihan, "
    "Nord, Pas-de-Calais, Puy-de-Dôme, Rhône, Tarn, Tarn-et-Garonne, Territoire de Belfort, Val-d'Oise, Val-de-Marne, Var, Vaucluse, "
    "Grand Est",
    "dans l'": "Ain, Aisne, Allier, Ariège, Aube, Aude, Aveyron, Essonne, Eure, Hérault, Indre, Isère, Oise, Orne, Yonne",
    "dans les ": "Alpes-de-Haute-Provence, Alpes-Maritimes, Ardennes, Bouches-du-Rhône, Côtes-d'Armor, Deux-Sèvres, Hautes-Alpes, "
    "Hautes-Pyrénées, Hauts-de-Seine, Landes, Pyrénées-Atlantiques, Pyrénées-Orientales, Vosges, Yvelines, Hauts-de-France, "
    "Pays de la Loire",
    "dans la ": "Creuse, Drôme, Manche, Marne, Meuse, Nièvre, Sarthe, Somme, Vienne",
    "à ": "La Réunion, Mayotte, Paris",
}
PREPOSITIONS: Final = {name: words for words, names in _IN.items() for name in names.split(", ")}
"""The preposition of a département or a région; the others take « en »."""
_VOWELS: Final = "AEIOUYÀÂÉÈÊËÎÏÔÖÙÛÜŒÆ"


def in_place(territory: Territory) -> str:
    """« dans le Nord », « en Bretagne », « à Rennes », « au Havre », « sur le territoire de Rennes Métropole », « en France »."""
    match territory.kind:
        case "country":
            return "en France"
        case "departement" | "region":
            return f"{PREPOSITIONS.get(territory.name, 'en ')}{territory.name}"
        case "commune" | "arrondissement":
            return in_town(territory.name)
    return f"sur le territoire de {territory.name}"


def in_town(name: str) -> str:
    """« à Rennes », « au Havre », « aux Mureaux », « à La Rochelle »."""
    for article, words in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return words + name.removeprefix(article)
    return f"à {name}"


def of_town(name: str) -> str:
    """« de Rennes », « d'Auray », « du Havre », « des Mureaux », « de La Rochelle »."""
    for article, words in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return words + name.removeprefix(article)
    return f"d'{name}" if name[:1].upper() in _VOWELS else f"de {name}"


_OF: Final = {"dans le ": "du ", "dans l'": "de l'", "dans les ": "des ", "dans la ": "de la ", "à ": "de "}


def of_place(name: str) -> str:
    """« du Nord », « de l'Ain », « d'Ille-et-Vilaine », « de la Bretagne » written « de Bretagne », « du Mans »: any place, by its name."""
    words = PREPOSITIONS.get(name)
    return of_town(name) if words is None else f"{_OF[words]}{name}"


def circle_text(km: float, around: str | None, gazetteer: Gazetteer) -> str:
    """« 40 km autour du siège », « 30 km autour de Vitré ». ``around``: the INSEE code of the commune in the middle."""
    name = None if around is None else gazetteer.names["commune"].get(around, around)
    return f"{kilometres(km)} autour {'du siège' if name is None else of_town(name)}"

"""Every région, département and large commune as French writes it: « au Mans », « dans le Nord », « en Côte-d'Or »."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vivier.lexicon import Lexicon

LARGE = 8_000
"""Inhabitants from which every commune is to be read."""
_AS_TOWNS = frozenset(
    (
        *("Paris", "La Réunion", "Mayotte", "Saint-Barthélemy", "Saint-Martin", "Saint-Pierre-et-Miquelon"),
        *("Wallis et Futuna", "Île de Clipperton"),
    )
)
_PLURAL = frozenset(
    (
        *("Alpes-de-Haute-Provence", "Hautes-Alpes", "Alpes-Maritimes", "Ardennes", "Bouches-du-Rhône"),
        *("Côtes-d'Armor", "Landes", "Hautes-Pyrénées", "Pyrénées-Atlantiques", "Pyrénées-Orientales"),
        *("Deux-Sèvres", "Vosges", "Yvelines", "Hauts-de-Seine", "Hauts-de-France", "Pays de la Loire"),
        "Terres australes et antarctiques françaises",
    )
)
_MASCULINE = frozenset(
    (
        *("Calvados", "Cantal", "Cher", "Doubs", "Finistère", "Gard", "Gers", "Jura", "Loir-et-Cher", "Loiret", "Lot"),
        *("Lot-et-Garonne", "Maine-et-Loire", "Morbihan", "Nord", "Pas-de-Calais", "Puy-de-Dôme", "Bas-Rhin"),
        *("Haut-Rhin", "Rhône", "Tarn", "Tarn-et-Garonne", "Var", "Vaucluse", "Territoire de Belfort"),
        *("Val-de-Marne", "Val-d'Oise", "Grand Est"),
    )
)
_ELIDED = frozenset(
    (
        *(
            "Ain",
            "Aisne",
            "Allier",
            "Ardèche",
            "Ariège",
            "Aube",
            "Aude",
            "Aveyron",
            "Eure",
            "Hérault",
            "Indre",
            "Isère",
        ),
        *("Oise", "Orne", "Yonne", "Essonne"),
    )
)
_FEMININE = frozenset(
    (
        *("Charente", "Creuse", "Dordogne", "Drôme", "Gironde", "Loire", "Haute-Loire", "Manche", "Marne", "Mayenne"),
        *("Haute-Marne", "Meuse", "Nièvre", "Sarthe", "Somme", "Vienne"),
    )
)


@dataclass(frozen=True)
class Named:
    """A territory, its name, the name after « à », « en » or « dans », and after « de »."""

    id: str
    name: str
    where: str
    of: str


def regions(lexicon: Lexicon) -> Iterator[Named]:
    """All of today's, collectivities included."""
    return _areas("region", lexicon)


def departements(lexicon: Lexicon) -> Iterator[Named]:
    """All of today's, collectivities included."""
    return _areas("departement", lexicon)


def large_communes(lexicon: Lexicon) -> Iterator[Named]:
    """Those of 8,000 inhabitants or more, without the arrondissements."""
    communes = lexicon.gazetteer.communes
    for row, name in enumerate(communes.names):
        if communes.population[row] >= LARGE and not communes.is_arrondissement[row]:
            yield Named(f"commune:{communes.codes[row]}", name, at_town(name), of_town(name))


def at_town(name: str) -> str:
    """« au Mans », « aux Abymes », « à La Rochelle »."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"à {name}"


def of_town(name: str) -> str:
    """« du Mans », « des Abymes », « de La Rochelle », « d'Angers »."""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d'{name}" if name[0] in "AEIOUÀÂÉÈÊÎÔ" else f"de {name}"


def _areas(kind: str, lexicon: Lexicon) -> Iterator[Named]:
    for code, name in lexicon.gazetteer.names[kind].items():  # type: ignore[index]
        yield Named(f"{kind}:{code}", name, _in_area(name), _of_area(name))


def _in_area(name: str) -> str:
    forms = {"à ": _AS_TOWNS, "dans les ": _PLURAL, "dans le ": _MASCULINE, "dans l'": _ELIDED, "dans la ": _FEMININE}
    return next((before + name for before, names in forms.items() if name in names), f"en {name}")


def _of_area(name: str) -> str:
    """« du Nord », « des Landes », « de l'Ain », « de la Creuse », « de Bretagne »."""
    forms = {"des ": _PLURAL, "du ": _MASCULINE, "de l'": _ELIDED, "de la ": _FEMININE}
    return next((before + name for before, names in forms.items() if name in names), of_town(name))

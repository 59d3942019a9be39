"""The « Lisez-moi » sheet: what was asked, at what date, what each column means, whom the data come from."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.exports.document import Document
from vivier.query_url import pairs
from vivier.sourcing.find import METHOD_VERSIONS
from vivier.sourcing.notices import excluded
from vivier.sourcing.reasons import french_date
from vivier.sourcing.rows import Cell

README = "Lisez-moi"
Line = tuple[bool, tuple[Cell, ...]]
"""Whether it is a title, and its cells."""

_READING = (
    "Une cellule vide veut dire « inconnu » ou « non demandé », jamais zéro. Le mot « inconnu » n'apparaît que dans les "
    "colonnes d'état (État, Précision du lieu, Capacité pour le lot).",
    "SIREN, SIRET, codes de commune et de département sont du texte. Plusieurs valeurs d'une cellule sont séparées par « | ».",
    "Réutilisation : citez le producteur et la date de mise à jour de chaque source, selon sa licence.",
    "Un texte qui pourrait être lu comme une formule est précédé d'une apostrophe.",
)


def readme_rows(document: Document) -> Iterator[Line]:
    """The sheet, line by line. Sources are those of the rows already read."""
    yield True, ("Vivier : fournisseurs trouvés",)
    yield False, ("Service non officiel.",)
    yield False, ()
    yield from _asked(document)
    yield False, ()
    for text in (*document.notices, *excluded(document.found), *_READING):
        yield False, (text,)
    yield False, ()
    yield True, ("Colonne", "Nom technique", "Sens")
    for column in document.columns:
        yield False, (column.header, column.name, column.meaning)
    yield False, ()
    yield from _sources(document)


def _asked(document: Document) -> Iterator[Line]:
    found = document.found
    yield True, ("Recherche",)
    yield False, ("Adresse qui la refait", document.shared.url)
    for name, value in pairs(found.plan.query.model_copy(update={"facets": None})):
        yield False, (f"Paramètre {name}", value)
    if found.seed is not None:
        yield False, ("Graine de l'ordre neutre", found.seed)
    yield False, ("À la date du", french_date(document.shared.as_of))
    yield False, ("Fournisseurs", found.total)
    yield False, ("Génération de l'index", found.generation.name)
    yield False, ("Méthodes", ", ".join(METHOD_VERSIONS.values()))


def _sources(document: Document) -> Iterator[Line]:
    yield True, ("Sources", "Producteur", "Jeu de données", "Licence", "Page", "Mise à jour", "Lecture")
    for one in document.sources.listed():
        dates = (one["updated_at"] and one["updated_at"][:10], one["fetched_at"] and one["fetched_at"][:10])
        yield False, (one["source_id"], one["producer"], one["dataset"], one["licence"], one["url"], *dates)

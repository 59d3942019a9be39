"""The « Lisez-moi » sheet: what was asked, at what date, what each column means, whom the data come from."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.exports.document import Table
from vivier.search.columns import Cell

README = "Lisez-moi"
Line = tuple[bool, tuple[Cell, ...]]
"""Whether it is a title, and its cells."""

_READING = (
    "Une cellule vide veut dire « inconnu » ou « non demandé », jamais zéro.",
    "SIREN, SIRET, codes de commune et de département sont du texte. Plusieurs valeurs d'une cellule sont séparées par « | ».",
    "Réutilisation : citez le producteur et la date de mise à jour de chaque source, selon sa licence.",
    "Un texte qui pourrait être lu comme une formule est précédé d'une apostrophe.",
)


def readme_rows(document: Table) -> Iterator[Line]:
    """The sheet, line by line. Sources are those of the rows already read."""
    yield (
        True,
        (f"Vivier : {document.things.lower()} trouvés" if document.things != "Pistes" else "Vivier : pistes trouvées",),
    )
    yield False, ("Service non officiel.",)
    yield False, ()
    yield from _asked(document)
    yield False, ()
    for text in (*document.told, *_READING):
        yield False, (text,)
    yield False, ()
    yield True, ("Colonne", "Nom technique", "Sens")
    for column in document.columns:
        yield False, (column.header, column.name, column.meaning)
    yield False, ()
    yield from _sources(document)


def _asked(document: Table) -> Iterator[Line]:
    yield True, ("Recherche",)
    for title, value in document.asked:
        yield False, (title, value)


def _sources(document: Table) -> Iterator[Line]:
    yield True, ("Sources", "Producteur", "Jeu de données", "Licence", "Page", "Mise à jour", "Lecture")
    for one in document.sources.listed():
        dates = (one["updated_at"] and one["updated_at"][:10], one["fetched_at"] and one["fetched_at"][:10])
        yield False, (one["source_id"], one["producer"], one["dataset"], one["licence"], one["url"], *dates)

"""The « Lisez-moi » sheet: the query and its date, the meaning of each column, the sources of the data."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.exports.document import Table
from vivier.search.columns import Cell

README = "Lisez-moi"
Line = tuple[bool, tuple[Cell, ...]]
"""Whether the line is a title, and its cells."""

_READING = (
    "Une cellule vide veut dire « inconnu » ou « non demandé », jamais zéro.",
    "SIREN, SIRET, codes de commune et de département sont du texte. Plusieurs valeurs d'une cellule sont séparées par « | ».",
    "Réutilisation : citez le producteur et la date de mise à jour de chaque source, selon sa licence.",
    "Un texte qui pourrait être lu comme une formule est précédé d'une apostrophe.",
)


def readme_rows(document: Table) -> Iterator[Line]:
    """The lines of the sheet. The sources are those of the rows read so far."""
    yield (
        True,
        (f"Vivier : {document.things.lower()} trouvé{'es' if document.things == 'Opportunités' else 's'}",),
    )
    yield False, ("Service non officiel.",)
    yield False, ()
    yield from _search(document)
    yield False, ()
    for text in (*document.remarks, *_READING):
        yield False, (text,)
    yield False, ()
    yield True, ("Colonne", "Nom technique", "Sens")
    for column in document.columns:
        yield False, (column.header, column.name, column.meaning)
    yield False, ()
    yield from _sources(document)


def _search(document: Table) -> Iterator[Line]:
    yield True, ("Recherche",)
    for title, value in document.parameters:
        yield False, (title, value)


def _sources(document: Table) -> Iterator[Line]:
    yield True, ("Sources", "Producteur", "Jeu de données", "Licence", "Page", "Mise à jour", "Lecture")
    for source in document.sources.listed():
        dates = (source["updated_at"] and source["updated_at"][:10], source["fetched_at"] and source["fetched_at"][:10])
        yield (
            False,
            (source["source_id"], source["producer"], source["dataset"], source["licence"], source["url"], *dates),
        )

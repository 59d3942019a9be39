"""Verbs for developers of Vivier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vivier.cli.terminal import say

if TYPE_CHECKING:
    from crawlers.scaffold.layout import Layout
    from crawlers.scaffold.write import NewSource


def new_source(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="Nom de la source : minuscules, chiffres, « _ ».")],
    file: Annotated[Path, typer.Argument(metavar="FICHIER.csv", help="Un fichier de la source, tel que reçu.")],
    siret: Annotated[str | None, typer.Option("--siret", help="Colonne du SIRET, si son nom ne le dit pas.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Colonne du nom, si son nom ne le dit pas.")] = None,
) -> None:
    """Écrire une nouvelle source dans le dépôt, d'après un CSV : module, exemple inventé, fiches attendues, tests."""
    from crawlers.scaffold.write import new_source as write_source

    given = {role: column for role, column in (("siret", siret), ("name", name)) if column is not None}
    say_written(source_id, write_source(source_id, file, given, Path.cwd()))


def say_written(source_id: str, made: NewSource) -> None:
    """Reports what was read, what was written, and what comes next."""
    from crawlers.scaffold.text import TO_FILL

    _say_columns(made.layout)
    for path in made.files:
        say(f"Écrit : {path}")
    say(f"Ensuite : 1. remplacez chaque « {TO_FILL} » de {made.files[0]} ;")
    say(f"2. python -m scripts.build_expected {source_id} && python -m scripts.build_docs ;")
    say(f"3. python -m pytest tests/crawlers -k {source_id} ;")
    say(f"4. vivier import {source_id} FICHIER.")


def _say_columns(layout: Layout) -> None:
    """Reports the role of each column, so that the developer can correct a wrong one in the module."""
    encoding = layout.fallback or "UTF-8"
    say(f"{len(layout.header)} colonnes, séparateur {layout.delimiter_name}, {encoding}.")
    for role, column in layout.roles.items():
        cut = ", coupée aux « ; » et « | » seulement (_offers)" if role == "trades" else ""
        say(f"  {role.upper()} = « {column} »{cut}")
    for title, columns in (("Contacts, jamais lus", layout.contact), ("Ignorées par leur nom", layout.ignored)):
        if columns:
            say(f"  {title} : {', '.join(f'« {column} »' for column in columns)}")

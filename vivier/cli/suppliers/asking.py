"""Verbs that query the index, as the API and the pages do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vivier.cli import terminal_tables as tables
from vivier.cli.options import Home, Words, reading, today_of
from vivier.cli.terminal import (
    err,
    say,
    settings_of,
    show_found,
)
from vivier.cli.terminal import pairs as parameters
from vivier.french import plural


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Le besoin en français, puis filtres nom=valeur : kind=ESAT territory=departement:35 ; « q=… » cherche des mots seuls"
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Chercher des fournisseurs : « vivier search nettoyage de bureaux à Paris », « vivier search kind=ESAT near=-1.68,48.11 radius_km=40 »."""
    from vivier.lexicon import load_lexicon
    from vivier.needs.asked import NEED, understood
    from vivier.suppliers.beyond import beyond
    from vivier.suppliers.find import find, groups
    from vivier.suppliers.query import parse_query

    lexicon = load_lexicon()
    query = parse_query(parameters(words or [], NEED), lexicon)
    for line in understood(query.need or "", lexicon):
        say(line)
    with reading(settings_of(home)) as snapshot:
        today = today_of(snapshot)
        found = find(query, snapshot, lexicon, today)
        more = beyond(found, snapshot, lexicon, today)
        others = groups(found, snapshot, lexicon)
    show_found(found, grouped=bool(others))
    tables.show_groups(others)
    if more is not None:
        tables.show_beyond(more)


def resolve(words: Annotated[list[str], typer.Argument(help="Le besoin, en français.")]) -> None:
    """Comprendre un besoin : « vivier resolve tonte des pelouses du lycée à Roubaix »."""
    from vivier.lexicon import load_lexicon
    from vivier.needs import applied, checked_text, resolve_need
    from vivier.needs.shown import lines

    lexicon = load_lexicon()
    need = resolve_need(checked_text(" ".join(words), "besoin"), lexicon)
    search = applied(need, lexicon)
    for line in lines(need, search):
        say(line)
    if search.pairs:
        say("Recherche : vivier search " + " ".join(f"{name}={value}" for name, value in search.pairs))


def export(
    format: Annotated[str, typer.Argument(help="csv, xlsx, jsonl ou geojson.")],
    file: Annotated[Path, typer.Argument(help="Fichier à écrire (remplacé s'il existe).")],
    words: Words = None,
    home: Home = None,
) -> None:
    """Écrire tous les résultats d'une recherche : « vivier export xlsx esat.xlsx kind=ESAT »."""
    from search_api.suppliers.geojson import geojson
    from vivier.exports.files import save
    from vivier.lexicon import load_lexicon
    from vivier.needs.asked import NEED
    from vivier.suppliers.query import parse_query

    lexicon = load_lexicon()
    query = parse_query(parameters(words or [], NEED), lexicon)
    with reading(settings_of(home)) as snapshot, err.status("Écriture…"):
        total = save(file, format, query, snapshot, lexicon, today_of(snapshot), geojson=geojson)
    say(f"{plural(total, 'fournisseur')} dans {file}.")


def explain(
    supplier: Annotated[str, typer.Argument(help="Identifiant Vivier du fournisseur.")],
    words: Words = None,
    home: Home = None,
) -> None:
    """Dire pourquoi un fournisseur répond, ou ne répond pas, à une recherche."""
    from vivier.lexicon import load_lexicon
    from vivier.needs.asked import NEED
    from vivier.suppliers.explain import explain as explain_one
    from vivier.suppliers.query import parse_query

    lexicon = load_lexicon()
    query = parse_query(parameters(words or [], NEED), lexicon)
    with reading(settings_of(home)) as snapshot:
        explanation = explain_one(supplier, query, snapshot, lexicon, today_of(snapshot))
    tables.show_explanation(supplier, explanation)

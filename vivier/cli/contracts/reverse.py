"""Verbs of the supplier side: contracts, notices, projects, leads, buyers, indicators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vivier.cli.options import Home, reading, today_of
from vivier.cli.terminal import pairs as parameters
from vivier.cli.terminal import say, settings_of

if TYPE_CHECKING:
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.query import ListQuery
    from vivier.lexicon import Lexicon

Filters = Annotated[list[str] | None, typer.Argument(help="Filtres nom=valeur : territory=departement:35 trade=…")]
Supplier = Annotated[
    str | None, typer.Option("--supplier", help="Pour ce fournisseur de l'index : nom, SIRET, SIREN ou identifiant.")
]


def contracts(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ce qui est cherché, en français, puis filtres nom=valeur : provision=reserved ending_months=12"
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Chercher des marchés : « vivier contracts nettoyage à Rennes provision=reserved »."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.query import ContractQuery
    from vivier.lexicon import load_lexicon
    from vivier.needs.asked import NEED, parse_asked

    lexicon = load_lexicon()
    _list(parse_asked(parameters(words or [], NEED), lexicon, ContractQuery), lexicon, tables.CONTRACTS, home)


def notices(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ce qui est cherché, en français, puis filtres nom=valeur : status=open reserved_for=EA_ESAT"
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Chercher des avis (BOAMP, TED) : « vivier notices nettoyage à Rennes status=open »."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.natures import of_notices
    from vivier.contracts.query import NoticeQuery
    from vivier.lexicon import load_lexicon
    from vivier.needs.asked import NEED, parse_asked

    lexicon = load_lexicon()
    query = parse_asked(parameters(words or [], NEED), lexicon, NoticeQuery)
    _list(of_notices(query), lexicon, tables.NOTICES, home)


def projects(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ce qui est cherché, en français, puis filtres nom=valeur : wanted_inclusive=yes division=90"
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Chercher des projets d'achat (APProch) : « vivier projects nettoyage à Rennes »."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.natures import of_projects
    from vivier.contracts.query import NoticeQuery
    from vivier.lexicon import load_lexicon
    from vivier.needs.asked import NEED, parse_asked

    lexicon = load_lexicon()
    query = parse_asked(parameters(words or [], NEED), lexicon, NoticeQuery)
    _list(of_projects(query, "« vivier notices »"), lexicon, tables.PROJECTS, home)


def _list(query: ListQuery, lexicon: Lexicon, look: tables.Look, home: Path | None) -> None:
    """Shows how what is sought was read, a page of the list and, when it is empty, the number of results that one change would give."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.find import find_list
    from vivier.contracts.relax import relaxed_list
    from vivier.search.query_url import pairs

    if query.need is not None:
        say("Lu : " + " ".join(f"{name}={value}" for name, value in pairs(query) if name not in look.fixed))
    with reading(settings_of(home)) as snapshot:
        found = find_list(query, snapshot, lexicon, today_of(snapshot))
        relaxed = relaxed_list(found, snapshot, lexicon, look.fixed)
    tables.show_list(found, look)
    tables.show_ways_out(found.total, relaxed, look.singular, look.several)


def leads(filters: Filters = None, supplier: Supplier = None, home: Home = None) -> None:
    """Trouver des opportunités : « vivier leads --supplier SIRET », ou « vivier leads trade=… territory=departement:35 kind=EI »."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.leads import find_leads
    from vivier.contracts.leads_query import LeadsQuery
    from vivier.contracts.query_profile import profile_of
    from vivier.contracts.relax import relaxed_profile
    from vivier.lexicon import load_lexicon
    from vivier.search.query import parse_parameters

    lexicon = load_lexicon()
    query = parse_parameters(_parameters_of(filters, supplier), lexicon, LeadsQuery)
    with reading(settings_of(home)) as snapshot:
        today = today_of(snapshot)
        found = find_leads(query, profile_of(query, snapshot, lexicon, today), snapshot, lexicon, today)
        relaxed = relaxed_profile(query, found.total, snapshot, lexicon, today)
    tables.show_leads(found, query.page, query.per_page)
    tables.show_ways_out(found.total, relaxed, "opportunité")


def buyers(filters: Filters = None, supplier: Supplier = None, home: Home = None) -> None:
    """Classer des acheteurs pour un fournisseur, des métiers ou un lieu : « vivier buyers --supplier SIRET sort=call »."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.calls import calls_of
    from vivier.contracts.leads_query import BuyersQuery
    from vivier.contracts.query_profile import profile_of
    from vivier.contracts.ranking import rank_buyers
    from vivier.contracts.relax import relaxed_profile
    from vivier.lexicon import load_lexicon
    from vivier.search.query import parse_parameters

    lexicon = load_lexicon()
    query = parse_parameters(_parameters_of(filters, supplier), lexicon, BuyersQuery)
    with reading(settings_of(home)) as snapshot:
        today = today_of(snapshot)
        found = rank_buyers(query, profile_of(query, snapshot, lexicon, today), snapshot, lexicon, today)
        relaxed = relaxed_profile(query, found.total, snapshot, lexicon, today)
        known = calls_of(query, found, snapshot, today)
    tables.show_buyers(found, query.months, (query.page - 1) * query.per_page, known)
    tables.show_ways_out(found.total, relaxed, "acheteur")


def indicators(filters: Filters = None, home: Home = None) -> None:
    """Compter les marchés à considération sociale ou environnementale : « vivier indicators by=year departement=… »."""
    from vivier.cli.contracts import terminal_reverse as tables
    from vivier.contracts.indicators import IndicatorsQuery
    from vivier.contracts.indicators import indicators as count
    from vivier.lexicon import load_lexicon
    from vivier.search.query import parse_parameters

    lexicon = load_lexicon()
    query = parse_parameters(parameters(filters or []), lexicon, IndicatorsQuery)
    with reading(settings_of(home)) as snapshot:
        found = count(query, snapshot, lexicon, today_of(snapshot))
    tables.show_indicators(found)


def _parameters_of(filters: list[str] | None, supplier: str | None) -> list[tuple[str, str]]:
    return [*parameters(filters or []), *([("supplier", supplier)] if supplier is not None else [])]

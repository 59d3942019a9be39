"""Declares the columns of an export of suppliers: technical name, French header, meaning, and the function that reads the cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from vivier.model import members
from vivier.search.columns import Cell, Column
from vivier.suppliers import rows
from vivier.suppliers.reasons import coverage_words
from vivier.suppliers.rows import Line


def _facts(*parts: str) -> Iterator[Column[Line]]:
    """A column for each plain fact of some parts, with the header and the meaning declared in :class:`vivier.model.Supplier`."""
    for name, member in members().items():
        shown = member.shown
        if shown.part in parts and shown.header is not None:
            yield Column(name, shown.header, shown.meaning, _fact(name), shown.part, shown.on_demand, shown.link)


def _fact(name: str) -> Callable[[Line], Cell]:
    def read(line: Line) -> Cell:
        fact: Any = line.record.get(name)
        if isinstance(fact, list):
            return tuple([each["value"] for each in fact])
        value: Cell = None if fact is None else fact["value"]
        return value

    return read


def _address(name: str) -> Callable[[Line], Cell]:
    def read(line: Line) -> Cell:
        known: Any = line.address.get(name)
        value: Cell = known
        return value

    return read


def _turnover(line: Line) -> Cell:
    figure: Any = line.figures.get("eur_year")
    # A band is not a number: only the column of all capacities shows it.
    return None if figure is None or "up_to" in figure else figure.get("value")


def _coverage_text(line: Line) -> Cell:
    found = line.result.coverage
    return None if found is None else coverage_words(found)


_CAPACITY = {"fits": "suffisante", "too_large": "insuffisante", "unknown": "inconnue"}


def _capacity(line: Line) -> Cell:
    found = line.result.capacity
    return None if found is None else _CAPACITY[found.state]


def _reasons(line: Line) -> Cell:
    return tuple([reason.text for reason in line.result.reasons])


COLUMNS: Final[tuple[Column[Line], ...]] = (
    Column(
        "rank",
        "Rang",
        "place dans l'ordre demandé, à partir de 1",
        lambda line: line.rank,
    ),
    Column("id", "Identifiant Vivier", "identifiant stable du fournisseur", lambda line: line.record["id"]),
    *_facts("name"),
    *_facts("identifiers"),
    Column(
        "kinds",
        "Types de structure",
        "codes des agréments qui valent à la date (voir /v1/kinds)",
        lambda line: rows.valid_codes(line.agreements, "kind", line.shared.on),
        part="kinds",
    ),
    Column("agreements", "Agréments", "chaque agrément, son état à la date, sa preuve", rows.agreements, part="kinds"),
    Column("town", "Commune du siège", "telle que publiée", _address("town"), part="address"),
    Column("departement", "Département", "code du département du siège, en texte", rows.departement, part="address"),
    Column("trades", "Métiers", "métiers des offres", rows.trade_names, part="offers"),
    Column(
        "supposed_trades",
        "Métiers supposés",
        "ce qu'aucune source ne dit et que le code d'activité ou le statut laisse supposer : à confirmer",
        rows.supposed_trades,
        part="offers",
    ),
    Column("zones", "Zones d'intervention", "déclarées ; « non publiée » est un état", rows.zones, part="offers"),
    Column(
        "coverage",
        "Couverture",
        "du territoire demandé, en clair ; vide sans territoire",
        _coverage_text,
    ),
    Column(
        "distance_km",
        "Distance (km)",
        "du siège au point demandé, ou au territoire (0 : dedans) ; vide si inconnue",
        lambda line: line.result.distance_km,
    ),
    Column(
        "valid_labels",
        "Labels valides",
        "codes des labels qui valent à la date (voir /v1/labels)",
        lambda line: rows.valid_codes(line.labels, "code", line.shared.on),
        part="labels",
    ),
    Column("labels", "Labels", "chaque label, son état à la date, sa preuve", rows.labels, part="labels"),
    Column(
        "turnover_eur",
        "Chiffre d'affaires (€)",
        "euros par an, chiffre le plus récent",
        _turnover,
        part="capacities",
    ),
    Column(
        "capacities", "Capacités", "chaque chiffre : unité, statut, année, source", rows.capacities, part="capacities"
    ),
    Column(
        "capacity",
        "Capacité pour le lot",
        "suffisante, insuffisante ou inconnue (ni volume déclaré, ni chiffre d'affaires publié) ; vide sans montant demandé",
        _capacity,
    ),
    Column("networks", "Réseaux", "réseaux d'appartenance", _fact("networks"), part="networks"),
    Column("references", "Références", "clients que le fournisseur met en avant", rows.references, part="references"),
    *_facts("website"),
    *_facts("contacts"),
    *_facts("description"),
    *_facts("kinds", "address", "offers", "labels", "capacities", "networks", "references"),
    Column(
        "group",
        "Groupe",
        "exact (fait ce métier), label_unknown (fait ce métier, label à vérifier), near_trade (métier proche, à appeler), to_ask (métier non publié, à appeler), other_kind (fait ce métier, d'un autre type) ou farther (trop loin)",
        lambda line: line.result.group,
    ),
    Column(
        "reasons",
        "Raisons",
        "pourquoi le fournisseur est proposé",
        _reasons,
    ),
    Column("sources", "Sources", "producteur, jeu de données, licence, dates", rows.sources),
    Column(
        "query_url",
        "Recherche",
        "adresse qui refait la recherche",
        lambda line: line.shared.url,
    ),
    Column(
        "method_versions",
        "Méthodes",
        "versions des méthodes de calcul",
        lambda line: line.shared.methods,
    ),
)
"""Thirty columns at most, those that a buyer works with; the API gives the rest."""


def columns_of(fields: Iterable[str]) -> tuple[Column[Line], ...]:
    """The columns of an export: those of the parts named by ``fields``, and those always included. When ``fields`` is empty, all the
    columns except the longest texts (``on_demand``)."""
    parts = set(fields)
    if not parts:
        return tuple(column for column in COLUMNS if not column.on_demand)
    return tuple(column for column in COLUMNS if column.part is None or column.part in parts)

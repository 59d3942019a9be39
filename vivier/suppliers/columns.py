"""Declares the columns of an export of suppliers: technical name, French header, meaning, and the function that reads the cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

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


def _figure(unit: str, member: str) -> Callable[[Line], Cell]:
    def read(line: Line) -> Cell:
        figure: Any = line.figures.get(unit)
        # A band is not a number: only the column of all capacities shows it.
        return None if figure is None or "up_to" in figure else figure.get(member)

    return read


def _size(name: str, header: str, unit: str, meaning: str) -> tuple[Column[Line], Column[Line]]:
    """The column of a figure and that of its year."""
    return (
        Column(name, header, f"{meaning}, chiffre le plus récent", _figure(unit, "value"), part="capacities"),
        Column(f"{name}_year", f"{header} : année", "année de ce chiffre", _figure(unit, "year"), part="capacities"),
    )


def _coverage(name: str) -> Callable[[Line], Cell]:
    def read(line: Line) -> Cell:
        found = line.result.coverage
        return None if found is None else getattr(found, name)

    return read


def _coverage_text(line: Line) -> Cell:
    found = line.result.coverage
    return None if found is None else coverage_words(found)


def _share(line: Line) -> Cell:
    found = line.result.coverage
    return None if found is None else round(found.share, 4)


_CAPACITY = {"fits": "suffisante", "too_large": "insuffisante", "unknown": "inconnue"}


def _capacity(line: Line) -> Cell:
    found = line.result.capacity
    return None if found is None else _CAPACITY[found.state]


def _reasons(line: Line) -> Cell:
    return tuple([reason.text for reason in line.result.reasons])


COLUMNS: tuple[Column[Line], ...] = (
    Column(
        "rank",
        "Rang",
        "place dans l'ordre demandé, à partir de 1",
        lambda line: line.rank,
    ),
    Column("id", "Identifiant Vivier", "identifiant stable du fournisseur", lambda line: line.record["id"]),
    *_facts("name"),
    *_facts("identifiers"),
    Column("status", "État", "ouvert, ou inconnu quand aucune source ne le dit", rows.status, part="identifiers"),
    Column(
        "kinds",
        "Types de structure",
        "codes des agréments qui valent à la date (voir /v1/kinds)",
        lambda line: rows.valid_codes(line.agreements, "kind", line.shared.on),
        part="kinds",
    ),
    Column("agreements", "Agréments", "chaque agrément, son état à la date, sa preuve", rows.agreements, part="kinds"),
    Column(
        "agreement_periods",
        "Agréments : dates",
        "code, début/fin en ISO 8601, « .. » pour une date non publiée",
        lambda line: rows.periods(line.agreements, "kind"),
        part="kinds",
    ),
    Column("post_code", "Code postal", "du siège, en texte", _address("post_code"), part="address"),
    Column("town", "Commune du siège", "telle que publiée", _address("town"), part="address"),
    Column("commune", "Code commune", "code INSEE 2026 du siège, en texte", _address("commune"), part="address"),
    Column("departement", "Département", "code du département du siège, en texte", rows.departement, part="address"),
    Column(
        "location_precision",
        "Précision du lieu",
        "ce que vaut le point du siège : adresse, rue, commune ou inconnu",
        rows.location_precision,
        part="address",
    ),
    Column("trades", "Métiers", "métiers des offres", rows.trade_names, part="offers"),
    Column(
        "trade_codes", "Codes métiers", "les mêmes, en codes (voir /v1/trades)", lambda line: line.trades, part="offers"
    ),
    Column(
        "supposed_trades",
        "Métiers supposés",
        "ce qu'aucune source ne dit et que le code d'activité ou le statut laisse supposer : à confirmer",
        rows.supposed_trades,
        part="offers",
    ),
    Column("service_types", "Types de prestation", "des offres", rows.service_types, part="offers"),
    Column("zones", "Zones d'intervention", "déclarées ; « non publiée » est un état", rows.zones, part="offers"),
    Column(
        "coverage",
        "Couverture",
        "du territoire demandé, en clair ; vide sans territoire",
        _coverage_text,
    ),
    Column(
        "coverage_class",
        "Classe de couverture",
        "full (tout), wide (au moins la moitié), partial, touch, seat_only, overseas_unconfirmed, none",
        _coverage("cls"),
    ),
    Column(
        "coverage_share",
        "Part couverte",
        "part de la population du territoire, de 0 à 1",
        _share,
    ),
    Column(
        "coverage_basis",
        "Base de la couverture",
        "code, country, radius (déclarés) ; inferred, inferred_departement (supposés) ; seat ; none",
        _coverage("basis"),
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
        "label_periods",
        "Labels : dates",
        "code, début/fin en ISO 8601, « .. » pour une date non publiée",
        lambda line: rows.periods(line.labels, "code"),
        part="labels",
    ),
    *_size("staff", "Effectif", "persons", "personnes employées"),
    *_size("places", "Places", "places", "places autorisées ou installées"),
    *_size("fte", "ETP", "etp", "équivalents temps plein"),
    *_size("insertion_fte", "ETP d'insertion", "etp_insertion", "équivalents temps plein en insertion"),
    *_size("turnover_eur", "Chiffre d'affaires (€)", "eur_year", "euros par an"),
    *_size(
        "volume_eur", "Volume déclaré (€ HT par an)", "volume_eur_year", "euros qu'elle déclare pouvoir prendre par an"
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
    Column(
        "priority_zones",
        "Zones prioritaires",
        "QPV, FRR ou ZRR du siège, avec sa source",
        rows.zones_of_seat,
        part="address",
    ),
    Column("references", "Références", "clients que le fournisseur met en avant", rows.references, part="references"),
    *_facts("website"),
    *_facts("contacts"),
    Column(
        "contacts_source",
        "Contact : source",
        "qui publie le courriel et le téléphone, et la date de ses données",
        rows.contacts_source,
        part="contacts",
    ),
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
        "as_of",
        "À la date du",
        "date à laquelle agréments, labels et métiers certifiés doivent valoir",
        lambda line: line.shared.as_of,
    ),
    Column(
        "method_versions",
        "Méthodes",
        "versions des méthodes de calcul",
        lambda line: line.shared.methods,
    ),
)


def columns_of(fields: Iterable[str]) -> tuple[Column[Line], ...]:
    """The columns of an export: those of the parts named by ``fields``, and those always included. When ``fields`` is empty, all the
    columns except the longest texts (``on_demand``)."""
    parts = set(fields)
    if not parts:
        return tuple(column for column in COLUMNS if not column.on_demand)
    return tuple(column for column in COLUMNS if column.part is None or column.part in parts)

"""Flattens one supplier found into a row: reads the cells of the columns that ``COLUMNS`` of ``columns.py`` declares.

A cell is ``None`` (the value is unknown, or the query does not call for it), a text, a number or a tuple of texts. The word
« inconnu » is used only in columns whose value is a state (``capacity``), and « non publié » only
for a place, a zone or a date that its source does not publish.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from vivier import vocabulary
from vivier.french import day, typed
from vivier.identity import words_of
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model import Address, views
from vivier.search.columns import Cell
from vivier.suppliers import offers
from vivier.suppliers.find import METHOD_VERSIONS
from vivier.suppliers.reasons import validity, whole_unit
from vivier.suppliers.result import SupplierResult
from vivier.territory.address import departement_of
from vivier.territory.phrases import circle_text
from vivier.validity import holds_on

UNKNOWN = "inconnu"
NO_UPPER_END = 1_000_000
"""Persons. A greater upper end of a band means that the band has no upper end."""
UNITS = {
    "persons": "personnes",
    "places": "places",
    "etp": "ETP",
    "etp_insertion": "ETP d'insertion",
    "eur_year": "€ par an",
    "volume_eur_year": "€ HT par an possibles",
}


@dataclass(frozen=True)
class Shared:
    """The data that all the rows of an export share. ``on``: the date of the query; ``url``: the URL that makes it again;
    ``wanted``: codes of the trades that it requests."""

    on: date
    lexicon: Lexicon
    url: str = ""
    wanted: frozenset[str] = frozenset()
    methods: str = field(default=" ".join(METHOD_VERSIONS.values()), init=False)
    departements: dict[tuple[str | None, str | None], str | None] = field(default_factory=dict, init=False, repr=False)
    places: dict[str, str] = field(default_factory=dict, init=False, repr=False)


class Line:
    """A row: a result with its ``rank``, counted from 1, and the facts of its record on the date of the query, read once for all columns.

    ``figures``: the newest capacity of each unit, chosen as the index does; units are never mixed. ``offered``: the offers that hold on
    the date of the query.
    """

    __slots__ = words_of("address agreements figures labels offered offers rank record result shared trades")

    def __init__(self, result: SupplierResult, rank: int, shared: Shared) -> None:
        self.result, self.rank, self.shared = result, rank, shared
        self.record = record = result.record
        self.address: views.AddressView = record["address"]["value"] if "address" in record else {}
        self.agreements: list[views.FactView[views.AgreementView]] = record.get("agreements", [])
        self.labels: list[views.FactView[views.LabelView]] = record.get("labels", [])
        self.offers: list[views.FactView[views.OfferView]] = record.get("offers", [])
        self.offered = [offer for fact in self.offers if holds_on(offer := fact["value"], shared.on)]
        self.trades = _distinct([offer["trade"] for offer in self.offered if "trade" in offer])
        self.figures = best_sizes([fact["value"] for fact in record.get("capacities", ())])


def best_sizes(sizes: Iterable[views.CapacityView]) -> dict[str, views.CapacityView]:
    """The best figure of each unit, chosen as the index does; units are never mixed."""
    found: dict[str, views.CapacityView] = {}
    for size in sizes:
        known = found.get(size["unit"])
        if known is None or _worth(size) > _worth(known):
            found[size["unit"]] = size
    return found


def _worth(figure: views.CapacityView) -> tuple[bool, int]:
    """The key by which the best figure of a unit is chosen, as in ``vivier.model.sizes``: a number before a band, then the newest year."""
    return "up_to" not in figure, figure.get("year", 0)


def departement(line: Line) -> str | None:
    """Code of the département of the seat, from its commune, else from its post code; ``None`` when both are unknown."""
    key = (line.address.get("commune"), line.address.get("post_code"))
    known = line.shared.departements
    if key not in known:
        known[key] = departement_of(Address(commune=key[0], post_code=key[1]), line.shared.lexicon.gazetteer)
    return known[key]


def status(line: Line) -> str:
    """Whether the structure is open: « ouvert » or « inconnu », as a search never finds closed ones."""
    return "ouvert" if "closed" in line.record else UNKNOWN


def valid_codes(facts: Sequence[views.FactView[Any]], name: str, day: date) -> Cell:
    """Codes (the member ``name``) of the agreements or labels that are valid on ``day``."""
    return _distinct([fact["value"][name] for fact in facts if holds_on(fact["value"], day)])


def _distinct(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values)) if len(values) > 1 else tuple(values)


def agreements(line: Line) -> Cell:
    """Each agreement in French, with its validity on the date of the query and its proof."""
    as_of = line.shared.on
    return tuple(
        [
            f"{fact['value']['kind']}{whole_unit(fact['value'])} : {validity(fact['value'], as_of)} ({proof(fact['provenance'])})"
            for fact in line.agreements
        ]
    )


def labels(line: Line) -> Cell:
    """Each label in French, with its domain and scope, its validity on the date of the query and its proof."""
    as_of = line.shared.on
    return tuple(
        [
            f"{_label_name(fact['value'])} : {validity(fact['value'], as_of)} ({proof(fact['provenance'])})"
            for fact in line.labels
        ]
    )


def _label_name(label: views.LabelView) -> str:
    known = LABELS.get(label["code"])
    name = label["code"] if known is None else known.name
    domain = f" ({label['domain']})" if label.get("domain") else ""
    return name + domain + whole_unit(label)


def proof(provenance: views.ProvenanceView) -> str:
    """Words a proof in French: « source : dataset, date »."""
    return _proof(provenance["dataset"], provenance.get("updated_at"), provenance.get("fetched_at"))


@lru_cache(maxsize=4096)
def _proof(dataset: str, updated_at: str | None, fetched_at: str | None) -> str:
    return f"source : {dataset}, {_dates(updated_at, fetched_at)}"


def _dates(updated_at: str | None, fetched_at: str | None) -> str:
    known = [f"mise à jour le {day(updated_at)}"] if updated_at else ["date de mise à jour non publiée"]
    return ", ".join([*known, *([f"lue le {day(fetched_at)}"] if fetched_at else [])])


def sources(line: Line) -> Cell:
    """The attribution of each source of the row: producer, dataset, licence, dates (Licence Ouverte 2.0)."""
    return _distinct([_credit(provenance) for provenance in line.record.get("sources", ())])


def _credit(provenance: views.ProvenanceView) -> str:
    dates = (provenance.get("updated_at"), provenance.get("fetched_at"))
    return _attribution(provenance["producer"], provenance["dataset"], provenance["licence"], *dates)


@lru_cache(maxsize=4096)
def _attribution(producer: str, dataset: str, licence: str, updated_at: str | None, fetched_at: str | None) -> str:
    return f"{producer} – {dataset} ({licence}), {_dates(updated_at, fetched_at)}"


def trade_names(line: Line) -> Cell:
    """The trades of the offers by their French names."""
    names = line.shared.lexicon.trade_names
    return tuple([names.get(code, code) for code in line.trades])


def supposed_trades(line: Line) -> Cell:
    return offers.supposed_trades(line.record, line.shared.lexicon, line.shared.on)


def service_types(line: Line) -> Cell:
    names = vocabulary.SERVICE_TYPES
    return _distinct([names[code] for offer in line.offered for code in offer.get("service_types", ())])


def zones(line: Line) -> Cell:
    """The zones that the supplier declares: « 40 km autour du siège », « Ille-et-Vilaine », « non publiée »…"""
    return _distinct([_zone(fact["value"]["zone"], line.shared) for fact in line.offers if "zone" in fact["value"]])


def _zone(zone: views.ZoneView, shared: Shared) -> str:
    match zone["type"]:
        case "country":
            return "France"
        case "radius":
            return circle_text(zone["km"], zone.get("around"), shared.lexicon.gazetteer)
        case "territories":
            return ", ".join(_place(id_, shared) for id_ in zone["territories"])
    return "non publiée"


def _place(id_: str, shared: Shared) -> str:
    if id_ not in shared.places:
        shared.places[id_] = f"{shared.lexicon.gazetteer.get(id_).name} ({id_})"
    return shared.places[id_]


def capacities(line: Line) -> Cell:
    """Every figure with its unit, its status if any, its year or « année non publiée », and its source."""
    return tuple([_capacity(fact["value"], fact["provenance"]) for fact in line.record.get("capacities", ())])


def _capacity(capacity: views.CapacityView, provenance: views.ProvenanceView) -> str:
    year = str(capacity["year"]) if "year" in capacity else "année non publiée"
    known = (capacity.get("status"), year, proof(provenance))
    figure = " à ".join(_figure(end) for end in band_ends(capacity))
    return f"{figure} {UNITS[capacity['unit']]} ({', '.join([part for part in known if part])})"


def zones_of_seat(line: Line) -> Cell:
    """The French names of the priority areas of the seat, each with the list that proves it."""
    names = vocabulary.ZONES
    return tuple(
        [f"{names.get(f['value'], f['value'])} ({proof(f['provenance'])})" for f in line.record.get("zones", ())]
    )


def band_ends(capacity: views.CapacityView) -> tuple[float, ...]:
    """The ends of a capacity: one number, or the two ends of a band, except the last band of INSEE, which has no upper end."""
    ends = (capacity["value"], capacity.get("up_to", capacity["value"]))
    return ends[:1] if ends[0] == ends[1] or ends[1] > NO_UPPER_END else ends


def _figure(value: float) -> str:
    return typed(value)


def references(line: Line) -> Cell:
    """The clients that the supplier names as references, with the title and the year of the work if published."""
    return tuple(
        " – ".join(str(part) for part in (reference["client"], reference.get("title"), reference.get("year")) if part)
        for reference in (fact["value"] for fact in line.record.get("references", ()))
    )

"""French words of the pages: parameters without a declared filter, orders, units, zones, numbers, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from search_api.pages.places import place_label
from vivier import french
from vivier.french import THIN, euros_ht, kilometres, number, paris_time
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.procurement import LEAD_NAMES, NOTICE_STATUSES, before
from vivier.search.query import TERRITORIES, days, filters, unknowns
from vivier.suppliers.query import SupplierQuery
from vivier.territory.phrases import circle_text
from vivier.validity import State, state_on

UNKNOWN = "inconnu"
TITLES = {
    "q": "Mots cherchés",
    "need": "Besoin",
    "lieu": "Lieu",
    "rayon": "Distance",
    "metier": "Métier",
    "choix": "Structures choisies",
    "supplier": "Structure",
    "lead": "Opportunité",
    "why": "Raison",
    "answer": "Réponse",
    "follow": "Suivi",
    "territory": "Intervient dans",
    "coverage": "Part du territoire couverte",
    "near": "Siège",
    "radius_km": "Rayon (km)",
    "polygon": "Siège",
    "lot_amount": "Montant du lot sur toute sa durée (€ HT)",
    "lot_months": "Durée du lot (mois, reconductions comprises)",
    "include_unknown": "Garder aussi ceux dont on ignore",
    "as_of": "Agréments et labels valables le",
    "sort": "Ordre",
    "seed": "Numéro du tirage au sort",
    "per_page": "Résultats par page",
    "page": "Page",
}
FORM_TITLES = {
    "amount": "Montant HT sur toute la durée",
    "avec": "Adresses des autres enquêtes",
    "carbon_price": "Prix de la tonne de CO₂",
    "company": "Entreprise",
    "discount_rate": "Taux d'actualisation par an",
    "file": "Fichier",
    "hourly_cost": "Coût horaire complet",
    "hours": "Heures d'insertion",
    "labour_share": "Part de main-d'œuvre dans le prix",
    "month": "Mois",
    "months": "Durée en mois",
    "noted": "Heures faites",
    "object": "Objet du lot",
    "place": "Bassin",
    "reference": "Référence",
    "start": "Début d'exécution",
    "structure": "Structure",
    "taken_over": "Part du personnel repris",
    "trade": "Métier",
    "who": "Entreprise",
    "years": "Durée de comparaison, en années",
}
"""French names of the fields of forms that are no search."""
REVERSE_TITLES = {
    "territory": "Lieu d'exécution",
    "near": "Lieu",
    "ending_months": "Finit dans les mois qui viennent (nombre de mois)",
    "missed": "Passés, que je n'ai pas eus (nom ou SIRET de ma structure)",
    "include_unknown": "Garder aussi les marchés dont on ignore",
    "as_of": "À la date du",
    "lead": "Sorte d'opportunité",
    "also": "Montrer aussi",
    "without": "Écartée",
    "fact": "Ce qui manquait",
    "work": "Pourquoi les appeler",
    "more_km": "Regarder au-delà de ma zone (km)",
    "supplier": "Structure (nom ou SIRET)",
    "turnover": "Chiffre d'affaires annuel (€ HT)",
    "lot_amount_most": "Lots d'au plus, par an",
    "ends_after_months": "Fin du marché : dans au moins (mois)",
    "ends_before_months": "Fin du marché : dans au plus (mois)",
    "status": "État",
    "since": "Seulement ce qui est nouveau depuis le",
    "months": "Marchés notifiés depuis (mois)",
    "by": "Par",
    "subsequent": "Compter aussi les marchés subséquents dont l'accord-cadre est présent",
    "q": "Mots cherchés",
}
"""French names of parameters that differ on the pages of contracts, buyers and leads."""
VALUES: dict[str, dict[str, str]] = {
    "coverage": {
        "any": "même sans y couvrir d'habitants",
        "partial": "au moins une partie",
        "wide": "au moins la moitié de la population",
        "seat": "aussi les sièges sur place, zone déclarée ailleurs",
        "full": "tout le territoire",
    },
    "lead": {str(kind): name for kind, name in LEAD_NAMES.items()},
    "fact": {
        "nothing": "rien de connu",
        "supposed": "publier un métier supposé",
        "trade": "un métier de plus",
        "farther": "des kilomètres de plus",
        "partner": "des partenaires",
        "kind": "un autre agrément",
        "label": "un label",
    },
    "work": {"clause": "Ont une clause sociale en cours", "subcontract": "Déclarent sous-traiter"},
    "also": {
        "expired": "les appels dont la date limite est passée",
        "national": "les achats pour toute la France",
        "supposed": "les métiers que nous supposons",
        "too_large": "les lots trop grands pour une seule structure",
    },
    "status": dict(NOTICE_STATUSES),
    "by": {
        "year": "année",
        "departement": "département",
        "region": "région",
        "buyer_category": "catégorie d'acheteur",
        "division": "division CPV",
        "category": "type d'achat",
        "kind": "contrat",
        "buyer": "acheteur",
    },
    "subsequent": {"True": "oui"},
    "sort": {
        "relevance": "pertinence",
        "distance": "distance",
        "name": "nom",
        "updated": "mise à jour la plus récente",
        "neutral": "neutre (tirage au sort reproductible)",
        "notified": "notification la plus récente",
        "published": "publication la plus récente",
        "deadline": "réponse attendue le plus tôt",
        "ends": "fin la plus proche",
        "amount": "montant le plus élevé",
        "rank": "bilan, volume, proximité",
        "environmental": "bilan environnemental, volume, proximité",
        "call": "à appeler : volume, proximité, fraîcheur",
        "reserved": "achats réservés",
        "unused": "sans considération à ce jour",
        "volume": "volume acheté",
    },
}
SCOPES = {
    "site": "le site",
    "legal_unit": "l'entreprise",
    "product": "un produit",
    "qualification": "une qualification",
}
AUDIENCES = {
    "individuals": "pour les particuliers",
    "professionals": "pour les professionnels",
}
EXCLUDED = {
    "amount": "dont on ignore le montant",
    "offers": "dont on ignore le nombre d'offres",
    "ends": "dont on ignore la date de fin",
    "published": "dont on ignore la publication",
}


UNPUBLISHED = {
    "turnover": ("son chiffre d'affaires", "leur chiffre d'affaires"),
    "staff": ("son effectif", "leur effectif"),
    "volume": ("le volume qu'elle peut faire", "le volume qu'elles peuvent faire"),
    "trade": ("ses métiers", "leurs métiers"),
    "service_type": ("son type de prestation", "leur type de prestation"),
    "location": ("son adresse", "leur adresse"),
}
"""What a structure, or several, did not publish; what is not here is called as its filter declares it (« l'effectif »)."""


def unpublished(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Sentences that count the structures left out because they did not publish something, each with the name of what is missing."""
    names = unknowns(SupplierQuery)
    sentences = {name: UNPUBLISHED.get(name) or (names.get(name, name),) * 2 for name in counts}
    return [(name, _unpublished(sentences[name], count)) for name, count in counts.items() if count]


def _unpublished(what: tuple[str, str], count: int) -> str:
    others = french.plural(count, "autre structure", "autres structures")
    return f"{others} n'a pas publié {what[0]}" if count == 1 else f"{others} n'ont pas publié {what[1]}"


def left_out(counts: Mapping[str, int], unit: str, model: type[Model] = SupplierQuery) -> list[str]:
    """Sentences that count what is left out because a value is unknown."""
    names = unknowns(model)
    return [
        f"{french.plural(count, unit)} {EXCLUDED.get(name, f'dont on ignore {names.get(name, name)}')} : hors de cette liste."
        for name, count in counts.items()
        if count
    ]


def title_of(name: str, model: type[Model] = SupplierQuery) -> str:
    """The French name of a parameter: that of its declared filter, else that of our table, else the beginning of its description."""
    filter_ = filters(model).get(name)
    if filter_ is not None:
        return filter_.title
    titles = TITLES if model is SupplierQuery else {**TITLES, **REVERSE_TITLES}
    field = model.model_fields.get(name)
    if name in titles or field is None:
        return titles.get(name, name)
    text = (field.description or name).partition(" :")[0]
    return text[:1].upper() + text[1:]


@cache
def numeric_parameters(model: type[Model] = SupplierQuery) -> frozenset[str]:
    """The parameters of a search whose value is a single number."""
    properties = model.model_json_schema()["properties"]
    return frozenset(name for name, schema in properties.items() if {"number", "integer"} & set(_types(schema)))


def _types(schema: Any) -> Iterator[str]:
    yield schema.get("type", "")
    for inner in schema.get("anyOf", ()):
        yield from _types(inner)


def value_names(name: str, lexicon: Lexicon, model: type[Model] = SupplierQuery) -> Mapping[str, str]:
    """French names of the codes of a parameter; empty when its values are free."""
    filter_ = filters(model).get(name)
    if filter_ is not None and filter_.allowed is not None:
        return filter_.names(lexicon)
    return unknowns(model) if name == "include_unknown" else VALUES.get(name, {})


def value_label(name: str, value: str, lexicon: Lexicon, model: type[Model] = SupplierQuery) -> str:
    """The French name of a value of a parameter."""
    if name in TERRITORIES:
        return place_label(value, lexicon.gazetteer)
    if name in numeric_parameters(model):
        return euros_ht(value, 2) if name.startswith(("turnover", "lot_amount", "amount_")) else number(value)
    if name in days(model):
        return long_day(value)
    return value_names(name, lexicon, model).get(value, value)


@cache
def allowed_values(name: str, model: type[Model] = SupplierQuery) -> tuple[str, ...]:
    """The closed list of a parameter that is not a filter (``sort``, ``coverage``), read from the model."""
    schema = model.model_json_schema()["properties"].get(name, {})
    found = _enums(schema)
    return next(found, ())


def _enums(schema: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield tuple(map(str, schema["enum"]))
        for inner in (*schema.get("anyOf", ()), schema.get("items")):
            yield from _enums(inner)


def day(value: date | datetime | str | None) -> str:
    """A day as « 24/11/2026 »; « inconnue » when there is none."""
    return "inconnue" if value is None else french.day(value)


def long_day(value: date | datetime | str | None) -> str:
    """A day in full, for a sentence: « 26 novembre 2026 », « 1er juillet 2019 »; « inconnue » when there is none."""
    return "inconnue" if value is None else french.long_day(value)


def answer_day(record: Mapping[str, object]) -> str | None:
    """« avant le 30 septembre 2026 à 12 h 00 », in the time of Paris: the last moment to answer a notice. A day without a time, or that is only
    the last day on which the notice is shown (« sans doute »), is given alone."""
    time, when = paris_time(record.get("deadline")), before(record)
    if time is None:
        return None
    hour = f" à {time[11:13]}{THIN}h{THIN}{time[14:16]}" if len(time) > len("2026-09-30") and when == "avant" else ""
    return f"{when} le {french.long_day(time)}{hour}"


def safe_url(url: str | None) -> str | None:
    """The URL when a page may link to it (http or https with a host), else ``None``, which excludes ``javascript:``."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def zone_text(zone: Mapping[str, Any] | None, default_km: float, lexicon: Lexicon) -> str:
    """A zone of intervention in words. For an unpublished zone, the words say so and give the zone assumed."""
    kind = None if zone is None else zone.get("type")
    if zone is None or kind == "undeclared":
        return f"non publiée ; nous supposons {kilometres(default_km)} autour du siège"
    if kind == "country":
        return "toute la France"
    if kind == "radius":
        return circle_text(zone["km"], zone.get("around"), lexicon.gazetteer)
    return ", ".join(place_label(id_, lexicon.gazetteer) for id_ in zone["territories"])


def label_name(code: str) -> str:
    """The French name of a label; the code itself when it is unknown."""
    known = LABELS.get(code)
    return known.name if known is not None else code


DATASETS: Final = {
    "boamp": "BOAMP",
    "ted": "TED",
    "approch": "APProch",
    "projets-dachats-publics": "APProch",
    "decp": "DECP",
    "decp-2022-marches-valides": "DECP de 2022, marchés valides",
    "avis TED": "TED",
}
"""Names of the data sets that a source calls by its own code."""
_SHORT: Final = re.compile(r".*\((?P<short>[A-Z][A-Za-z]{1,9})\)")


def credit(source: Mapping[str, Any]) -> str:
    """A source in a line: « BOAMP (DILA) ». A producer that gives its own acronym is called by it."""
    return f"{dataset_name(source['dataset'])} ({short_producer(source['producer'])})"


def producers(sources: Iterable[Mapping[str, Any]]) -> str:
    """The producers of some sources, each once: « ASP, DGEFP »."""
    return ", ".join(dict.fromkeys(short_producer(source["producer"]) for source in sources))


def dataset_name(dataset: str) -> str:
    """The name of a data set: « BOAMP »."""
    return DATASETS.get(dataset, dataset)


def short_producer(producer: str) -> str:
    """A producer by the acronym that it gives of itself: « DILA »."""
    short = _SHORT.fullmatch(producer)
    return producer if short is None else short["short"]


SHORT_KINDS: Final = {
    "EI": "Entreprise d'insertion",
    "ACI": "Chantier d'insertion",
    "AI": "Association intermédiaire",
    "ETTI": "Intérim d'insertion",
    "EITI": "Insertion d'indépendants",
    "GEIQ": "GEIQ",
    "EA": "Entreprise adaptée",
    "EATT": "Entreprise adaptée d'intérim",
    "ESAT": "ESAT",
    "EAMP": "Entreprise adaptée en prison",
    "SEP": "Atelier en prison",
    "ESS": "Entreprise de l'ESS",
}
"""A kind of structure in at most four words, where its letters would need to be explained."""


def short_kind(code: str) -> str:
    """A kind of structure in a few words; its code when we have none."""
    return SHORT_KINDS.get(code, code)


def kind_name(code: str) -> str:
    """The French name of a kind of structure; the code itself when it is unknown."""
    known = KINDS.get(code)
    return known.name if known is not None else code


_MARKS: dict[State, str] = {
    "valid": "valid",
    "expired": "ended",
    "suspended": "ended",
    "future": "coming",
    "unknown": "undated",
    "to_check": "undated",
}


def state_of(dated: Mapping[str, Any], as_of: date) -> str:
    """The state of an agreement or a label on a day, for its style: ``valid``, ``ended``, ``coming`` or ``undated``."""
    return _MARKS[state_on(dated, as_of)]


def in_brief(text: str) -> str:
    """A reason on a card: what it says, without the proof that it puts between brackets: « Réservé — type non précisé »."""
    return text.partition(" (")[0]

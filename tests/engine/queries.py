"""Random buyers' queries, made of the words, codes and places of a corpus."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.search.port import Document
from vivier.suppliers.query import SupplierQuery
from vivier.vocabulary import SERVICE_TYPES

_WORDS = ["espaces verts", "nettoyage", "traiteur", "blanchisserie", "tonte", "mise sous pli", "les", "bois", "fictif"]


def queries(corpus: list[Document], lexicon: Lexicon) -> st.SearchStrategy[SupplierQuery | None]:
    """Queries, most of them possible; the impossible ones are left out."""
    parameters = _parameters(corpus, lexicon)
    chosen = st.sets(st.sampled_from(list(parameters)), min_size=1, max_size=4)
    drawn = chosen.flatmap(lambda names: st.fixed_dictionaries({name: parameters[name] for name in sorted(names)}))
    return drawn.map(_query).filter(lambda query: query is not None)


def _query(values: dict[str, Any]) -> SupplierQuery | None:
    if "near" in values:
        values.setdefault("radius_km", 50.0)
    try:
        return SupplierQuery.model_validate(values)
    except ValidationError:
        return None


def _parameters(corpus: list[Document], lexicon: Lexicon) -> dict[str, st.SearchStrategy[Any]]:
    seats = list(dict.fromkeys(id_ for document in corpus for id_ in document["seat"] if not id_.startswith("bloc")))
    territories = _some([*seats[::20], "FR", "departement:35", "departement:69", "region:84", "departement:974"])
    points = [(d["location"]["lon"], d["location"]["lat"]) for d in corpus if "location" in d]
    names = [text for document in corpus[::40] for text in document["text_name"]]
    identifiers = [value for document in corpus[::40] for value in document["identifiers"]]
    trades = sorted({trade for document in corpus for offer in document["offers"] for trade in offer.get("trade", ())})
    amount = st.sampled_from([0, 5, 10, 50, 200, 100_000, 1_000_000])
    return {
        "q": st.sampled_from([*_WORDS, *names, *identifiers]),
        "territory": territories,
        "coverage": st.sampled_from(["full", "wide", "partial", "any"]),
        "near": st.sampled_from(points),
        "polygon": st.sampled_from(points).map(_drawn),
        "seat": territories,
        "trade": _some(trades),
        "cpv": _some(["45", "90", "77", "90910000", "55"]),
        "service_type": _some(list(SERVICE_TYPES)),
        "kind": _some(list(KINDS)),
        "article": _some(list(ARTICLE_NAMES)),
        "label": _some(list(LABELS)),
        "not_kind": _some(list(KINDS)),
        "wish_kind": _some(list(KINDS)),
        "not_trade": _some(trades),
        "staff_min": amount,
        "turnover_max": amount,
        "volume_min": amount,
        "include_unknown": st.sampled_from([(), ("staff",), ("turnover", "staff"), ("volume",)]),
        "sort": st.sampled_from(["relevance", "distance", "name", "updated"]),
        "page": st.integers(1, 3),
        "per_page": st.integers(1, 40),
    }


def _some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


def _drawn(point: tuple[float, float]) -> str:
    lon, lat = point
    ring = [[lon - 0.7, lat - 0.5], [lon + 0.7, lat - 0.4], [lon + 0.1, lat + 0.6], [lon - 0.7, lat - 0.5]]
    return f'{{"type":"Polygon","coordinates":[{ring}]}}'

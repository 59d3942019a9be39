"""What each filter means, written from its definition and read off a record: the judge of the search's properties."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.search_api.corpus import TODAY
from vivier.engine.embedded.evaluate import great_circle_km
from vivier.law.kinds import kinds_answering
from vivier.lexicon import Lexicon
from vivier.model import Supplier

Params = dict[str, Any]


def holds(name: str, wanted: Any, supplier: Supplier, result: dict[str, Any], lexicon: Lexicon) -> bool:
    """The filters of the supplier itself, written from their definition."""
    kinds = {a.value.kind for a in supplier.agreements if _valid(a.value)}
    labels = {one.value.code for one in supplier.labels if _valid(one.value) and not one.value.suspended}
    trades = {code for fact in supplier.offers for code in _with_broader(fact.value.trade, lexicon)}
    match name:
        case "kind":
            return bool(kinds & set(wanted))
        case "article":
            return any(kinds & set(kinds_answering(article)) for article in wanted)
        case "not_kind":
            return not kinds & set(wanted)
        case "label":
            return bool(labels & set(wanted))
        case "not_label":
            return not labels & set(wanted)
        case "not_trade":
            return not trades & set(wanted)
        case "network":
            return bool({network.value for network in supplier.networks} & set(wanted))
        case "seat" | "departement" | "region":
            return bool(set(wanted) & set(_seat(supplier, lexicon)))
        case "near":
            return result["distance_km"] <= 60 and _distance(supplier, -1.68, 48.11) <= 60
        case "turnover_min" | "turnover_max":
            return _bounded(name, float(wanted), supplier, "eur_year")
        case "staff_min" | "staff_max":
            return _bounded(name, float(wanted), supplier, "persons")
        case "territory":
            return result["coverage"]["class"] not in ("none", "touch")
        case "trade" | "service_type" | "evidence" | "min_evidence":
            return True  # judged together, on one offer
        case (
            "q"
            | "radius_km"
            | "wish_kind"
            | "wish_label"
            | "wish_trade"
            | "coverage"
            | "include_unknown"
            | "lot_amount"
            | "lot_months"
            | "sort"
        ):
            return True  # words, orders and what goes with another parameter have properties of their own
        case _:
            raise AssertionError(f"nobody says what « {name} » means: write it here")


def offer_holds(params: Params, supplier: Supplier, lexicon: Lexicon) -> bool:
    """Trade, service type and evidence on the same offer."""
    asked = [name for name in ("trade", "service_type", "evidence", "min_evidence") if name in params]
    return not asked or any(
        ("trade" not in params or set(params["trade"]) & set(_with_broader(fact.value.trade, lexicon)))
        and ("service_type" not in params or set(params["service_type"]) & set(fact.value.service_types))
        and ("evidence" not in params or fact.value.evidence in params["evidence"])
        and ("min_evidence" not in params or _strong_enough(fact.value.evidence, params["min_evidence"]))
        for fact in supplier.offers
    )


def _strong_enough(evidence: str | None, weakest: list[str]) -> bool:
    ladder = ["name", "text", "job", "contract", "certified", "declared"]
    return evidence is not None and ladder.index(evidence) >= min(ladder.index(one) for one in weakest)


def _valid(dated: Any) -> bool:
    started = dated.valid_from is None or dated.valid_from <= TODAY
    return started and (dated.valid_until is None or dated.valid_until >= TODAY)


def _with_broader(code: str | None, lexicon: Lexicon) -> tuple[str, ...]:
    return () if code is None else (code, *(trade.code for trade in lexicon.trades.ancestors(code)))


def _seat(supplier: Supplier, lexicon: Lexicon) -> tuple[str, ...]:
    commune = supplier.address.value.commune if supplier.address is not None else None
    return () if commune is None else lexicon.gazetteer.ancestors(f"commune:{commune}")


def _distance(supplier: Supplier, lon: float, lat: float) -> float:
    assert supplier.address is not None
    point = supplier.address.value.point
    assert point is not None
    return float(great_circle_km(lon, lat, np.array([point.lon]), np.array([point.lat]))[0])


def _bounded(name: str, bound: float, supplier: Supplier, unit: str) -> bool:
    values = [fact.value.value for fact in supplier.capacities if fact.value.unit == unit]
    return bool(values) and (values[0] >= bound if name.endswith("_min") else values[0] <= bound)

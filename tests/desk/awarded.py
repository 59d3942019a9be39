"""Structures of one département and contracts written for them: what depth, experience and calibration read."""

from __future__ import annotations

from datetime import date
from typing import Any

from indexer.contracts.workers import ContractDocuments
from indexer.document import DocumentMaker
from tests.search_api.corpus import valid_siret
from vivier.contracts.months import add_months
from vivier.lexicon import Lexicon
from vivier.model import Considerations, Contract, Fact, Organisation, Provenance, ProvisionEvidence, Supplier
from vivier.search.port import Store
from vivier.territory.reach import load_reach_index

TODAY = date(2026, 11, 24)
TRADE = "entretien-espaces-verts"
BUYERS = ("213502388", "243500139")
"""Rennes and its métropole."""
_SOURCE = Provenance(
    source_id="essai", producer="Producteur d'essai", dataset="Liste d'essai", licence="Licence Ouverte 2.0"
)


def siren(number: int) -> str:
    """The SIREN of a structure of :func:`structure`."""
    return valid_siret(number)[:9]


def structure(
    number: int,
    kind: str = "ESAT",
    *,
    trade: str | None = TRADE,
    turnover: int | None = None,
    commune: str = "35238",
    zone: str | None = "departement:35",
) -> Supplier:
    """A structure of Rennes that publishes Ille-et-Vilaine as its zone; ``zone``: ``None`` when it publishes none."""
    reached: dict[str, Any] = {"type": "territories", "territories": (zone,)} if zone else {"type": "undeclared"}
    siret = valid_siret(number)
    told: dict[str, Any] = {
        "id": f"v{number:03d}",
        "name": _fact(f"Structure {number}"),
        "siret": _fact(siret),
        "siren": _fact(siret[:9]),
        "identifiers": (siret, siret[:9]),
        "agreements": (_fact({"kind": kind, "valid_from": None, "valid_until": date(2028, 6, 30)}),),
        "offers": (_fact({"trade": trade, "zone": reached, "evidence": "declared" if trade else None}),),
        "address": _fact({"commune": commune}),
        "capacities": () if turnover is None else (_fact({"value": turnover, "unit": "eur_year", "year": 2025}),),
        "sources": (_SOURCE,),
    }
    return Supplier.model_validate(told, strict=False)


def _fact(value: Any) -> Fact[Any]:
    return Fact[Any](value=value, provenance=_SOURCE)


def contract(
    key: str,
    *,
    holders: tuple[int, ...] = (),
    buyer: str = BUYERS[0],
    notified: date = date(2026, 3, 1),
    months: int = 24,
    amount: float | None = 48_000.0,
    provision: str | None = None,
    reserved_for: str | None = None,
    place: str = "commune:35238",
    **more: Any,
) -> Contract:
    """A contract of lawns in Rennes, running at :data:`TODAY` unless told otherwise."""
    named = () if reserved_for is None else (reserved_for,)
    sign = {"provision": provision, "signal": "declared", "provenance": _SOURCE, "confidence": 0.95}
    told = {
        "key": key,
        "kind": "marche",
        "buyer": Organisation(siren=buyer, siret=f"{buyer}00011", name="Acheteur d'essai"),
        "holders": tuple(Organisation(siren=siren(one), siret=valid_siret(one)) for one in holders),
        "object": "Prestation d'essai",
        "cpv": "77310000",
        "category": "services",
        "place": place,
        "amount": amount,
        "months": months,
        "notified": notified,
        "starts": notified,
        "ends": add_months(notified, months),
        "published": notified,
        "social": Considerations(values=()),
        "social_state": "unknown",
        "evidence": () if provision is None else (ProvisionEvidence.model_validate({**sign, "reserved_for": named}),),
        "reserved_for": named,
        "sources": (_SOURCE,),
        **more,
    }
    return Contract.model_validate(told)


def put(engine: Store, lexicon: Lexicon, suppliers: list[Supplier], contracts: list[Contract] | None) -> None:
    """Put both in service; ``None``: no contract was ever indexed."""
    maker, documents = DocumentMaker(lexicon, load_reach_index()), ContractDocuments(lexicon)
    building = engine.build("suppliers")
    building.add(maker.make(one) for one in suppliers)
    engine.promote("suppliers", building.finish({}).name)
    if contracts is not None:
        building = engine.build("contracts")
        building.add(documents.make(one) for one in contracts)
        engine.promote("contracts", building.finish({}).name)

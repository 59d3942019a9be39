"""Three hundred invented suppliers, always the same: every kind of zone, date and gap, for the properties of the search."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

from vivier.lexicon import Lexicon
from vivier.model import (
    Address,
    Agreement,
    Capacity,
    CountryZone,
    Fact,
    Label,
    Offer,
    Point,
    Provenance,
    RadiusZone,
    Reference,
    Supplier,
    TerritoriesZone,
    UndeclaredZone,
    Zone,
)
from vivier.runs.records import RunStatistics, SourceCard

TODAY = date(2026, 11, 24)
COUNT = 300
SOURCE = Provenance(
    source_id="liste-test",
    producer="Réseau d'essai",
    dataset="Liste d'essai",
    licence="Licence Ouverte 2.0",
    updated_at=date(2026, 11, 1),
    fetched_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
    basis="declared",
)
REGISTER = SOURCE.model_copy(
    update={
        "source_id": "registre-test",
        "dataset": "Registre d'essai",
        "producer": "Office d'essai",
        "basis": "official",
    }
)
_COMMUNES = [
    "35238",
    "35047",
    "35360",
    "22278",
    "29232",
    "56260",
    "38185",
    "38544",
    "69123",
    "69266",
    "69029",
    "38567",
    "42218",
    "63113",
    "75056",
    "93066",
    "13055",
    "06088",
    "2A004",
    "2B033",
    "97411",
    "97105",
    "59350",
    "76351",
    "14118",
]
TRADES = [
    "entretien-espaces-verts",
    "creation-espaces-verts",
    "elagage-abattage",
    "debroussaillage",
    "espaces-naturels",
    "nettoyage-locaux",
    "nettoyage-vitres",
    "bionettoyage",
    "travaux-forestiers",
]
_FIRST = [
    "Atelier",
    "L'Envol",
    "Les Jardins",
    "Horizon",
    "Le Relais",
    "Coopérative",
    "Élan",
    "Bâtir",
    "Terre",
    "L'Étape",
    "Services",
    "Chemins",
]
_LAST = [
    "du Verger",
    "de la Vallée",
    "Solidaires",
    "des Trois Rivières",
    "Œuvre Commune",
    "du Littoral",
    "Été",
    "Espérance",
    "d'Argoat",
]
_KINDS = ["EI", "ACI", "AI", "ETTI", "EA", "ESAT", "GEIQ", "ESS"]
_LABELS = ["RGE", "BIO", "ESUS", "RSEI"]
_DATES = (None, date(2024, 1, 31), TODAY, date(2026, 11, 23), date(2028, 6, 30))


def suppliers(lexicon: Lexicon) -> list[Supplier]:
    """The corpus."""
    dice = random.Random(20261124)
    return [_supplier(dice, number, lexicon) for number in range(COUNT)]


def statistics() -> list[dict[str, Any]]:
    """What the indexer writes of the two sources."""
    return [
        RunStatistics(
            source=SourceCard(
                id=source.source_id,
                title=source.dataset,
                producer=source.producer,
                dataset=source.dataset,
                licence=source.licence,
                homepage=f"https://example.org/{source.source_id}",
                covers="des fournisseurs inventés",
                limits="rien de réel",
                cadence_days=7,
            ),
            run="20261120",
            started_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
            finished_at=datetime(2026, 11, 20, 8, 1, tzinfo=UTC),
            files=("liste.csv",),
            updated_at="2026-11-01" if source is SOURCE else None,
            seen=COUNT + 3,
            kept=COUNT,
            set_aside={"nom_absent": 2},
            skipped={"hors_champ": 1},
            issues={},
        ).model_dump(mode="json")
        for source in (SOURCE, REGISTER)
    ]


def _fact(value: Any, source: Provenance = SOURCE) -> Fact[Any]:
    return Fact[Any](value=value, provenance=source)


def _supplier(dice: random.Random, number: int, lexicon: Lexicon) -> Supplier:
    siret = valid_siret(number) if dice.random() < 0.8 else None
    members: dict[str, Any] = {
        "id": f"essai-{number:04d}",
        "name": _fact(f"{dice.choice(_FIRST)} {dice.choice(_LAST)} {number}"),
        "agreements": tuple(_fact(_agreement(dice), REGISTER) for _ in range(dice.choice((0, 1, 1, 2)))),
        "labels": tuple(_fact(_label(dice)) for _ in range(dice.choice((0, 0, 1, 2)))),
        "offers": tuple(_fact(_offer(dice)) for _ in range(dice.choice((0, 1, 2, 3)))),
        "capacities": tuple(map(_fact, _capacities(dice))),
        "networks": tuple(
            _fact(name) for name in dice.sample(("Hosmoz", "Coorace", "Réseau C"), dice.choice((0, 1, 2)))
        ),
        "references": (_fact(Reference(client="Ville d'essai", year=2025)),) if dice.random() < 0.2 else (),
        "sources": (SOURCE, REGISTER),
    }
    if siret is not None:
        members |= {"siret": _fact(siret), "siren": _fact(siret[:9]), "identifiers": (siret, siret[:9])}
    if dice.random() < 0.92:
        members["address"] = _fact(_address(dice, lexicon))
    if dice.random() < 0.3:
        members["closed"] = _fact(dice.random() < 0.3, REGISTER)
    return Supplier.model_validate(members, strict=False)


def valid_siret(number: int) -> str:
    """A SIRET that passes both Luhn checks."""
    siren = _luhn(f"{80_000_000 + number * 7}")
    return _luhn(f"{siren}0001")


def _luhn(start: str) -> str:
    return next(start + digit for digit in "0123456789" if _sum(start + digit) % 10 == 0)


def _sum(text: str) -> int:
    doubled = (int(c) * 2 if place % 2 else int(c) for place, c in enumerate(reversed(text)))
    return sum(value - 9 if value > 9 else value for value in doubled)


def _agreement(dice: random.Random) -> Agreement:
    return Agreement(
        kind=dice.choice(_KINDS), valid_from=dice.choice((None, date(2020, 1, 1))), valid_until=dice.choice(_DATES)
    )


def _label(dice: random.Random) -> Label:
    end = dice.choice(_DATES)
    start = dice.choice((None, date(2021, 5, 1), date(2027, 1, 1) if end is None else None))
    return Label(code=dice.choice(_LABELS), valid_from=start, valid_until=end, suspended=dice.random() < 0.1)


def _offer(dice: random.Random) -> Offer:
    types = tuple(dice.sample(("service", "goods", "staffing"), dice.choice((0, 1, 2))))
    return Offer.model_validate(
        {
            "trade": dice.choice((*TRADES, None)),
            "service_types": types,
            "zone": _zone(dice),
            "evidence": dice.choice(("declared", "certified", "text", None)),
        }
    )


def _zone(dice: random.Random) -> Zone:
    code = dice.choice(
        ("departement:35", "departement:38", "region:84", "epci:200046977", "commune:38185", "region:53")
    )
    return dice.choice(
        (
            CountryZone(),
            RadiusZone(km=dice.choice((10, 40, 120))),
            TerritoriesZone(territories=(code,)),
            UndeclaredZone(),
        )
    )


def _capacities(dice: random.Random) -> list[Capacity]:
    found = []
    if dice.random() < 0.6:
        found.append(Capacity(value=dice.choice((0, 90_000, 500_000, 2e6)), unit="eur_year", year=2025))
    if dice.random() < 0.6:
        found.append(Capacity(value=dice.choice((0, 4, 25, 120)), unit="persons", year=2025))
    return found


def _address(dice: random.Random, lexicon: Lexicon) -> Address:
    code = dice.choice(_COMMUNES)
    place = lexicon.gazetteer.get(f"commune:{code}")
    point = None
    if place.lon is not None and place.lat is not None and dice.random() < 0.95:
        point = Point(
            lon=round(place.lon + dice.uniform(-0.02, 0.02), 5), lat=round(place.lat + dice.uniform(-0.02, 0.02), 5)
        )
    return Address(
        line="1 rue d'essai", town=place.name, commune=code, point=point, precision="street" if point else "unknown"
    )

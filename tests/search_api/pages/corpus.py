"""Suppliers written for the pages: two that tell the journeys, and one that attacks whoever shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.search_api.corpus import REGISTER, SOURCE
from vivier.lexicon import Lexicon
from vivier.model import (
    Address,
    Agreement,
    Capacity,
    Fact,
    Label,
    Offer,
    OtherValue,
    Point,
    RadiusZone,
    Reference,
    Supplier,
    TerritoriesZone,
)

SCRIPT = "<script>alert('nom')</script>"
HOSTILE_URL = "javascript:alert(document.cookie)"
RIGHT_TO_LEFT = "\u202egnirts desrever"
FORMER = "vanciendejard"
GARDENS = "Les Jardins d'Essai de Roubaix"
GARDENS_SHOWN = "Les Jardins d’Essai de Roubaix"
"""As pages write it."""


def fact(value: Any, provenance: Any = SOURCE) -> Fact[Any]:
    return Fact[Any](value=value, provenance=provenance)


def _place(code: str, lexicon: Lexicon) -> Address:
    commune = lexicon.gazetteer.get(f"commune:{code}")
    assert commune.lon is not None and commune.lat is not None
    point = Point(lon=commune.lon, lat=commune.lat)
    return Address(line="2 rue des Essais", post_code="59100", town=commune.name, commune=code, point=point, precision="street")  # fmt: skip


def pages_suppliers(lexicon: Lexicon) -> list[Supplier]:
    """The three of them."""
    return [gardens(lexicon), laundry(lexicon), hostile(lexicon)]


def gardens(lexicon: Lexicon) -> Supplier:
    """An ESAT of Roubaix that mows lawns around it, with a label in force and one that ended."""
    return Supplier(
        id="pages-jardins",
        name=fact(GARDENS),
        siren=fact("732829320"),
        identifiers=(FORMER,),
        others=(
            OtherValue(field="address", value=Address(line="8 rue Basse", town="Tourcoing"), provenance=REGISTER),
            OtherValue(field="closed", value=True, provenance=SOURCE),
            OtherValue(field="website", value="https://ancien.example", provenance=REGISTER),
        ),
        agreements=(fact(Agreement(kind="ESAT", valid_until=date(2027, 12, 31)), REGISTER),),
        labels=(
            fact(
                Label(
                    code="ESUS",
                    scope="legal_unit",
                    valid_until=date(2028, 6, 30),
                    number="ESUS-1",
                    proof_url="https://example.org/esus",
                )
            ),
            fact(Label(code="RSEI", valid_until=date(2025, 3, 31))),
        ),
        address=fact(_place("59512", lexicon)),
        offers=(
            fact(
                Offer(
                    trade="entretien-espaces-verts",
                    service_types=("service",),
                    zone=RadiusZone(km=40),
                    evidence="declared",
                    title="Tonte et taille",
                )
            ),
        ),
        capacities=(fact(Capacity(value=42, unit="places", status="autorisée", year=2025)),),
        references=(fact(Reference(client="Ville d'essai", title="Parc central", year=2024)),),
        website=fact("https://jardins.example"),
        sources=(SOURCE, REGISTER),
        issues=("siret_absent",),
    )


def laundry(lexicon: Lexicon) -> Supplier:
    """An EA of Saint-Denis de La Réunion: overseas, its agreement ended."""
    return Supplier(
        id="pages-linge",
        name=fact("Blanchisserie d'Essai"),
        agreements=(fact(Agreement(kind="EA", valid_until=date(2025, 12, 31))),),
        address=fact(_place("97411", lexicon)),
        offers=(fact(Offer(trade="blanchisserie", zone=TerritoriesZone(territories=("departement:974",)))),),
        sources=(SOURCE,),
    )


def hostile(lexicon: Lexicon) -> Supplier:
    """Every text a source can write, written to run or to deceive."""
    return Supplier(
        id="pages-hostile",
        name=fact(SCRIPT),
        brand=fact('"><img src=x onerror=alert(1)>'),
        labels=(fact(Label(code="RSEI", domain="<b>", number="{{7*7}}", issuer=RIGHT_TO_LEFT, proof_url=HOSTILE_URL)),),
        address=fact(Address(line="<svg onload=alert(2)>", town="</title><script>alert(3)</script>", commune="59350")),
        offers=(fact(Offer(trade="blanchisserie", title="<iframe>", description="' onmouseover='alert(4)")),),
        networks=(fact("<script>alert('réseau')</script>"),),
        references=(fact(Reference(client="<script>", title=RIGHT_TO_LEFT)),),
        website=fact(HOSTILE_URL),
        description=fact(f"{SCRIPT} {RIGHT_TO_LEFT} &lt;"),
        sources=(SOURCE.model_copy(update={"url": "javascript:alert(5)", "dataset": "<i>Liste</i>"}),),
        issues=("<script>code</script>",),
    )

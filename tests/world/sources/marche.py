"""Marché de l'inclusion: pages of an offset behind a key, as its serializer writes them (August 2026)."""

from __future__ import annotations

from tests.world.entry import Entry, as_json, siret
from tests.world.server import Answer, Asked

HOST = "lemarche.inclusion.beta.gouv.fr"
KEY = "clef-inventee-du-marche-0123456789abcdef0123456789abcdef01234567"
"""As long as the keys of its producer: 64 characters."""


def _structure(number: int, kind: str, **more: object) -> dict[str, object]:
    return {
        "id": 72_000 + number,
        "name": f"FOURNISSEUR INVENTE {number}",
        "brand": f"Marque inventée {number}",
        "slug": f"fournisseur-invente-{number}",
        "siret": siret(72_000 + number, 1),
        "nature": "HEAD_OFFICE",
        "kind": kind,
        "kind_parent": "Handicap",
        "contact_website": "https://fournisseur-invente.example.org",
        "contact_social_website": "",
        "logo_url": "",
        "address": "2 rue des Tests",
        "city": "Rennes",
        "post_code": "35000",
        "department": "35",
        "region": "Bretagne",
        "is_qpv": False,
        "is_active": True,
        "sectors": [{"name": "Nettoyage de locaux", "slug": "nettoyage-de-locaux"}],
        "presta_types": ["PREST", "BUILD"],
        "networks": [{"name": "UNEA", "slug": "unea"}],
        "offers": [{"name": "Vitrerie", "description": "Vitres inventées."}],
        "client_references": [{"name": "Ville inventée"}],
        "labels_old": [],
        "created_at": "2021-05-01T10:00:00+02:00",
        "updated_at": "2026-10-20T04:00:00+02:00",
    } | more


_PAGES = {
    "/api/siae/?limit=200&offset=0": {
        "count": 2,
        "next": f"https://{HOST}/api/siae/?limit=200&offset=200",
        "previous": None,
        "results": [_structure(1, "EA")],
    },
    "/api/siae/?limit=200&offset=200": {
        "count": 2,
        "next": None,
        "previous": f"https://{HOST}/api/siae/?limit=200&offset=0",
        "results": [_structure(2, "ESAT", is_active=False)],
    },
}


def _play(asked: Asked) -> Answer | None:
    if asked.key != f"Bearer {KEY}":
        return Answer(as_json({"detail": "Invalid token."}), 401)
    return Answer(as_json(_PAGES[asked.path])) if asked.path in _PAGES else None


ENTRY = Entry(
    hosts={HOST: _play},
    tells={
        "72001": {
            "name": "FOURNISSEUR INVENTE 1",
            "brand": "Marque inventée 1",
            "siret": siret(72_001, 1),
            "agreements.0.kind": "EA",
            "address.line": "2 rue des Tests",
            "address.post_code": "35000",
            "address.town": "Rennes",
            "offers.0.trade": "nettoyage-locaux",
            "offers.0.service_types": ["service", "goods"],
            "offers.1.title": "Vitrerie",
            "offers.1.description": "Vitres inventées.",
            "networks": ["Union nationale des entreprises adaptées"],
            "references.0.client": "Ville inventée",
            "website": "https://fournisseur-invente.example.org",
            "provenance.updated_at": "2026-10-20",
        }
    },
    skipped={"inactive": 1},
)

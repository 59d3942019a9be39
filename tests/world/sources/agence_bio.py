"""Agence Bio: pages by position, the last one empty (search-infra, August 2026)."""

from __future__ import annotations

from tests.world.entry import Entry, as_json, siret

HOST = "opendata.agencebio.org"
_OPERATOR = {
    "id": 76_001,
    "raisonSociale": "POTAGER INVENTE",
    "denominationcourante": "LE POTAGER INVENTE",
    "siret": siret(76_001, 1),
    "numeroBio": 976_001,
    "telephone": "TELEPHONE-FICTIF",
    "email": "COURRIEL-FICTIF",
    "codeNAF": "01.13Z",
    "gerant": "PERSONNE-FICTIVE",
    "dateMaj": "2026-10-12",
    "telephoneCommerciale": None,
    "reseau": "",
    "categories": [{"id": 1, "nom": "Vente aux consommateurs"}],
    "siteWebs": [{"url": "https://potager-invente.example.org", "active": True, "typeSiteWeb": None}],
    "adressesOperateurs": [
        {
            "id": 1,
            "lieu": "5 chemin des Tests",
            "codePostal": "35000",
            "ville": "RENNES",
            "lat": 48.1148,
            "long": -1.67789,
            "codeCommune": "35238",
            "active": True,
            "departementId": 0,
            "typeAdresseOperateurs": ["Lieux d'activité"],
        }
    ],
    "productions": [
        {"id": 1, "code": "01.13", "nom": "Légumes", "etatProductions": [{"id": 1, "etatProduction": "AB"}]}
    ],
    "activites": [{"id": 1, "nom": "Production"}],
    "certificats": [
        {
            "organisme": "Organisme inventé",
            "etatCertification": "ENGAGEE",
            "dateSuspension": None,
            "dateArret": None,
            "dateEngagement": "2020-01-01",
            "dateNotification": "2020-01-01T10:00:00.000Z",
            "url": "https://certificats.example.org/bio-invente.pdf",
        }
    ],
    "mixite": "Non",
}


def _page(*items: object) -> bytes:
    return as_json({"nbTotal": "1", "items": items})


ENTRY = Entry(
    pages={
        f"{HOST}/api/gouv/operateurs/?nb=1000&debut=0": _page(_OPERATOR),
        f"{HOST}/api/gouv/operateurs/?nb=1000&debut=1": _page(),
    },
    tells={
        "976001": {
            "name": "POTAGER INVENTE",
            "brand": "LE POTAGER INVENTE",
            "siret": siret(76_001, 1),
            "naf": "0113Z",
            "address.line": "5 chemin des Tests",
            "address.post_code": "35000",
            "address.town": "RENNES",
            "address.commune": "35238",
            "address.point.lon": -1.67789,
            "labels.0.code": "BIO",
            "labels.0.domain": "Légumes",
            "labels.0.number": "976001",
            "offers.0.trade": "maraichage",
            "offers.0.description": "Production ; Vente aux consommateurs",
            "labels.0.issuer": "Organisme inventé",
            "labels.0.valid_from": "2020-01-01",
            "labels.0.proof_url": "https://certificats.example.org/bio-invente.pdf",
            "website": "https://potager-invente.example.org",
            "provenance.updated_at": "2026-10-12",
        }
    },
)

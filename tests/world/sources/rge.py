"""RGE: lines of a virtual data-fair dataset, which refuses a column it does not have; 2099-01-01 is « no end », SIRET 0 a foreign firm."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.world.entry import Entry, as_json, siret
from tests.world.server import Answer, Asked

HOST = "data.ademe.fr"
ROBOTS = b"User-agent: *\nAllow: /datasets/\nDisallow: /\n"
"""As data-fair portals answer since May 2026, by their source."""


def _line(number: int, written: str, **more: object) -> dict[str, object]:
    return {
        "siret": written,
        "nom_entreprise": f"ISOLATION INVENTEE {number}",
        "adresse": "4 rue des Tests",
        "code_postal": "35000",
        "commune": "Rennes",
        "latitude": 48.1148,
        "longitude": -1.67789,
        "telephone": "TELEPHONE-FICTIF",
        "email": "COURRIEL-FICTIF",
        "site_internet": "https://isolation-inventee.example.org",
        "code_qualification": "7122",
        "nom_qualification": "Combles inventés",
        "url_qualification": "https://certificats.example.org/invente.pdf",
        "nom_certificat": "CERTIFICAT-INVENTE",
        "domaine": "Isolation des combles perdus",
        "meta_domaine": "Travaux",
        "organisme": "organisme-invente",
        "particulier": False,
        "lien_date_debut": "2025-01-01",
        "lien_date_fin": "2028-12-31",
        "traitement_termine": True,
    } | more


_LINES = [
    _line(1, siret(75_001, 1)),
    _line(2, siret(75_002, 1), lien_date_fin="2099-01-01"),
    _line(3, siret(75_003, 1)),
    _line(4, "0"),
]
_PAGE = 2
"""Lines a page, however many are asked."""
_COLUMNS = {"_id", *_LINES[0]}


def _play(asked: Asked) -> Answer | None:
    parts = urlsplit(asked.path)
    if parts.path != "/data-fair/api/v1/datasets/liste-des-entreprises-rge-2/lines":
        return None
    query = parse_qs(parts.query)
    columns = query["select"][0].split(",")
    if unknown := [name for name in columns if name not in _COLUMNS]:
        return Answer(f"Impossible de sélectionner le champ {unknown[0]}, il n'existe pas.".encode(), 400)
    after = int(query.get("after", ["0"])[0])
    page: dict[str, object] = {
        "total": len(_LINES),
        "results": [
            {"_id": str(after + place), **{name: line[name] for name in columns}}
            for place, line in enumerate(_LINES[after : after + _PAGE])
        ],
    }
    if after + _PAGE < len(_LINES):
        page["next"] = f"https://{HOST}{parts.path}?size=10000&select={query['select'][0]}&after={after + _PAGE}"
    return Answer(as_json(page))


ENTRY = Entry(
    hosts={HOST: _play},
    robots={HOST: ROBOTS},
    tells={
        siret(75_001, 1): {
            "name": "ISOLATION INVENTEE 1",
            "address.line": "4 rue des Tests",
            "address.post_code": "35000",
            "address.town": "Rennes",
            "address.point.lat": 48.1148,
            "labels.0.code": "RGE",
            "labels.0.domain": "Isolation des combles perdus",
            "labels.0.title": "CERTIFICAT-INVENTE – Combles inventés",
            "labels.0.number": "7122",
            "labels.0.issuer": "organisme-invente",
            "labels.0.audience": "professionals",
            "labels.0.valid_from": "2025-01-01",
            "labels.0.valid_until": "2028-12-31",
            "labels.0.proof_url": "https://certificats.example.org/invente.pdf",
            "offers.0.evidence": "certified",
            "website": "https://isolation-inventee.example.org",
        },
        siret(75_003, 1): {"name": "ISOLATION INVENTEE 3"},
        siret(75_002, 1): {"labels.0.valid_from": "2025-01-01", "labels.0.valid_until": None},
    },
    set_aside={"siret_invalid": 1},
)

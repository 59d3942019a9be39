"""The registers around suppliers: Recherche d'entreprises by SIRET, and the geocoder, which completes a CSV that is sent."""

from __future__ import annotations

import csv
import io
from email import message_from_bytes
from urllib.parse import parse_qs, urlsplit

from tests.world.entry import as_csv, as_json
from tests.world.server import Answer, Asked

SIRENE, BAN = "recherche-entreprises.api.gouv.fr", "data.geopf.fr"


def company(asked: Asked) -> Answer | None:
    """An invented company that has the SIRET asked for."""
    query = parse_qs(urlsplit(asked.path).query)
    if "q" not in query or query["minimal"] != ["true"] or "dirigeants" in query["include"][0]:
        return None
    (siret,) = query["q"]
    site = {
        "siret": siret,
        "etat_administratif": "A",
        "activite_principale": "81.21Z",
        "tranche_effectif_salarie": "12",
        "annee_tranche_effectif_salarie": "2024",
        "statut_diffusion_etablissement": "O",
    }
    unit = {
        "siren": siret[:9],
        "nom_raison_sociale": f"UNITE INVENTEE {siret[:9]}",
        "nature_juridique": "5710",
        "etat_administratif": "A",
        "statut_diffusion": "O",
        "siege": site,
        "matching_etablissements": [site],
        "finances": {"2024": {"ca": 1_000_000}},
        "complements": {"est_societe_mission": False},
    }
    return Answer(as_json({"results": [unit], "total_results": 1, "page": 1, "per_page": 1, "total_pages": 1}))


def geocoded(asked: Asked) -> Answer | None:
    """The rows sent, each with a point in its commune, sure at .91."""
    if asked.path != "/geocodage/search/csv/" or not asked.body:
        return None
    boundary = asked.body.split(b"\r\n", 1)[0].removeprefix(b"--").decode()
    form = message_from_bytes(f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n".encode() + asked.body)
    sent = next(part.get_payload(decode=True) for part in form.walk() if part.get_filename())
    assert isinstance(sent, bytes)
    point = {"longitude": "-1.67789", "latitude": "48.1148", "result_score": "0.91", "result_type": "housenumber"}
    rows = [row | point | {"result_citycode": row["code_insee"]} for row in csv.DictReader(io.StringIO(sent.decode()))]
    return Answer(as_csv(rows, ","))


PLAYS = {SIRENE: company, BAN: geocoded}

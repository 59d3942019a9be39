"""A structure completes its sheet: in the queue, decided, on the sheet at once, withdrawn."""

from __future__ import annotations

import re

import pytest

from tests.given.conftest import House
from vivier.given.queue import Request

pytestmark = pytest.mark.slow
FORM = {
    "trade1": "Élagage et abattage d'arbres",
    "types1": "service",
    "zone": "places",
    "places": "Rennes\nIlle-et-Vilaine",
    "staff": "45",
    "volume": "80 000 €",
    "cannot": "Pas de travail de nuit",
    "references": "Ville de l'Exemple",
    "mailbox": "contact@atelier.example",
    "phone": "02 99 00 00 00",
    "website": "https://atelier.example",
}


def structure(house: House) -> tuple[str, str]:
    """The id and the SIRET of a structure of the corpus."""
    for record in house.client.get("/v1/suppliers?per_page=50").json()["results"]:
        if record["siret"]:
            return record["id"], record["siret"]["value"]
    raise AssertionError("no structure has a SIRET")


def send(house: House, path: str, fields: dict[str, str], status: int = 303) -> str:
    response = house.client.post(path, data=fields, follow_redirects=False)
    assert response.status_code == status, response.text
    return str(response.headers.get("location", response.text))


def declared(house: House, **more: str) -> tuple[str, str]:
    """The address of the sheet and of the follow-up of a declaration that waits."""
    id_, siret = structure(house)
    return f"/fournisseurs/{id_}", send(house, f"/fournisseurs/{id_}/completer", {**FORM, "siret": siret, **more})


def pending(house: House) -> Request:
    (request,) = house.queue.waiting()
    return request


def test_a_declaration_waits_then_is_on_the_sheet_at_once_then_is_withdrawn(house: House) -> None:
    sheet, follow = declared(house)
    assert re.fullmatch(r"/suivi/[0-9a-f]{40}", follow)
    assert "à décider" in house.client.get(follow).text
    assert "Déclaré par la structure" not in house.client.get(sheet).text
    house.queue.accept(pending(house).number, house.clock.day)
    shown = house.client.get(sheet).text
    assert "Déclaré par la structure le" in shown and "Pas de travail de nuit" in shown and "02 99 00 00 00" in shown
    body = house.client.get(sheet.replace("/fournisseurs", "/v1/suppliers")).json()["supplier"]
    offer = body["offers"][0]
    assert offer["value"]["trade"] == "elagage-abattage" and offer["value"]["evidence"] == "declared"
    assert offer["value"]["zone"]["territories"] == ["commune:35238", "departement:35"]
    assert offer["provenance"]["producer"] == body["name"]["value"]
    assert body["website"]["value"] == "https://atelier.example"
    send(house, follow, {"action": "withdraw"})
    assert "Déclaré par la structure" not in house.client.get(sheet).text
    assert "retirée" in house.client.get(follow).text and "Pas de travail de nuit" not in house.client.get(follow).text

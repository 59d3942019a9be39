"""How tests complete a sheet."""

from __future__ import annotations

import re
from typing import Any

from tests.given.conftest import House
from vivier.given.queue import Queue
from vivier.given.requests import Request

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


def structures(house: House) -> list[tuple[str, str]]:
    """The id and the SIRET of structures of the corpus."""
    results = house.client.get("/v1/suppliers?per_page=50").json()["results"]
    return [(record["id"], record["siret"]["value"]) for record in results if record["siret"]]


def send(house: House, path: str, fields: dict[str, Any], status: int = 303) -> str:
    """Send a form; the address of what follows, or the page that refuses."""
    response = house.client.post(path, data=fields, follow_redirects=False)
    assert response.status_code == status, response.text
    return str(response.headers.get("location", response.text))


def declared(house: House, **more: str) -> tuple[str, str]:
    """The addresses of the sheet and of the follow-up of a declaration that waits."""
    id_, siret = structures(house)[0]
    return f"/fournisseurs/{id_}", send(house, f"/fournisseurs/{id_}/completer", {**FORM, "siret": siret, **more})


def pending(queue: Queue) -> Request:
    """The one request that waits."""
    (request,) = queue.waiting()
    return request


def accepted(house: House, **more: str) -> tuple[str, str]:
    """As ``declared``, once the operator accepted it."""
    addresses = declared(house, **more)
    house.queue.accept(pending(house.queue).number, house.clock.day)
    return addresses


def token_of(house: House, path: str, headers: dict[str, str]) -> str:
    """The token in the form of a page of the operator; empty when it has none."""
    found = re.search(r'name="jeton" value="(\w+)"', house.client.get(path, headers=headers).text)
    return "" if found is None else found[1]


def reviewed(house: House, path: str, headers: dict[str, str], **fields: str) -> Any:
    """The answer to a form of a page of the operator, sent with the token that the page gives."""
    return house.client.post(path, data={"jeton": token_of(house, path, headers), **fields}, headers=headers)

"""Answers of the demonstration, page by page and route by route: none changes unless somebody wants it.

``ACCEPT_ANSWERS=1`` writes the hashes of today. What changed is read by ``python -m scripts.answers``: ``record`` before and
after, then ``compare``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from scripts.answers.__main__ import plain
from scripts.answers.requests import POSTS, urls
from tests.search_api.pages.demo import REVIEW_TOKEN, demonstration
from vivier.lexicon import Lexicon

ACCEPTED = Path(__file__).parents[1] / "fixtures" / "answers.txt"
ONE_IN = 6
"""Share of the requests that are sent: the first of each path, and one in six of the others, by the sum of its letters."""
LEFT_OUT = (
    "xlsx",
    "by=epci",
    "territory=FR",
    ".geojson",
    "/docs",
    "/support",
    ".svg",
    "/ready",
    "/metrics",
    "/qualite",
)
"""Words of the requests that are costly, or whose answer is of the moment."""
PAGES = (
    *("/espace/acheteur", "/espace/structure", "/espace/facilitateur", "/aide", "/glossaire", "/a-propos"),
    *("/mentions-legales", "/licences", "/plan-du-site", "/donnees-personnelles", "/titulaires-a-appeler"),
    *("/api-et-donnees?de=/fournisseurs?kind=ESAT", "/sitemap.xml", "/robots.txt"),
    "/fournisseurs?need=tonte à Roubaix, 60 000 € HT sur 24 mois",
    "/fournisseurs?kind=ESAT&territory=region:53&lieu=Rennes&rayon=30",
    "/fournisseurs?kind=ESAT&page=3&per_page=5",
    "/fournisseurs?lieu=Saint-Denis&turnover_min=a&kindd=1",
    "/fournisseurs/v7odoovsl7shi/signaler",
    "/fournisseurs/v7odoovsl7shi/completer",
    "/fournisseurs/v7odoovsl7shi/s-opposer",
    "/comparer",
    "/comparer?choix=v7odoovsl7shi,vhs5c2mltlzbk",
    "/comparer?choix=zz",
    "/comparer.xlsx",
    "/ressources?trade=blanchisserie&trade=pressing&kind=label&territory=region:53",
    "/ressources?q=a&kind=zz&territory=nulle-part",
    "/auto-evaluation?family=proprete&family=90&answer=proprete:volume:large&answer=team:nobody&territory=commune:35238",
    "/auto-evaluation?family=zz&answer=zz&territory=zz&x=1",
    "/clausier",
    "/clausier?trade=entretien-espaces-verts&object=Tonte&amount=120000&months=24",
    "/clausier?trade=zzyzx&amount=a",
    "/cout-global?years=8&name-1=A&acquisition-1=10&use-1=1&maintenance-1=1&end_of_life-1=0&name-2=B&acquisition-2=9",
    "/cout-global?years=zz&use-1=cher",
    "/suivi-heures?object=Tonte&hours=253&months=6&start=2027-03-01&company=Alpha",
    "/suivi-heures?hours=a&months=999",
    "/filieres",
    "/filieres?trade=tonte&by=rue",
    "/consultation?text=tonte&place=Rennes",
    "/mes-fournisseurs",
    "/territoire?territory=departement:35",
    "/avis/boamp-F037",
    "/avis/nobody",
    "/acheteurs",
    "/acheteurs?trade=nettoyage-locaux&territory=departement:35&sort=call",
    "/acheteurs?near=-1.6778,48.1173&radius_km=40",
    "/acheteurs?territory=departement:35",
    "/acheteurs?trade=entretien-espaces-verts&months=60&sort=reserved",
    "/marches?missed=vy53thu3fxtdu",
    "/pistes?supplier=v7odoovsl7shi",
    "/courriel/contracts?provision=reserved",
    "/ecrire?choix=v7odoovsl7shi,vhs5c2mltlzbk",
)
"""Pages beside those of the record, or with what it does not ask."""
PROGRAMME = "objet;lieu;montant;durée\nnettoyage de bureaux;Rennes;90000;24\ntonte des pelouses;Saint-Denis;40000;12\nzzyzx;Rennes;;\n"
LEDGER = "SIRET;Montant;Famille\n99900000300015;10000;Espaces verts\n12345678900011;5000;Nettoyage\n99900000300023;2500,50;Tonte\n"
UNREAD = "a;b\n1;2\n"
SHEET = "/fournisseurs/v7odoovsl7shi"
LOTS = [
    {"text": "nettoyage des bureaux", "place": "Rennes", "amount": 90_000, "months": 24},
    {"text": "tonte", "place": "Rennes"},
]
FORMS: tuple[tuple[str, Any], ...] = (
    ("/lectures", {"besoin": "nettoyage de bureaux à Rennes", "trade": "blanchisserie"}),
    ("/lectures", {"q": "a"}),
    ("/revue", None),
    ("/revue/1", {"action": "refuse", "reason": ""}),
    ("/revue/2", None),
    ("/revue/2", {"action": "accept"}),
    ("/revue/2", None),
    ("/revue/2", {"action": "withdraw"}),
    ("/revue", None),
    ("/consultation", {"step": "one", "pasted": PROGRAMME, "place": "Rennes"}),
    ("/consultation", {"step": "one", "pasted": UNREAD}),
    ("/consultation", {"step": "one", "text": "entretien", "place": "Saint-Denis"}),
    ("/consultation", {"step": "one"}),
    ("/consultation", {"step": "within", "programme": PROGRAMME, "within": "35"}),
    ("/consultation", {"step": "within", "programme": PROGRAMME, "within": "zzyzx"}),
    ("/consultation", {"step": "study", "programme": PROGRAMME, "capacity_share": "9"}),
    ("/consultation/verifier", {"json": "{}"}),
    ("/consultation", {"step": "study", "programme": PROGRAMME}),
    ("/consultation/etudes/{id}", None),
    ("/consultation/etudes/{id}/programme", None),
    ("/consultation/etudes/{id}/supprimer", {"a": "b"}),
    ("/suivi-heures", {"object": "Tonte", "hours": "253", "months": "6", "start": "2027-03-01", "company": "Alpha"}),
    ("/mes-fournisseurs", {"pasted": LEDGER, "place": "Rennes"}),
    ("/mes-fournisseurs", {"pasted": UNREAD}),
    (f"{SHEET}/signaler", {"what": "zz"}),
    (f"{SHEET}/completer", {"turnover": "a"}),
    ("/ecrire", {"choix": "v7odoovsl7shi", "address": "x"}),
    ("/courriel/contracts?provision=reserved", {"address": "x"}),
    ("/enquetes", {"a": "b"}),
    ("/v1/ledger", LEDGER),
    ("/v1/ledger", UNREAD),
    ("/v1/needs/batch?within=35", PROGRAMME),
    ("/v1/needs/batch", "a"),
    ("/v1/consultations", []),
    ("/v1/leads/refusals", []),
    ("/v1/leads/question", []),
    ("/v1/rounds", []),
)
"""What is sent in turn, with the password of the operator: a form, a table, lots, or nothing to read a page. ``{id}``: what was drawn last."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    with demonstration(tmp_path_factory.mktemp("answers"), lexicon, keeps=True) as app, TestClient(app) as client:
        yield client


def test_no_answer_changes_that_nobody_accepted(client: TestClient) -> None:
    found = dict(_answers(client))
    if os.environ.get("ACCEPT_ANSWERS"):
        ACCEPTED.write_text("".join(f"{digest} {request}\n" for request, digest in found.items()), "utf8")
    lines = (line.partition(" ") for line in ACCEPTED.read_text("utf8").splitlines())
    accepted = {request: digest for digest, _, request in lines}
    changed = [request for request in accepted | found if accepted.get(request) != found.get(request)]
    again = "if meant, run this test again with ACCEPT_ANSWERS=1; to read what changed: scripts.answers record, compare"
    assert changed == [], again


def _answers(client: TestClient) -> Iterator[tuple[str, str]]:
    """A request, and the beginning of the hash of its status and body."""
    paths = set[str]()
    for url in urls(client):
        is_first = url.partition("?")[0] not in paths
        paths.add(url.partition("?")[0])
        if (is_first or crc32(url.encode()) % ONE_IN == 0) and not any(word in url for word in LEFT_OUT):
            yield f"GET {url}", _digest(client.get(url, follow_redirects=False))
    for url in PAGES:
        yield f"GET {url}", _digest(client.get(url, follow_redirects=False))
    yield from _sent(client)
    for path, body in POSTS:
        if path == "/v1/dossiers":
            continue  # its address is drawn
        yield f"POST {path} {json.dumps(body, ensure_ascii=False)}", _digest(client.post(path, json=body))


def _sent(client: TestClient) -> Iterator[tuple[str, str]]:
    """The same of what is sent in turn."""
    drawn = "x"
    for turn, (path, sent) in enumerate(FORMS):
        given: dict[str, Any] = {"auth": ("", REVIEW_TOKEN), "follow_redirects": False}
        if isinstance(sent, str):
            given |= {"content": sent.encode(), "headers": {"Content-Type": "text/csv"}}
        elif sent is not None:
            given["json" if isinstance(sent, list) else "data"] = {"lots": sent} if isinstance(sent, list) else sent
            if path.startswith("/revue/"):
                given["data"] = {**sent, "jeton": _token(client, path)}
        answer = client.request("GET" if sent is None else "POST", path.format(id=drawn), **given)
        if found := re.search("[0-9a-f]{40}", answer.headers.get("location", "")):
            drawn = found[0]
        yield f"{turn} {path}", _digest(answer, drawn)


def _token(client: TestClient, path: str) -> str:
    """The hidden field of the form of a page of review."""
    found = re.search(r'name="jeton" value="([0-9a-f]+)"', client.get(path, auth=("", REVIEW_TOKEN)).text)
    return found[1] if found else ""


def _digest(answer: Response, drawn: str = "x") -> str:
    status, media, body = answer.status_code, answer.headers.get("content-type", ""), answer.content
    body = body or answer.headers.get("location", "").encode()
    if len(drawn) > 1:
        body = body.replace(drawn.encode(), b"")
    return sha256(f"{status} {media} ".encode() + plain(media, body)).hexdigest()[:12]

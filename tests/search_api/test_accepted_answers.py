"""Answers of the demonstration, page by page and route by route: none changes unless somebody wants it.

``ACCEPT_ANSWERS=1`` writes the answers of today; ``python -m scripts.answers`` shows what changed in them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
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
    *("/espace/acheteur", "/espace/structure", "/espace/facilitateur", "/aide", "/glossaire", "/a-propos", "/verdicts"),
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
    "/qualite/champs",
    "/qualite/champs?source=demo",
    "/qualite/champs?source=x",
    "/avis/boamp-F037",
    "/avis/nobody",
    "/acheteurs",
    "/acheteurs?trade=nettoyage-locaux&territory=departement:35&sort=call",
    "/acheteurs?near=-1.6778,48.1173&radius_km=40",
    "/acheteurs?territory=departement:35",
    "/acheteurs?trade=entretien-espaces-verts&months=60&sort=reserved",
    "/pourquoi-pas-moi",
    "/pourquoi-pas-moi?supplier=vy53thu3fxtdu",
    "/pourquoi-pas-moi?supplier=vy53thu3fxtdu&fact=trade&more_km=200",
    "/pistes?supplier=v7odoovsl7shi",
    "/veille/leads",
    "/veille/contracts?provision=reserved",
    "/veille/notices?status=open",
    "/courriel/contracts?provision=reserved",
    "/ecrire?choix=v7odoovsl7shi,vhs5c2mltlzbk",
)
"""Pages beside those of the record, or with what it does not ask."""
FORMS = (
    ("/lectures", {"besoin": "nettoyage de bureaux à Rennes", "trade": "blanchisserie"}),
    ("/lectures", {"q": "a"}),
    ("/revue", None),
    ("/revue/1", {"action": "refuse", "reason": ""}),
    ("/revue/2", None),
    ("/revue/2", {"action": "accept"}),
    ("/revue/2", None),
    ("/revue/2", {"action": "withdraw"}),
    ("/revue", None),
)
"""What the operator, who gives the password, sends in turn: a form, or nothing to read a page."""


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
    assert [request for request in accepted | found if accepted.get(request) != found.get(request)] == []


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
    for turn, (path, form) in enumerate(FORMS):
        given = {"auth": ("", REVIEW_TOKEN), "follow_redirects": False}
        sent = client.get(path, **given) if form is None else client.post(path, data=form, **given)
        yield f"{turn} {path} {json.dumps(form, ensure_ascii=False)}", _digest(sent)
    for path, body in POSTS:
        if path == "/v1/dossiers":
            continue  # its address is drawn
        yield f"POST {path} {json.dumps(body, ensure_ascii=False)}", _digest(client.post(path, json=body))


def _digest(answer: Response) -> str:
    status, media, body = answer.status_code, answer.headers.get("content-type", ""), answer.content
    body = body or answer.headers.get("location", "").encode()
    return sha256(f"{status} {media} ".encode() + plain(media, body)).hexdigest()[:12]

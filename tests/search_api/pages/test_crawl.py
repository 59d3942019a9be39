"""Every page for everybody: the pages of a structure are asked for many structures of each kind, with and without each optional field, and each link
of each page is followed. No answer is an error of ours, no link leads to a page that refuses it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.real_home import real_home
from tests.search_api.pages.demo import demonstration
from vivier.engine import open_engine
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.search.operators import All
from vivier.search.snapshot import Snapshot

OF_A_KIND = 60
"""Structures of each kind, or label, that the whole crawl asks for."""
QUICK = 3
OF_A_STRUCTURE = (
    "/fournisseurs/{id}",
    "/pistes?supplier={id}",
    "/marches?missed={id}",
    "/acheteurs?supplier={id}&sort=call",
    "/opportunites/{id}",
    "/titulaires-a-appeler?supplier={id}",
    "/signaler/{id}",
    "/completer/{id}",
    "/s-opposer/{id}",
    "/comparer?id={id}",
    "/ecrire?id={id}",
    "/espace/structure?supplier={id}",
    "/v1/suppliers/{id}",
    "/v1/leads?supplier={id}",
)
"""Pages asked for many structures. One that this service does not have answers 404 for all of them, and is left out."""
OTHERS = (
    *("/", "/espace/acheteur", "/espace/structure", "/espace/facilitateur", "/a-propos", "/aide", "/plan-du-site"),
    *("/fournisseurs", "/fournisseurs?trade=nettoyage-locaux&territory=departement:59", "/avis", "/avis?status=closed"),
    *(
        "/marches",
        "/marches?provision=reserved",
        "/acheteurs",
        "/pistes?trade=nettoyage-locaux&territory=FR",
        "/qualite",
    ),
    *(
        "/filieres",
        "/filieres?trade=entretien-espaces-verts",
        "/indicateurs",
        "/territoire",
        "/ressources",
        "/clausier",
    ),
    *("/territoire?territory=departement:59", "/consultation", "/api-et-donnees", "/glossaire", "/licences"),
    *(
        "/consultation?trade=nettoyage-locaux&lieu=Lille&amount=60000&months=12",
        "/mes-fournisseurs",
        "/auto-evaluation",
    ),
)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LINK = re.compile(r'(?:href|action)="([^"]+)"')
METHOD = re.compile(r'<form action="([^"]+)" method="post"')


def structures(snapshot: Snapshot, of_a_kind: int) -> list[str]:
    """Some ids of each kind and each label, then the first of those that lack each optional field."""
    by_group: defaultdict[str, list[str]] = defaultdict(list)
    for hit in snapshot.suppliers.scan(All()):
        groups = [fact["value"]["kind"] for fact in hit.record.get("agreements", ())]
        groups += [fact["value"]["code"] for fact in hit.record.get("labels", ())]
        absent = {
            "address",
            "siret",
            "naf",
            "brand",
            "website",
            "mailbox",
            "phone",
            "updated",
            "offers",
        } - hit.record.keys()
        for group in (*groups, *(f"no {name}" for name in absent), *(("none",) if not groups else ())):
            if len(by_group[group]) < of_a_kind:
                by_group[group].append(hit.id)
    assert by_group.keys() & (KINDS.keys() | LABELS.keys())
    return list(dict.fromkeys(id_ for ids in by_group.values() for id_ in ids))


def crawl(client: TestClient, addresses: Iterable[str], most_links: int) -> tuple[list[str], int]:
    """What failed, and how many addresses were asked. Links are followed once each shape of path has been asked ``most_links`` times."""
    asked: dict[str, int] = {}
    shapes: defaultdict[str, int] = defaultdict(int)
    failed: list[str] = []

    def ask(address: str, of: str) -> str:
        answer = client.get(address, headers=BROWSER, follow_redirects=False)
        asked[address] = answer.status_code
        if answer.status_code >= 500 or (of and answer.status_code >= 400):
            failed.append(f"{answer.status_code} {address} (from {of or 'the list'}): {answer.text[:200]!r}")
        return answer.text if "html" in answer.headers.get("content-type", "") else ""

    for address in addresses:
        page = ask(address, "")
        posted = {_local(found) for found in METHOD.findall(page)}
        for link in dict.fromkeys(filter(None, map(_local, LINK.findall(page)))):
            shape = re.sub(r"[0-9a-z]{13,}|\d+", "·", link)
            if link not in asked and link not in posted and shapes[shape] < most_links:
                shapes[shape] += 1
                ask(link, address)
    return failed, len(asked)


def _local(link: str) -> str | None:
    parts = urlsplit(link.replace("&amp;", "&").replace("&#34;", '"').replace("&#39;", "'"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/static"):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def addresses(client: TestClient, ids: Iterable[str]) -> Iterator[str]:
    yield from OTHERS
    every = list(ids)
    for pattern in OF_A_STRUCTURE:
        first = client.get(pattern.format(id=every[0]), headers=BROWSER, follow_redirects=False)
        if first.status_code != 404:
            yield from (pattern.format(id=id_) for id_ in every)


@contextmanager
def on_demo(folder: Path, lexicon: Lexicon) -> Iterator[tuple[TestClient, Snapshot]]:
    with demonstration(folder, lexicon, keeps=True) as app, closing(open_engine(_settings(folder))) as engine:
        yield TestClient(app, raise_server_exceptions=False, client=("203.0.113.9", 50000)), Snapshot(engine)


@contextmanager
def on_real(folder: Path, lexicon: Lexicon) -> Iterator[tuple[TestClient, Snapshot]]:
    settings = real_home(folder)
    with closing(open_engine(settings)) as engine:
        app = create_app(engine, lexicon, today=lambda: date(2026, 12, 1))
        yield TestClient(app, raise_server_exceptions=False), Snapshot(engine)


def _settings(folder: Path):  # type: ignore[no-untyped-def]
    from tests.search_api.pages.demo import _settings as settings

    return settings(folder)


HOMES = {"demonstration": on_demo, "real lists": on_real}


@pytest.mark.slow
@pytest.mark.parametrize("home", HOMES)
def test_pages_of_a_few_structures_of_each_kind_and_their_links_answer(
    home: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    with HOMES[home](tmp_path / "home", lexicon) as (client, snapshot):
        failed, asked = crawl(client, addresses(client, structures(snapshot, QUICK)), 1)
    assert asked > 300 and not failed, "\n".join(failed)


@pytest.mark.long
@pytest.mark.parametrize("home", HOMES)
def test_pages_of_sixty_structures_of_each_kind_and_their_links_answer(
    home: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    with HOMES[home](tmp_path / "home", lexicon) as (client, snapshot):
        failed, asked = crawl(client, addresses(client, structures(snapshot, OF_A_KIND)), 6)
    assert asked > 1_000 and not failed, "\n".join(failed)

"""Nothing that is answered holds a host that a request made up: addresses are the service's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import quote

import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest

from tests.search_api.serving.conftest import Corpora
from tests.search_api.serving.server import Serving, serving
from vivier.engine.embedded.store import EmbeddedStore
from vivier.settings import Settings

pytestmark = pytest.mark.slow

EVIL = "evil.example"
FORGED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Original-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https",
}
PUBLIC = "https://vivier.example.org/marches-inclusifs"
TRADE = "trade=nettoyage-locaux"
FEEDS = {"contracts": "", "notices": "", "leads": f"?{TRADE}"}
LISTS = (
    "/v1/suppliers",
    "/v1/suppliers?near=48.11,-1.68&radius_km=5",
    "/v1/suppliers.geojson",
    "/v1/suppliers.csv",
    "/v1/suppliers.jsonl",
    "/v1/contracts",
    "/v1/contracts.csv",
    "/v1/contracts.jsonl",
    "/v1/notices",
    "/v1/notices.csv",
    f"/v1/leads?{TRADE}",
    f"/v1/buyers?{TRADE}",
    "/v1/indicators",
    f"/v1/depth?{TRADE}&by=departement",
    "/v1/needs?text=nettoyage",
    "/v1/sources",
    "/v1/openapi.json",
    "/docs",
    "/ready",
    "/v1/suppliers?nothing=1",
    "/nothing/at/all",
    "/",
    "/fournisseurs",
    "/marches",
    "/avis",
    f"/pistes?{TRADE}",
    f"/acheteurs?{TRADE}",
    "/qualite",
    "/consultation",
)


@pytest.fixture(scope="module")
def filled(corpora: Corpora, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every collection in service."""
    home = tmp_path_factory.mktemp("filled")
    engine = EmbeddedStore(Settings(home=home).generations)
    for collection, documents in corpora.items():
        building = engine.build(collection)
        building.add(documents)
        engine.promote(collection, building.finish({"sources": [], "tally": {}}).name)
    engine.close()
    return home


@pytest.fixture(scope="module")
def server(filled: Path) -> Iterator[Serving]:
    with serving(filled) as started:
        yield started


@pytest.fixture(scope="module")
def public(filled: Path) -> Iterator[Serving]:
    with serving(filled, VIVIER_PUBLIC_URL=f"{PUBLIC}/") as started:
        yield started


def ask(server: Serving, path: str) -> tuple[HTTPMessage, str]:
    """The headers and the body of what a forged request is answered."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers={"Accept": "text/html, */*", **FORGED})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.headers, body


def links(extension: str, body: str) -> list[str]:
    """Every address of a feed."""
    if extension == "ics":
        return [str(event["url"]) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")]
    if extension == "json":
        feed = json.loads(body)
        heads = [feed[name] for name in ("home_page_url", "feed_url", "next_url") if name in feed]
        return [*heads, *(item["url"] for item in feed["items"])]
    found = feedparser.parse(body)
    assert not found.bozo
    return [link["href"] for link in found.feed.links] + [entry.link for entry in found.entries]


@pytest.mark.parametrize("path", LISTS)
def test_no_list_nor_page_quotes_a_forged_host(server: Serving, path: str) -> None:
    headers, body = ask(server, path)
    assert EVIL not in body and EVIL not in str(headers)


@pytest.mark.parametrize("collection", ["suppliers", "contracts", "notices"])
def test_no_sheet_nor_redirection_quotes_a_forged_host(server: Serving, corpora: Corpora, collection: str) -> None:
    id_ = quote(corpora[collection][0]["id"])  # type: ignore[index]
    page = {"suppliers": "fournisseurs", "contracts": "marches", "notices": "avis"}[collection]
    for path in (f"/v1/{collection}/{id_}", f"/{page}/{id_}", f"/{page}/{id_}/", f"/{page}/{id_.upper()}"):
        headers, body = ask(server, path)
        assert EVIL not in body and EVIL not in str(headers)


@pytest.mark.parametrize("extension", ["atom", "json", "ics"])
@pytest.mark.parametrize("of", FEEDS)
def test_a_feed_never_quotes_a_forged_host(server: Serving, public: Serving, of: str, extension: str) -> None:
    path = f"/v1/feeds/{of}.{extension}{FEEDS[of]}"
    headers, body = ask(server, path)
    found = links(extension, body)
    start = "/" if extension == "atom" else f"http://127.0.0.1:{server.port}/"
    assert EVIL not in body and EVIL not in str(headers)
    assert found and all(link.startswith(start) for link in found)
    _, body = ask(public, path)
    assert len(links(extension, body)) == len(found)
    assert all(link.startswith(f"{PUBLIC}/") and "//" not in link[8:] for link in links(extension, body))

"""Crawls the pages of a service, and reads what they tell: the addresses that it asks, the links that it follows, what failed, the words of each
page, and pages that tell one count with two values."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median_low
from typing import Final
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.search.operators import All
from vivier.search.snapshot import Snapshot

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


@dataclass
class Crawled:
    """What a crawl met: the status of each address, what failed (an answer of 500 or more, a link that is refused), the text of each page."""

    asked: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """Words of the median kind of page (of its median page), between its header and its footer; what is folded counts. One more link that
        the crawl follows weighs nothing."""
        kinds: defaultdict[str, list[int]] = defaultdict(list)
        for address, page in self.pages.items():
            if main := _MAIN.search(page):
                kinds[_shape(urlsplit(address).path)].append(len(_text(main[0]).split()))
        return median_low(map(median_low, kinds.values()))

    @property
    def contradictions(self) -> list[str]:
        """Pages whose title, heading and first sentence count one thing with two numbers."""
        return [f"{address}: {both}" for address, page in self.pages.items() for both in _contradictions(page)]


_MAIN: Final = re.compile(r"<main.*?</main>", re.DOTALL)
_HEADS: Final = tuple(
    re.compile(rf"<{tag}[^>]*>(.*?)</{name}>", re.DOTALL)
    for tag, name in (("title", "title"), ("h1", "h1"), (r'p class="lead"', "p"))
)
_COUNT: Final = re.compile(r"(?<![\d,-])(\d[\d ]*|aucune?) ([a-zéèêà]{4,}(?: [a-zéèêà]{4,})?)", re.IGNORECASE)


def _text(source: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", source))).strip()


def _contradictions(page: str) -> Iterator[str]:
    """The things counted twice differently. « aucune » is 0; « 3 marchés publics » and « 2 marchés ouverts » count two things."""
    counts: defaultdict[str, set[int]] = defaultdict(set)
    for head in _HEADS:
        for number, thing in _COUNT.findall(_text(found[1]) if (found := head.search(page)) else ""):
            digits = re.sub(r"\D", "", number)
            counts[re.sub(r"s\b", "", thing.lower())].add(int(digits or 0))
    return (f"{thing}: {sorted(values)}" for thing, values in counts.items() if len(values) > 1)


def crawl(client: TestClient, addresses: Iterable[str], most_links: int) -> Crawled:
    """Links are followed once each shape of path has been asked ``most_links`` times."""
    met = Crawled()
    asked, failed = met.asked, met.failed
    shapes: defaultdict[str, int] = defaultdict(int)

    def ask(address: str, of: str) -> str:
        answer = client.get(address, headers=BROWSER, follow_redirects=False)
        asked[address] = answer.status_code
        if answer.status_code >= 500 or (of and answer.status_code >= 400):
            failed.append(f"{answer.status_code} {address} (from {of or 'the list'}): {answer.text[:200]!r}")
        text = answer.text if "html" in answer.headers.get("content-type", "") else ""
        if text and answer.status_code == 200:
            met.pages[address] = text
        return text

    for address in addresses:
        page = ask(address, "")
        posted = {_local(found) for found in METHOD.findall(page)}
        for link in dict.fromkeys(filter(None, map(_local, LINK.findall(page)))):
            shape = _shape(link)
            if link not in asked and link not in posted and shapes[shape] < most_links:
                shapes[shape] += 1
                ask(link, address)
    return met


def _shape(address: str) -> str:
    return re.sub(r"[0-9a-z]{13,}|\d+", "·", address)


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

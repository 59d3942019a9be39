"""The one spider: follows chains of pages or finds the newest file of a catalogue, keeps bytes, understands nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response, TextResponse
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.signals import robots_parsed
from twisted.python.failure import Failure

from crawlers.job import Fetched, FetchJob
from crawlers.kit.datagouv import fitting
from crawlers.kit.plan import Chains, Direct, Iterated, Listing, Numbered, Offsets, Uploads
from crawlers.middlewares import Forbidden
from crawlers.upload import form

_REDIRECTS = (301, 302, 303, 307, 308)
_STATUSES = [status for status in range(200, 600) if status not in _REDIRECTS]
LONGEST_CHAIN = 20_000
"""Pages of one run: far beyond any source, and an end to a chain that never ends."""


class Fetcher(Spider):
    """Fetches one source. ``files`` and ``error`` are what it brings back; ``token`` is sent, never written down."""

    def __init__(self, job: FetchJob, token: str | None = None) -> None:
        super().__init__(name=job.source)
        self.job = job
        self._token = token
        self.files: list[Fetched] = []
        self.error: str | None = None
        self.asked: set[str] = set()
        base = urlsplit(job.base_url).hostname if job.base_url else None
        self.hosts = (base,) if base else job.plan.hosts
        self.received = 0
        self.waiting = self._starts()
        self.items: list[str] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Fetcher:
        """Made by Scrapy; listens to robots.txt for its ``Crawl-delay``."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.slow_down, signal=robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first address; the next ones follow one at a time."""
        for request in self._next_start():
            yield request

    def slow_down(self, robotparser: ProtegoRobotParser, request: Request) -> None:
        """Obey ``Crawl-delay``: no less than that many seconds between two requests of the host."""
        delay = robotparser.rp.crawl_delay(self.job.agent)
        if not delay or delay <= self.job.delay:
            return
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = float(delay)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = float(delay)

    def _starts(self) -> list[tuple[str, Any, dict[str, Any]]]:
        """Address, reader of the answer and what it must be told, for each start of the plan."""
        what = self.job.plan.what
        if isinstance(what, Chains):
            return [(url, self.page, {}) for url in what.starts]
        if isinstance(what, Offsets):
            return [(what.address.format(offset=0), self.slice, {})]
        if isinstance(what, Iterated):
            return [(what.address, self.iterated, {"token": None})]
        if isinstance(what, Uploads):
            return [(what.address, self.answer, {"sent": Path(file)}) for file in what.files]
        if isinstance(what, Listing):
            return [(url, self.listing, {}) for url in what.starts]
        if isinstance(what, Direct):
            return [(url, self.resource, {"name": name, "sha1": None}) for name, url in what.files.items()]
        if isinstance(what, Numbered):
            return [(what.address.replace("{page}", "1"), self.numbered, {"address": what.address, "number": 1})]
        pairs = zip(what.datasets, what.patterns, strict=True)
        return [(url, self.catalogue, {"pattern": pattern}) for url, pattern in pairs]

    def _next_start(self) -> Iterator[Request]:
        if self.waiting:
            url, callback, kept = self.waiting.pop(0)
            yield from self._first(url, callback, kept)
        elif self.items:
            yield from self._ask(self.items.pop(0), self.item)

    def _first(self, url: str, callback: Any, kept: dict[str, Any]) -> Iterator[Request]:
        if "sent" in kept:
            return self._send(url, **kept)
        return self._post(url, **kept) if "token" in kept else self._ask(url, callback, **kept)

    def _ask(self, url: str, callback: Any, **kept: Any) -> Iterator[Request]:
        address = self.address(url)
        if address in self.asked or len(self.asked) >= LONGEST_CHAIN:
            self.error = f"la suite des pages tourne en rond ou ne finit pas : {address}"
            return
        self.asked.add(address)
        # Every status is read here but redirects, which Scrapy follows inside the hosts of the plan. An answer given to a key
        # is not kept in the cache, which writes the headers of the request beside it.
        meta = {"handle_httpstatus_list": _STATUSES, "dont_cache": self._token is not None}
        yield Request(
            address,
            callback,
            errback=self.failed,
            headers=self._key(address),
            meta=meta,
            cb_kwargs=kept,
            dont_filter=True,
        )

    def _key(self, address: str) -> dict[str, str]:
        """The header that holds the key: over https only, save for the server of ``base_url``."""
        if self._token is None or not (address.startswith("https://") or self.job.base_url):
            return {}
        return {"Authorization": f"{self.job.plan.key_scheme} {self._token}"}

    def _send(self, url: str, sent: Path) -> Iterator[Request]:
        body, kind = form(sent, getattr(self.job.plan.what, "fields", ()))
        yield Request(
            self.address(url),
            self.answer,
            method="POST",
            body=body,
            headers={"Content-Type": kind},
            errback=self.failed,
            meta={"handle_httpstatus_all": True, "dont_cache": True},
            cb_kwargs={"sent": sent},
            dont_filter=True,
        )

    def _post(self, url: str, token: str | None) -> Iterator[Request]:
        """The page that comes after a token, the first one without."""
        what = self.job.plan.what
        assert isinstance(what, Iterated)
        mark = f"{url} {token}"
        if mark in self.asked or len(self.asked) >= LONGEST_CHAIN:
            self.error = f"la suite des pages tourne en rond ou ne finit pas : {self.address(url)}"
            return
        self.asked.add(mark)
        body = orjson.loads(what.body) | ({} if token is None else {what.following: token})
        yield Request(
            self.address(url),
            self.iterated,
            method="POST",
            body=orjson.dumps(body),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            errback=self.failed,
            meta={"handle_httpstatus_list": _STATUSES, "dont_cache": True},
            dont_filter=True,
        )

    def address(self, url: str) -> str:
        """The address really asked: the one published, or the same path on ``base_url``."""
        if self.job.base_url is None:
            return url
        base, parts = urlsplit(self.job.base_url), urlsplit(url)
        return urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + parts.path, parts.query, ""))

    def page(self, response: Response) -> Iterator[Request]:
        """One page of a chain: kept, then the next one, or the next chain."""
        page = self._json(response)
        if page is None:
            return
        results = page.get("results")
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=len(results) if isinstance(results, list) else 0)
        following = page.get("next")
        yield from self._ask(str(following), self.page) if following else self._next_start()

    def slice(self, response: Response) -> Iterator[Request]:
        """One page by position: kept, then the one after what was really received, which may be less than asked."""
        page, what = self._json(response), self.job.plan.what
        if page is None or not isinstance(what, Offsets):
            return
        items = page.get(what.items)
        if not isinstance(items, list):
            self.error = f"la réponse n'a pas de liste « {what.items} » : {response.url}"
            return
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=len(items))
        self.received += len(items)
        if items:
            yield from self._ask(what.address.format(offset=self.received), self.slice)

    def iterated(self, response: Response) -> Iterator[Request]:
        """One page of an iteration: kept, then the one after its token."""
        page, what = self._json(response), self.job.plan.what
        if page is None:
            return
        assert isinstance(what, Iterated)
        items, token = page.get(what.items), page.get(what.following)
        if not isinstance(items, list) or page.get("timedOut"):
            told = (
                "le service n'a pas eu le temps de tout chercher"
                if page.get("timedOut")
                else f"pas de « {what.items} »"
            )
            self.error = f"{told} : {response.url}"
            return
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=len(items))
        yield from self._post(what.address, str(token)) if items and token else self._next_start()

    def answer(self, response: Response, sent: Path) -> Iterator[Request]:
        """The answer to a file sent: kept, then the next file."""
        if self._answered(response):
            self._keep(response, f"answer-{sent.name}", rows=response.body.count(b"\n"))
            yield from self._next_start()

    def numbered(self, response: Response, address: str, number: int) -> Iterator[Request]:
        """One page of a numbered series: kept, then the next number while the answer says there are more."""
        page = self._json(response)
        if page is None:
            return
        results, pages = page.get("results"), page.get("total_pages")
        rows = len(results) if isinstance(results, list) else 0
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=rows)
        if rows and isinstance(pages, int) and number < pages:
            following = address.replace("{page}", str(number + 1))
            yield from self._ask(following, self.numbered, address=address, number=number + 1)
        else:
            yield from self._next_start()

    def catalogue(self, response: Response, pattern: str) -> Iterator[Request]:
        """The page of a dataset: the resources whose title fits, or the newest of them, are asked next."""
        page = self._json(response)
        if page is None:
            return
        self._keep(response, f"{len(self.files) + 1:05}-catalogue.json", role="index")
        found = fitting(page, pattern)
        if not found:
            self.error = f"aucune ressource du jeu de données n'a un titre de la forme « {pattern} »"
            return
        chosen = found if self.job.plan.what.every else found[-1:]  # type: ignore[union-attr]
        self.waiting[:0] = [(one.url, self.resource, {"name": one.title, "sha1": one.sha1}) for one in chosen]
        yield from self._next_start()

    def resource(self, response: Response, name: str, sha1: str | None) -> Iterator[Request]:
        """A data file: kept, checked against the catalogue's checksum, then the next dataset."""
        if not self._answered(response):
            return
        kept = self._keep(response, re.sub(r"[^\w.\-]", "_", Path(name).name))
        if sha1 is not None and kept.sha1 != sha1.lower():
            self.error = f"« {name} » n'a pas l'empreinte annoncée par le catalogue : téléchargement coupé ou changé"
            return
        yield from self._next_start()

    def listing(self, response: Response) -> Iterator[Request]:
        """A page of a directory: the pages it leads to are noted, then the next one is asked; pages of suppliers come last."""
        what = self.job.plan.what
        assert isinstance(what, Listing)
        if not self._answered(response):
            return
        self._keep(response, f"{len(self.files) + 1:05}-liste.html", role="index")
        known = {*self.items, *self.asked}
        links = (self.address(link) for link in _links(response, what.items))
        self.items += list(dict.fromkeys(link for link in links if link not in known))[: what.most - len(self.items)]
        following = _links(response, what.following) if what.following and len(self.files) < what.most else []
        yield from self._ask(following[0], self.listing) if following else self._next_start()

    def item(self, response: Response) -> Iterator[Request]:
        """The page of a supplier, kept whatever its status: an absent one is counted by whoever reads it."""
        if response.status in (401, 403, 429, 503):
            self._answered(response)
            return
        self._keep(response, f"{len(self.files) + 1:05}.html", rows=1)
        yield from self._next_start()

    def failed(self, failure: Failure) -> None:
        """Say in French why an address was not fetched."""
        if isinstance(failure.value, Forbidden):
            self.error = str(failure.value)
        elif "robots.txt" in str(failure.value):
            self.error = f"robots.txt interdit cette adresse : {failure.request.url}"  # type: ignore[attr-defined]
        else:
            name = type(failure.value).__name__
            self.error = f"pas de réponse ({name}) : {failure.request.url}"  # type: ignore[attr-defined]

    def _answered(self, response: Response) -> bool:
        if response.status == 200:
            return True
        asked = " ; le site refuse, n'insistez pas" if response.status in (401, 403) else ""
        later = " ; le site demande d'attendre, recommencez plus tard" if response.status in (429, 503) else ""
        self.error = f"réponse {response.status}{asked}{later} : {response.url}"
        return False

    def _json(self, response: Response) -> dict[str, Any] | None:
        if not self._answered(response):
            return None
        try:
            page = orjson.loads(response.body)
        except orjson.JSONDecodeError:
            page = None
        if isinstance(page, dict):
            return page
        self.error = f"la réponse n'est pas un objet JSON complet : {response.url}"
        return None

    def _keep(self, response: Response, name: str, role: Any = "data", rows: int = 0) -> Fetched:
        (self.job.folder / name).write_bytes(response.body)
        kept = Fetched(
            file=name,
            url=response.url,
            role=role,
            sha1=hashlib.sha1(response.body, usedforsecurity=False).hexdigest(),
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            from_cache="cached" in response.flags,
            status=response.status,
        )
        self.files.append(kept)
        sys.stdout.write(json.dumps({"rows": rows}) + "\n")
        sys.stdout.flush()
        return kept


def _links(response: Response, selector: str) -> list[str]:
    """Where the links of a page lead, in order; a page that is no text leads nowhere."""
    if not isinstance(response, TextResponse):
        return []
    found = (link.attrib.get("href", "").strip() for link in response.css(selector))
    return [response.urljoin(href).partition("#")[0] for href in found if href and not href.startswith("#")]


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None

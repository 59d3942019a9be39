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
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.signals import robots_parsed
from twisted.python.failure import Failure

from crawlers.job import Fetched, FetchJob
from crawlers.kit.datagouv import newest
from crawlers.kit.plan import Chains, Direct
from crawlers.middlewares import Forbidden

LONGEST_CHAIN = 20_000
"""Pages of one run: far beyond any source, and an end to a chain that never ends."""


class Fetcher(Spider):
    """Fetches one source. ``files`` and ``error`` are what it brings back."""

    def __init__(self, job: FetchJob) -> None:
        super().__init__(name=job.source)
        self.job = job
        self.files: list[Fetched] = []
        self.error: str | None = None
        self.asked: set[str] = set()
        base = urlsplit(job.base_url).hostname if job.base_url else None
        self.hosts = (base,) if base else job.plan.hosts
        self.waiting = self._starts()

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
        if isinstance(what, Direct):
            return [(url, self.resource, {"name": name, "sha1": None}) for name, url in what.files.items()]
        pairs = zip(what.datasets, what.patterns, strict=True)
        return [(url, self.catalogue, {"pattern": pattern}) for url, pattern in pairs]

    def _next_start(self) -> Iterator[Request]:
        if self.waiting:
            url, callback, kept = self.waiting.pop(0)
            yield from self._ask(url, callback, **kept)

    def _ask(self, url: str, callback: Any, **kept: Any) -> Iterator[Request]:
        address = self.address(url)
        if address in self.asked or len(self.asked) >= LONGEST_CHAIN:
            self.error = f"la suite des pages tourne en rond ou ne finit pas : {address}"
            return
        self.asked.add(address)
        meta = {"handle_httpstatus_all": True}
        yield Request(address, callback, errback=self.failed, meta=meta, cb_kwargs=kept, dont_filter=True)

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

    def catalogue(self, response: Response, pattern: str) -> Iterator[Request]:
        """The page of a dataset: the newest resource whose title fits is asked next."""
        page = self._json(response)
        if page is None:
            return
        self._keep(response, f"{len(self.files) + 1:05}-catalogue.json", role="index")
        found = newest(page, pattern)
        if found is None:
            self.error = f"aucune ressource du jeu de données n'a un titre de la forme « {pattern} »"
            return
        yield from self._ask(found.url, self.resource, name=found.title, sha1=found.sha1)

    def resource(self, response: Response, name: str, sha1: str | None) -> Iterator[Request]:
        """A data file: kept, checked against the catalogue's checksum, then the next dataset."""
        if not self._answered(response):
            return
        kept = self._keep(response, re.sub(r"[^\w.\-]", "_", Path(name).name))
        if sha1 is not None and kept.sha1 != sha1.lower():
            self.error = f"« {name} » n'a pas l'empreinte annoncée par le catalogue : téléchargement coupé ou changé"
            return
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
        )
        self.files.append(kept)
        sys.stdout.write(json.dumps({"rows": rows}) + "\n")
        sys.stdout.flush()
        return kept


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None

"""The only spider of sources: it follows chains of pages or finds the newest file of a catalogue, and keeps bytes
without reading their content."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import orjson
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.signals import bytes_received, robots_parsed
from twisted.python.failure import Failure

from crawlers.datagouv import RESOURCE, described, fitting
from crawlers.job import Fetched, FetchJob, Robots
from crawlers.middlewares import Forbidden
from crawlers.plan import Chains, Direct, Iterated, Listing, Numbered, Offsets, Resources, Uploads
from crawlers.responses import TOTALS, announced_bytes, enough, header_of, items_of, links_of
from crawlers.robots import is_unread
from crawlers.upload import form
from vivier.breakdowns import CERTIFICATE, NO_ANSWER, ROBOTS_FORBID, ROBOTS_UNREAD

_REDIRECTS = (301, 302, 303, 307, 308)
_STATUSES = [status for status in range(200, 600) if status not in _REDIRECTS]
LONGEST_CHAIN = 20_000
"""Pages of one run: far beyond any source, and an end to a chain that never ends."""

MOVING = 0.01
"""Share of the items announced that may be gone when the last page comes: a register changes while it is read."""


class Fetcher(Spider):
    """Fetches one source. ``files`` and ``error`` are its result. ``token`` is sent, never written down."""

    def __init__(self, job: FetchJob, token: str | None = None) -> None:
        super().__init__(name=job.source)
        self.job = job
        self._token = token
        self.files: list[Fetched] = []
        self.error: str | None = None
        self.requested: set[str] = set()
        self.hosts = job.plan.hosts
        self.received = 0
        self.chained: list[int] = []
        self.announced: int | None = None
        self.waiting = self._starts()
        self.items: list[str] = []
        self.robots: Robots | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Fetcher:
        """Made by Scrapy; listens to robots.txt for its ``Crawl-delay``."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.slow_down, signal=robots_parsed)
        if spider.job.glance:
            crawler.signals.connect(enough, signal=bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first address; the next ones follow one at a time. A glance at documented data asks first what robots.txt says."""
        unread = self.job.glance and not self.job.plan.obeys_robots
        for request in self._robots() if unread else self._next_start():
            yield request

    def _robots(self) -> Iterator[Request]:
        address = self.waiting[0][0]
        yield Request(
            urljoin(address, "/robots.txt"),
            self.robots_read,
            errback=self.failed,
            meta={"handle_httpstatus_list": _STATUSES},
            cb_kwargs={"address": address},
        )

    def robots_read(self, response: Response, address: str) -> Iterator[Request]:
        """Notes what robots.txt says of the address, then asks for it."""
        if response.status == 200:
            rules = ProtegoRobotParser(response.body, self)
            self.robots = "allows" if rules.allowed(address, self.job.agent) else "forbids"
        else:
            self.robots = "absent" if 400 <= response.status < 500 else "unread"
        yield from self._next_start()

    @property
    def _seen_enough(self) -> bool:
        return self.job.glance and any(file.role == "data" for file in self.files)

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

    def _starts(self) -> list[tuple[str, Any, dict[str, object]]]:
        """For each start of the plan: its address, the method that reads the answer, and the arguments of that method."""
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
        if isinstance(what, Resources):
            return [(RESOURCE.format(id=id_), self.described, {"name": name}) for name, id_ in what.files.items()]
        if isinstance(what, Numbered):
            return [(what.address.replace("{page}", "1"), self.numbered, {"address": what.address, "number": 1})]
        pairs = zip(what.datasets, what.patterns, strict=True)
        return [(url, self.catalogue, {"pattern": pattern}) for url, pattern in pairs]

    def _next_start(self) -> Iterator[Request]:
        if self._seen_enough:
            return
        if self.waiting:
            url, callback, arguments = self.waiting.pop(0)
            yield from self._first(url, callback, arguments)
        elif self.items:
            yield from self._ask(self.items.pop(0), self.item)

    def _first(self, url: str, callback: Any, arguments: dict[str, Any]) -> Iterator[Request]:
        if "sent" in arguments:
            return self._send(url, **arguments)
        return self._post(url, **arguments) if "token" in arguments else self._ask(url, callback, **arguments)

    def _ask(self, url: str, callback: Any, **arguments: Any) -> Iterator[Request]:
        address = url.partition("#")[0]
        if self._seen_enough:
            return
        if address in self.requested or len(self.requested) >= LONGEST_CHAIN:
            self.error = f"la suite des pages tourne en rond ou ne finit pas : {address}"
            return
        self.requested.add(address)
        # Every status is read here but redirects, which Scrapy follows inside the hosts of the plan.
        yield Request(
            address,
            callback,
            errback=self.failed,
            headers=self._key(address),
            meta={"handle_httpstatus_list": _STATUSES},
            cb_kwargs=arguments,
            dont_filter=True,
        )

    def _key(self, address: str) -> dict[str, str]:
        """The header that holds the key: over https only."""
        if self._token is None or not address.startswith("https://"):
            return {}
        return {"Authorization": f"{self.job.plan.key_scheme} {self._token}"}

    def _send(self, url: str, sent: Path) -> Iterator[Request]:
        body, kind = form(sent, getattr(self.job.plan.what, "fields", ()))
        yield Request(
            url,
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
        """Asks for the page after a token, or for the first page without one."""
        what = self.job.plan.what
        assert isinstance(what, Iterated)
        mark = f"{url} {token}"
        if self._seen_enough:
            return
        if mark in self.requested or len(self.requested) >= LONGEST_CHAIN:
            self.error = f"la suite des pages tourne en rond ou ne finit pas : {url}"
            return
        self.requested.add(mark)
        body = orjson.loads(what.since(datetime.now(UTC).date())) | ({} if token is None else {what.following: token})
        yield Request(
            url,
            self.iterated,
            method="POST",
            body=orjson.dumps(body),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            errback=self.failed,
            meta={"handle_httpstatus_list": _STATUSES, "dont_cache": True},
            dont_filter=True,
        )

    def page(self, response: Response) -> Iterator[Request]:
        """Keeps one page of a chain, then asks for the next page, or begins the next chain."""
        page = self._json(response)
        if page is None:
            return
        rows = len(items_of(page))
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=rows)
        following = page.get("next")
        if self._short(page, rows, last=not following):
            return
        yield from self._ask(str(following), self.page) if following else self._next_start()

    def slice(self, response: Response) -> Iterator[Request]:
        """Keeps one page by position, then asks for the one after the items received, which may be fewer than asked for."""
        page, what = self._json(response), self.job.plan.what
        if page is None or not isinstance(what, Offsets):
            return
        items = page.get(what.items)
        if not isinstance(items, list):
            self.error = f"la réponse n'a pas de liste « {what.items} » : {response.url}"
            return
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=len(items))
        self.received += len(items)
        if self._short(page, len(items), last=not items):
            return
        if items:
            yield from self._ask(what.address.format(offset=self.received), self.slice)

    def iterated(self, response: Response) -> Iterator[Request]:
        """Keeps one page of an iteration, then asks for the one after its token."""
        page, what = self._json(response), self.job.plan.what
        if page is None:
            return
        assert isinstance(what, Iterated)
        items, token = page.get(what.items), page.get(what.following)
        if not isinstance(items, list) or page.get("timedOut"):
            problem = (
                "le service n'a pas eu le temps de tout chercher"
                if page.get("timedOut")
                else f"pas de « {what.items} »"
            )
            self.error = f"{problem} : {response.url}"
            return
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=len(items))
        if self._short(page, len(items), last=not (items and token)):
            return
        yield from self._post(what.address, str(token)) if items and token else self._next_start()

    def _short(self, page: dict[str, object], rows: int, *, last: bool) -> bool:
        """Counts the items of a chain of pages. At its last page, whether fewer came than its first page announced: that is an error."""
        if not self.chained:
            written = (str(page.get(name)) for name in TOTALS)
            self.announced = next((int(text) for text in written if text.isdecimal()), None)
        self.chained.append(rows)
        if not last:
            return False
        came, announced = sum(self.chained), self.announced
        self.chained.clear()
        if announced is None or came >= announced * (1 - MOVING):
            return False
        self.error = f"{announced} lignes annoncées, {came} reçues : la lecture n'est pas entière"
        return True

    def answer(self, response: Response, sent: Path) -> Iterator[Request]:
        """Keeps the answer to a file sent, then sends the next file."""
        if self._answered(response):
            self._keep(response, f"answer-{sent.name}", rows=response.body.count(b"\n"))
            yield from self._next_start()

    def numbered(self, response: Response, address: str, number: int) -> Iterator[Request]:
        """Keeps one page of a numbered series, then asks for the next number while the answer announces more."""
        page = self._json(response)
        if page is None:
            return
        rows, pages = len(items_of(page)), page.get("total_pages")
        self._keep(response, f"{len(self.files) + 1:05}.json", rows=rows)
        more = bool(rows) and isinstance(pages, int) and number < pages
        if self._short(page, rows, last=not more):
            return
        if more:
            following = address.replace("{page}", str(number + 1))
            yield from self._ask(following, self.numbered, address=address, number=number + 1)
        else:
            yield from self._next_start()

    def catalogue(self, response: Response, pattern: str) -> Iterator[Request]:
        """Reads the page of a dataset, then asks for the resources whose title fits, or for the newest of them."""
        page = self._json(response)
        if page is None:
            return
        self._keep(response, f"{len(self.files) + 1:05}-catalogue.json", role="index")
        found = fitting(page, pattern)
        if not found:
            self.error = f"aucune ressource du jeu de données n'a un titre de la forme « {pattern} »"
            return
        chosen = found if self.job.plan.what.every else found[-1:]  # type: ignore[union-attr]
        self.waiting[:0] = [
            (resource.url, self.resource, {"name": resource.title, "sha1": resource.sha1}) for resource in chosen
        ]
        yield from self._next_start()

    def described(self, response: Response, name: str) -> Iterator[Request]:
        """Reads what the catalogue says of a resource, then asks for its file where it is now."""
        page = self._json(response)
        if page is None:
            return
        self._keep(response, f"{len(self.files) + 1:05}-catalogue.json", role="index")
        found = described(page)
        if found is None:
            self.error = f"le catalogue ne dit plus où est la ressource : {response.url}"
            return
        self.waiting[:0] = [(found.url, self.resource, {"name": name, "sha1": found.sha1})]
        yield from self._next_start()

    def resource(self, response: Response, name: str, sha1: str | None) -> Iterator[Request]:
        """Keeps a data file, checks it against the checksum of the catalogue, then goes on with the next dataset."""
        if not self._answered(response):
            return
        file = self._keep(response, re.sub(r"[^\w.\-]", "_", Path(name).name))
        if sha1 is not None and not file.cut and file.sha1 != sha1.lower():
            self.error = f"« {name} » n'a pas l'empreinte annoncée par le catalogue : téléchargement coupé ou changé"
            return
        yield from self._next_start()

    def listing(self, response: Response) -> Iterator[Request]:
        """Notes the pages that a page of a directory leads to, then asks for the next one; pages of suppliers come last."""
        what = self.job.plan.what
        assert isinstance(what, Listing)
        if not self._answered(response):
            return
        self._keep(response, f"{len(self.files) + 1:05}-liste.html", role="index")
        known = {*self.items, *self.requested}
        links = links_of(response, what.items)
        self.items += list(dict.fromkeys(link for link in links if link not in known))[: what.most - len(self.items)]
        following = links_of(response, what.following) if what.following and len(self.files) < what.most else []
        yield from self._ask(following[0], self.listing) if following else self._next_start()

    def item(self, response: Response) -> Iterator[Request]:
        """Keeps the page of a supplier whatever its status: the reader counts the absent ones."""
        if response.status in (401, 403, 429, 503):
            self._answered(response)
            return
        self._keep(response, f"{len(self.files) + 1:05}.html", rows=1)
        yield from self._next_start()

    def failed(self, failure: Failure) -> None:
        """Say in French why an address was not fetched."""
        url = failure.request.url  # type: ignore[attr-defined]
        if isinstance(failure.value, Forbidden):
            self.error = str(failure.value)
        elif "robots.txt" in str(failure.value):
            card = ROBOTS_UNREAD if is_unread(getattr(self, "crawler", None), url) else ROBOTS_FORBID
            self.error = f"{card.cause} : {url}"
        elif "certificate verify failed" in repr(failure.value):
            self.error = f"{CERTIFICATE.cause} : {url}"
        else:
            self.error = f"{NO_ANSWER.cause} ({type(failure.value).__name__}) : {url}"

    def _answered(self, response: Response) -> bool:
        if response.status == 200:
            return True
        refusal = " ; le site refuse, n'insistez pas" if response.status in (401, 403) else ""
        later = " ; le site demande d'attendre, recommencez plus tard" if response.status in (429, 503) else ""
        self.error = f"réponse {response.status}{refusal}{later} : {response.url}"
        return False

    def _json(self, response: Response) -> dict[str, object] | None:
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
        fetched = Fetched(
            file=name,
            url=response.url,
            role=role,
            sha1=hashlib.sha1(response.body, usedforsecurity=False).hexdigest(),
            etag=header_of(response, "ETag"),
            last_modified=header_of(response, "Last-Modified"),
            from_cache="cached" in response.flags,
            status=response.status,
            size=announced_bytes(response),
            cut="download_stopped" in response.flags,
        )
        self.files.append(fetched)
        sys.stdout.write(json.dumps({"rows": rows}) + "\n")
        sys.stdout.flush()
        return fetched

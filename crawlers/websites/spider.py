"""Reads suppliers' websites: a few pages each, one at a time, politely; keeps facts, and a reason when there are none."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.signals import headers_received, robots_parsed, spider_error
from twisted.python.failure import Failure

from crawlers.kit.decode import decoded
from crawlers.websites.extract import Unreadable, facts
from crawlers.websites.ledger import Ledger, is_fresh
from crawlers.websites.model import PASSING, Page, SitesJob, Target, Visit
from crawlers.websites.settings import HOSTS_AT_ONCE, LONGEST_CRAWL_DELAY, Refused, stop_what_is_no_page
from crawlers.websites.targets import domain_of, folder_of
from crawlers.websites.trades import SiteTrades, method
from vivier.lexicon import load_lexicon

Reason = tuple[str, str]


def reason_of(failure: Failure, request: Request) -> Reason:
    """The code and detail of an address that did not answer, or that was not asked."""
    error = failure.value
    if isinstance(error, Refused):
        return error.reason, str(error)
    if request.meta.get("stopped"):
        return request.meta["stopped"], request.url
    if isinstance(error, IgnoreRequest):
        return _ignored(str(error)), request.url
    if isinstance(error, DownloadCancelledError):
        return "site_too_large", request.url
    if isinstance(error, DownloadTimeoutError):
        return "site_too_slow", request.url
    return "site_unreachable", f"{type(error).__name__} : {request.url}"


def _ignored(message: str) -> str:
    for words, reason in (
        ("robots.txt", "robots_forbidden"),
        ("max redirections", "site_redirects"),
        ("DOWNLOAD_MAXSIZE", "site_too_large"),
    ):
        if words in message:
            return reason
    return "site_unreachable"


def reason_of_status(status: int, url: str) -> Reason:
    """The code and detail of an answer that is no page."""
    detail = f"réponse {status} : {url}"
    if status in (429, 503):
        return "site_waits", detail
    if status >= 500:
        return "site_error", detail
    return ("site_redirects" if 300 <= status < 400 else "site_refused"), detail


FURTHEST = 2
"""Steps from the first page."""


@dataclass
class Site:
    """A visit in progress."""

    target: Target
    former: Visit | None
    started: float
    pages: list[Page] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=dict)
    """Steps from the first page, for every address asked, waiting or reached by a redirect."""
    requests: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    reason: str | None = None
    detail: str | None = None

    def known(self, url: str) -> Page | None:
        """The page as the last visit kept it."""
        return next((page for page in self.former.pages if page.url == url), None) if self.former else None


class SiteReader(Spider):
    """Reads every site of a job that was not read lately."""

    name = "website"

    def __init__(self, job: SitesJob, ledger: Ledger) -> None:
        super().__init__()
        self.job, self.ledger, self.method = job, ledger, method()
        self.trades = SiteTrades(load_lexicon())
        self.open: dict[str, Site] = {}
        self.places = asyncio.Semaphore(HOSTS_AT_ONCE)
        self.slow: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.interrupted = True

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteReader:
        """Made by Scrapy; listens to robots.txt, to headers, and to errors of its own."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.slow_down, signal=robots_parsed)
        crawler.signals.connect(stop_what_is_no_page, signal=headers_received)
        crawler.signals.connect(spider.broken, signal=spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Asks for the first page of each site, as places become free."""
        now = datetime.now(UTC)
        with self.job.targets.open(encoding="utf8") as targets:
            for line in targets:
                target = Target.model_validate_json(line)
                former = self.ledger.get(target.site)
                if is_fresh(former, now, self.job.fresh_days, self.method):
                    self._count("fresh")
                    continue
                await self.places.acquire()
                site = self.open[target.site] = Site(target, former, time.monotonic())
                yield self._request(site, target.url)
        self.interrupted = False

    def _request(self, site: Site, url: str) -> Request:
        site.requests += 1
        site.steps.setdefault(url, 0)
        meta = {"site": site.target.site, "domain": domain_of((urlsplit(url).hostname or "").lower()), "asked": url}
        known = site.known(url)
        headers = {}
        if known is not None and site.former is not None and site.former.method == self.method:
            given = (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified))
            headers = {name: value for name, value in given if value}
        return Request(url, self.page, errback=self.failed, headers=headers, meta=meta, dont_filter=True)

    def slow_down(self, robotparser: ProtegoRobotParser, request: Request) -> None:
        """Obeys ``Crawl-delay``. When the delay is too long, only the first page of the site is read."""
        delay = float(robotparser.rp.crawl_delay(self.job.agent) or 0)
        host = urlsplit(request.url).hostname or ""
        if delay > LONGEST_CRAWL_DELAY:
            self.slow.add(host)
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, min(delay, LONGEST_CRAWL_DELAY))

    def page(self, response: Response) -> Iterator[Request]:
        """Reads one answer: its facts, or why there are none. Then asks for the next page of the site."""
        request = response.request
        assert request is not None
        site = self.open[request.meta["site"]]
        known = site.known(request.meta["asked"])
        if response.status == 304 and known is not None:
            self._keep(site, known.model_copy(update={"read_at": datetime.now(UTC)}), response)
        elif response.status != 200:
            self._refuse(site, *reason_of_status(response.status, response.url))
        else:
            self._read(site, response, request.meta["asked"])
        yield from self._next(site)

    def _read(self, site: Site, response: Response, url: str) -> None:
        kind = response.headers.get("Content-Type")
        html = decoded(response.body, kind.decode("latin-1") if kind else None)
        prefix = folder_of(urlsplit(site.target.url).path)
        try:
            found = facts(html, response.url, self.trades, datetime.now(UTC), prefix)
        except Unreadable as error:
            self._refuse(site, "site_unreadable", f"{response.url} : {error}")
            return
        validators = {"etag": _header(response, "ETag"), "last_modified": _header(response, "Last-Modified")}
        self._keep(site, found.model_copy(update={"url": url, **validators}), response)

    def _keep(self, site: Site, page: Page, response: Response) -> None:
        """Keeps a page, and notes the addresses it leads to when it is near enough to the first page."""
        if response.url != page.url and response.url in site.steps:
            return  # a redirect to a page read already
        site.pages.append(page)
        steps = site.steps.setdefault(response.url, site.steps[page.url])
        if steps < FURTHEST:
            links = [link for link in page.links if link not in site.steps]
            site.steps |= dict.fromkeys(links, steps + 1)
            site.waiting += links

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Counts, with its reason, an address that gave no page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        site = self.open.get(request.meta.get("site", ""))
        if site is None:
            return
        self._refuse(site, *reason_of(failure, request))
        yield from self._next(site)

    def broken(self, failure: Failure, response: Response) -> None:
        """Handles a page that our own code could not read: the site keeps what it gave before, and the error stays in
        the log."""
        request = response.request
        site = self.open.get(request.meta.get("site", "")) if request is not None else None
        if site is not None:
            self._refuse(site, "site_unreadable", f"{response.url} : {type(failure.value).__name__}")
            self._finish(site)

    def _refuse(self, site: Site, reason: str, detail: str) -> None:
        if site.pages:
            site.refused[reason] += 1
        else:
            site.reason, site.detail = reason, detail[:300]
            site.waiting.clear()

    def _next(self, site: Site) -> Iterator[Request]:
        late = time.monotonic() - site.started > self.job.site_seconds
        full = site.requests >= 2 * self.job.pages or len(site.pages) >= self.job.pages
        host = urlsplit(site.target.url).hostname or ""
        if site.waiting and not (late or full or host in self.slow):
            yield self._request(site, site.waiting.pop(0))
        else:
            self._finish(site)

    def _finish(self, site: Site) -> None:
        pages, former = tuple(site.pages), site.former
        if site.reason in PASSING and former is not None:
            pages = former.pages
        self.ledger.put(
            Visit(
                site=site.target.site,
                visited_at=datetime.now(UTC),
                method=self.method,
                reason=site.reason,
                detail=site.detail,
                pages=pages,
                refused=dict(site.refused),
            )
        )
        del self.open[site.target.site]
        self.places.release()
        self.counts["pages"] += len(site.pages)
        self._count("asked")

    def _count(self, what: str) -> None:
        self.counts[what] += 1
        sys.stdout.write(json.dumps({"rows": 1}) + "\n")
        sys.stdout.flush()


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:300] if value else None

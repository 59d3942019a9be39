"""Scrapy middlewares: known public hosts only, patience, and a cache that never hides a failure."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.httpcache import FilesystemCacheStorage, RFC2616Policy
from scrapy.http import Response

from crawlers.guard import is_private
from crawlers.settings import LONGEST_WAIT


class Forbidden(IgnoreRequest):
    """The address is not one we may ask. The text is French, for the user."""


class KnownHostsOnly:
    """Asks the hosts of the plan only, whatever a page, a catalogue or a redirect says, and never a private network."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KnownHostsOnly:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise :class:`Forbidden` for an address outside the plan."""
        spider: Any = self.crawler.spider
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not _among(host, spider.hosts):
            raise Forbidden(f"adresse hors des hôtes prévus ({', '.join(spider.hosts)}) : {request.url}")
        if spider.job.mirror is None and await is_private(host):
            raise Forbidden(f"« {host} » est une adresse de réseau privé : refusée")


def _among(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def wait_requested(response: Response, now: datetime) -> float:
    """The wait in seconds that ``Retry-After`` asks for, given in seconds or as a date; 0 without the header."""
    header = response.headers.get("Retry-After")
    delay = header.decode("latin-1").strip() if header else ""
    if delay.isdigit():
        return float(delay)
    try:
        return max(0.0, (parsedate_to_datetime(delay) - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


class PatientRetry(RetryMiddleware):
    """Retries as Scrapy does, but waits first as long as the host asks. When the wait is too long, the request fails."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The answer, or the request to be sent again once the wait is over."""
        if response.status not in self.retry_http_codes:
            return response
        wait = wait_requested(response, datetime.now(UTC))
        again = self._retry(request, f"{response.status}") if wait <= LONGEST_WAIT else None
        if again is None:
            return response
        await asyncio.sleep(wait)
        return again


class AlwaysAskAgain(RFC2616Policy):
    """A cached answer is used only when the host says it has not changed (304): never by its age, never after an error."""

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        """Always ask, with ``If-None-Match`` or ``If-Modified-Since``."""
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:
        """Only « not modified » says so."""
        return response.status == 304


class HonestCache(HttpCacheMiddleware):
    """A host that does not answer is a failure: no old copy in its place."""

    DOWNLOAD_EXCEPTIONS = ()  # type: ignore[assignment]


class KeylessStorage(FilesystemCacheStorage):
    """Writes the request beside its answer, without the key that was sent."""

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Keeps the answer."""
        shown = request.copy()
        shown.headers.pop("Authorization", None)
        super().store_response(spider, shown, response)

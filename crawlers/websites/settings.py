"""Scrapy settings of the websites crawl, and the middleware that keeps it on the sites it was given."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http.headers import Headers

from crawlers.guard import KNOWN_HOSTS, is_private
from crawlers.settings import UNUSED
from crawlers.websites.model import SitesJob
from crawlers.websites.targets import domain_of

HOSTS_AT_ONCE = 16
REDIRECTS = 5
PAGES = (b"text/html", b"application/xhtml+xml")
LONGEST_CRAWL_DELAY = 30.0
"""Seconds: a site that asks for more between two pages is read no further than its first page."""


class Refused(IgnoreRequest):
    """An address that is not asked, or an answer that is not read. ``reason`` is a code of ``crawlers.words``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class OwnSiteOnly:
    """Asks http(s) addresses of the site's own domain only, public ones, whatever a page or a redirect says."""

    def __init__(self, crawler: Crawler) -> None:
        self.known = dict(crawler.settings.getdict(KNOWN_HOSTS))
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnSiteOnly:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise :class:`Refused` with the reason."""
        host = urlsplit(request.url).hostname or ""
        domain = request.meta.get("domain")
        spider: Any = self.crawler.spider
        if spider.job.mirror is None and host not in self.known and await is_private(host):
            raise Refused("site_private_address", f"adresse de réseau privé : {request.url}")
        if domain is not None and domain_of(host) != domain:
            raise Refused("site_elsewhere", f"renvoi vers un autre domaine : {request.url}")


def stop_what_is_no_page(headers: Headers, body_length: object, request: Request, spider: Any) -> None:
    """Handles the signal ``headers_received``: an answer that is not HTML, or that announces too many bytes, is not
    downloaded."""
    if request.meta.get("site") is None or b"Location" in headers:
        return
    kind = (headers.get("Content-Type") or b"text/html").partition(b";")[0].strip().lower()
    if isinstance(body_length, int) and body_length > spider.job.maximum_bytes:
        request.meta["stopped"] = "site_too_large"
    elif kind not in PAGES:
        request.meta["stopped"] = "site_not_html"
    else:
        return
    raise StopDownload(fail=True)


def scrapy_settings(job: SitesJob) -> dict[str, object]:
    """One connection a host, robots.txt obeyed, ``job.delay`` seconds between two pages of a host, no retry of refusals."""
    return {
        "USER_AGENT": job.agent,
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": HOSTS_AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": job.delay,
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "DOWNLOAD_TIMEOUT": job.timeout,
        "DOWNLOAD_MAXSIZE": job.maximum_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": job.timeout,
        "DNS_RESOLVER": "crawlers.guard.PublicResolver",
        KNOWN_HOSTS: job.known_hosts,
        "RETRY_ENABLED": False,  # a site that fails is asked again another day
        "REDIRECT_MAX_TIMES": REDIRECTS,
        "HTTPERROR_ALLOW_ALL": True,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        **UNUSED,
        "LOG_LEVEL": "ERROR",
        "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "fr"},
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.websites.settings.OwnSiteOnly": 50,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.robots.Robots": 100,
        },
    }

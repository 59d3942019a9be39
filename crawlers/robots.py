"""robots.txt as RFC 9309 reads it: a site whose robots.txt answers by a server error is not read."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response

_NOTHING = b"User-agent: *\nDisallow: /\n"
_ANYTHING = b""
_UNREAD = "robots_unread"


def is_unread(crawler: Crawler | None, url: str) -> bool:
    """Whether the site of an address could not give its robots.txt: nothing is then asked, and nothing is forbidden."""
    stats = None if crawler is None else crawler.stats
    return stats is not None and bool(stats.get_value(f"{_UNREAD}/{urlsplit(url).netloc}"))


class Robots(RobotsTxtMiddleware):
    """Reads robots.txt as Scrapy does, except for statuses: Scrapy reads the page of a 404 or of a 503 as if it were a
    robots.txt."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(body=_NOTHING)
            assert self.crawler.stats is not None
            self.crawler.stats.set_value(f"{_UNREAD}/{netloc}", True)
        elif response.status >= 400:
            response = response.replace(body=_ANYTHING)
        await super()._parse_robots(response, netloc, request)

"""robots.txt as RFC 9309 reads it: a site whose robots.txt answers by a server error is not read."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response

_NOTHING = b"User-agent: *\nDisallow: /\n"
_ANYTHING = b""


class Robots(RobotsTxtMiddleware):
    """Reads robots.txt as Scrapy does, except for statuses: Scrapy reads the page of a 404 or of a 503 as if it were a
    robots.txt."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(body=_NOTHING)
        elif response.status >= 400:
            response = response.replace(body=_ANYTHING)
        await super()._parse_robots(response, netloc, request)

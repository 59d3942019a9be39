"""Reads a response of a source: the items of a page, its links, its headers, its announced length."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.exceptions import StopDownload
from scrapy.http import Response, TextResponse

GLANCE_BYTES = 400_000
"""Bytes of a file that a glance asks for at most."""


TOTALS = ("count", "total", "nbTotal", "total_count", "total_results", "totalNoticeCount")
"""Members by which a page announces how many items all the pages have."""


def items_of(page: dict[str, object]) -> list[Any]:
    """The items of a page: its list ``results``, else its longest list."""
    lists = [value for value in page.values() if isinstance(value, list)]
    results = page.get("results")
    return results if isinstance(results, list) else max(lists, key=len, default=[])


def enough(data: bytes, request: Request) -> None:
    """Handles the signal ``bytes_received`` of a glance: the beginning of a large file says enough."""
    received = request.meta["received"] = request.meta.get("received", 0) + len(data)
    if received > GLANCE_BYTES:
        raise StopDownload(fail=False)


def announced_bytes(response: Response) -> int | None:
    """The length that a response announces; ``None`` when it does not."""
    length = (header_of(response, "Content-Length") or "").strip()
    return int(length) if length.isdigit() else None


def links_of(response: Response, selector: str) -> list[str]:
    """The addresses that the links of a page lead to, in order; none for a page that is no text."""
    if not isinstance(response, TextResponse):
        return []
    found = (link.attrib.get("href", "").strip() for link in response.css(selector))
    return [response.urljoin(href).partition("#")[0] for href in found if href and not href.startswith("#")]


def header_of(response: Response, name: str) -> str | None:
    """A header of a response, ``None`` without it."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None

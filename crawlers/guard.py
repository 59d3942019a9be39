"""Refuses every connection to a private address, whatever a page, a redirect or a name server says.

The check is made twice. :func:`is_private` is called before a request, so that the refusal can be reported. The
resolver below is called by the connection itself, for names and for addresses written as numbers: it refuses a name
that gives a public address to the check and a private one to the connection (« DNS rebinding »). It knows IPv4 only, so
no connection is ever made to an IPv6 address.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

KNOWN_HOSTS = "VIVIER_KNOWN_HOSTS"
"""Scrapy setting: names resolved without DNS, private addresses included (tests, intranets)."""


async def is_private(host: str) -> bool:
    """Does a name lead, or an address belong, to anything but the public internet?"""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        # The name is not known here: behind a proxy it need not be, and without one the request fails by itself.
        return False
    return any(not is_public(str(entry[4][0])) for entry in found)


def is_public(address: str) -> bool:
    """Is it an address of the public internet? Addresses of IPv4 inside IPv6 are judged as IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return bool((inner or ip).is_global) and not ip.is_multicast


class PublicResolver(CachingThreadedResolver):
    """Resolves names for the connection, and refuses addresses that are not public."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.known: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> PublicResolver:
        """Made by Scrapy. The proxies of the environment may be private: they resolve the names themselves."""
        made = super().from_crawler(crawler, reactor)
        made.known = dict(crawler.settings.getdict(KNOWN_HOSTS))
        proxies = {urlsplit(proxy).hostname for proxy in getproxies().values()}
        made.proxies = frozenset(filter(None, proxies))
        return made

    proxies: frozenset[str] = frozenset()

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """The address of a name. Fails like a name that does not exist when the address is not public."""
        if name in self.known:
            return defer.succeed(self.known[name])
        found = super().getHostByName(name, timeout)
        return found if name in self.proxies else found.addCallback(_checked)


def _checked(address: str) -> str:
    if not is_public(address):
        raise DNSLookupError(f"private address: {address}")
    return address

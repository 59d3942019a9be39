"""Whether the network is there, before an update asks each source in turn: one connection is enough to know."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from crawlers.registry import source_of

Endpoint = tuple[str, int]
SECONDS: Final = 5.0
"""Seconds that a host has to take a connection."""
_HTTPS: Final = 443


def endpoints(sources: Iterable[str], mirror: str | None) -> tuple[Endpoint, ...]:
    """What these sources connect to: their hosts, else the mirror or the proxy that is asked for all of them. A source that names no host is left
    out."""
    through = mirror or getproxies().get("https")
    if through is not None:
        found = urlsplit(through if "//" in through else f"//{through}")
        return () if found.hostname is None else ((found.hostname, found.port or _HTTPS),)
    plans = (source_of(name).plan for name in sources)
    hosts = dict.fromkeys(host for plan in plans if plan is not None for host in plan.hosts)
    return tuple((host, _HTTPS) for host in hosts)


def is_away(endpoints: Sequence[Endpoint]) -> bool:
    """Whether none of the endpoints takes a connection. The others are tried, together, only when the first does not."""
    if not endpoints:
        return False
    if _answers(endpoints[0]):
        return False
    with ThreadPoolExecutor(max_workers=len(endpoints)) as pool:
        return not any(pool.map(_answers, endpoints[1:]))


def _answers(endpoint: Endpoint) -> bool:
    try:
        with socket.create_connection(endpoint, timeout=SECONDS):
            return True
    except OSError:
        return False

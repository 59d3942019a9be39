"""The order given to the fetching process and its answer, both plain JSON files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from crawlers.plan import FetchPlan
from vivier.model import Model

REPORT = "fetch.json"
"""Name of the answer, beside the raw files."""


class FetchJob(Model):
    """One fetch. ``mirror`` is a proxy that answers for every host, under its own name. A ``glance`` asks for the first page
    only, its first bytes when it is large, and for the robots.txt of its host; nothing is cached."""

    source: str
    plan: FetchPlan
    folder: Path
    cache: Path
    agent: str
    delay: float
    mirror: str | None = None
    glance: bool = False


class Fetched(Model):
    """One answer kept as it came. ``role`` « index » is a catalogue page: kept, but not read by the source. ``size`` is the
    number of bytes announced; ``cut``: only the beginning was asked for."""

    file: str
    url: str
    role: Literal["data", "index"]
    sha1: str
    status: int = 200
    etag: str | None = None
    last_modified: str | None = None
    from_cache: bool = False
    size: int | None = None
    cut: bool = False


Robots = Literal["allows", "forbids", "absent", "unread"]
"""What a robots.txt says of an address: nothing stands against it, it does, there is none, or it could not be read."""


class FetchReport(Model):
    """What a fetch brought. ``error`` is a French sentence when something is missing. ``robots`` is known of a glance at
    documented data only."""

    files: tuple[Fetched, ...] = ()
    error: str | None = None
    robots: Robots | None = None

"""The order given to the fetching process and its answer, both plain JSON files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from crawlers.plan import FetchPlan
from vivier.model import Model

REPORT = "fetch.json"
"""Name of the answer, beside the raw files."""


class FetchJob(Model):
    """One fetch. ``mirror`` is a proxy that answers for every host, under its own name."""

    source: str
    plan: FetchPlan
    folder: Path
    cache: Path
    agent: str
    delay: float
    mirror: str | None = None


class Fetched(Model):
    """One answer kept as it came. ``role`` « index » is a catalogue page: kept, but not read by the source."""

    file: str
    url: str
    role: Literal["data", "index"]
    sha1: str
    status: int = 200
    etag: str | None = None
    last_modified: str | None = None
    from_cache: bool = False


class FetchReport(Model):
    """What a fetch brought. ``error`` is a French sentence when something is missing."""

    files: tuple[Fetched, ...] = ()
    error: str | None = None

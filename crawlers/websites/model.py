"""The order of the websites crawl and what it keeps: facts, with their page and date, never the pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from vivier.model import Model

EXCERPT = 300
"""Characters kept of a page's words, at most: an excerpt that lets a reader judge, not the page."""


class Target(Model):
    """A website to read for one structure. ``about`` is the key (``source:key``) of the record that gives it.

    ``url`` is the address as published, ``site`` the same in one spelling; ``names`` are what the structure is called, for
    the site to be recognised by.
    """

    about: str
    url: str
    site: str
    names: tuple[str, ...]
    siren: str | None = None
    siret: str | None = None


class TradeMention(Model):
    """A trade that a page mentions, the words that mention it, and whether they are a heading (else the body, by two
    phrases)."""

    trade: str
    excerpt: str
    heading: bool = False


class Page(Model):
    """Facts of one page. ``names``: what it calls itself; ``sirens``: valid numbers written on it; ``links``: where it leads."""

    url: str
    read_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    names: tuple[str, ...] = ()
    sirens: tuple[str, ...] = ()
    description: str | None = None
    told: tuple[TradeMention, ...] = ()
    links: tuple[str, ...] = ()


class Visit(Model):
    """One site at one time. ``reason`` (a code of ``crawlers.words``) says why its first page could not be read.

    ``refused`` counts its other addresses that were not read, by reason. ``method`` is the version of the rules of reading:
    pages read by other rules are asked whole again. With a passing ``reason``, ``pages`` are those of the last good visit.
    """

    site: str
    visited_at: datetime
    method: str
    reason: str | None = None
    detail: str | None = None
    pages: tuple[Page, ...] = ()
    refused: Annotated[dict[str, int], Field(default_factory=dict)]


class Line(Model):
    """A line of ``visits.jsonl``, the raw file of a run. ``skip`` says why the site was not asked."""

    target: Target
    skip: str | None = None
    visit: Visit | None = None


class SitesJob(Model):
    """One crawl. ``known_hosts`` resolves names without DNS, private addresses included: for tests and intranets only."""

    folder: Path
    targets: Path
    ledger: Path
    agent: str
    delay: float = 1.0
    timeout: float = 30.0
    site_seconds: float = 300.0
    pages: int = 12
    maximum_bytes: int = 2_000_000
    fresh_days: int = 30
    known_hosts: Annotated[dict[str, str], Field(default_factory=dict)]
    mirror: str | None = None


class SitesReport(Model):
    """What the process did: sites asked, sites fresh enough not to be, pages read."""

    asked: int = 0
    fresh: int = 0
    pages: int = 0
    finished: bool = False


PASSING = frozenset(("site_unreachable", "site_error", "site_waits", "site_too_slow"))
"""Reasons that may be gone tomorrow: the facts of the last good visit are kept, and the site is asked again the next day."""

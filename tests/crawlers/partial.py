"""Readings of lists of a few rows: they are known not to be whole."""

from __future__ import annotations

from functools import partial
from typing import Final

from crawlers import run
from tests.crawlers.forking import forked

crawl: Final = forked()(partial(run.crawl, accept_few=True))
crawl_source: Final = forked()(partial(run.crawl_source, accept_few=True))

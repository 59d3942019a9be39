"""Readings of lists of a few rows: they are known not to be whole."""

from __future__ import annotations

from functools import partial
from typing import Final

from crawlers import run

crawl: Final = partial(run.crawl, accept_few=True)
crawl_source: Final = partial(run.crawl_source, accept_few=True)

"""The generated corpus, written once per run and published on an engine."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from indexer.demo import write_demo
from indexer.publish import Published, publish
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings


def settings_for(folder: Path, **changes: object) -> Settings:
    """Settings with the folder of the bench as home."""
    return Settings(home=folder, opensearch_prefix="vivier-bench").model_copy(update=changes)


def records(settings: Settings, count: int) -> float:
    """Writes the generated records unless they exist; returns the seconds taken."""
    started = time.perf_counter()
    if not (settings.records / "demo" / "current").exists():
        write_demo(settings, count)
    return time.perf_counter() - started


def published(settings: Settings) -> tuple[Published, float]:
    """Publishes the records; returns also the seconds from records on disk to promoted generation, tables already loaded."""
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        started = time.perf_counter()
        done = publish(engine, settings, lexicon, accept_drops=True)
        return done, time.perf_counter() - started


def indexed(folder: Path, count: int, **changes: object) -> Settings:
    """The settings of a folder where the generated corpus is served."""
    settings = settings_for(folder, **changes)
    records(settings, count)
    published(settings)
    return settings

"""Homes of the real lists, contracts and notices of the shared data (``VIVIER_SHARED_DATA``, else ``../shared/data``)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.cases import ROOT
from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.runs.records import loaded_sources
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

Files = Mapping[str, tuple[str, ...]]
"""By source, patterns of its files below the shared data."""
LISTS: Final[Files] = {
    "asp": ("suppliers/siae_asp_2019_07.csv",),
    "esat": ("suppliers/esat_liste_officielle_brut.csv",),
    "ess_numerique": ("suppliers/ess_numerique_2026_echantillon.csv",),
    "geiq": ("suppliers/geiq_2019_11.csv",),
    "siae": ("suppliers/siae_marche_2020.csv",),
}
"""The five real lists of structures."""
STREAM: Final[Files] = {
    **LISTS,
    "boamp": ("contracts/stream/boamp-2021-t1-ods/*.json.gz",),
    "decp": ("contracts/stream/decp-2019-plateformes/*.json.gz",),
}
"""The lists, a quarter of BOAMP and the contracts of its time."""


def shared() -> Path:
    """The folder of the shared data; it may be absent."""
    return Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data"))


def load(files: Files, data: Path, settings: Settings) -> None:
    """Imports the files of each source, all of a source together."""
    for source, patterns in files.items():
        import_files(source, [path for pattern in patterns for path in sorted(data.glob(pattern))], settings)


def index(settings: Settings, *, skip_judged: bool = False, accept_drops: bool = False) -> None:
    """Publishes suppliers, then contracts and notices where some are imported."""
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, skip_judged=skip_judged, accept_drops=accept_drops)
        if loaded_sources(settings.records, "contracts"):
            publish_contracts(engine, settings, lexicon, accept_drops=accept_drops)
        if loaded_sources(settings.records, "notices"):
            publish_notices(engine, settings, lexicon, accept_drops=accept_drops)


def index_contracts(settings: Settings) -> None:
    """Publishes the contracts alone."""
    with closing(open_engine(settings)) as engine:
        publish_contracts(engine, settings, load_lexicon())


@contextmanager
def real_home(files: Files, data: Path, home: Path | None = None) -> Iterator[Settings]:
    """A home where these files are indexed: the one given, else a temporary one."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=home or Path(folder))
        if home is None:
            load(files, data, settings)
            index(settings)
        yield settings


@contextmanager
def opened(home: Path | Settings) -> Iterator[Snapshot]:
    """What is in service in a home."""
    with closing(open_engine(home if isinstance(home, Settings) else Settings(home=home))) as engine:
        yield Snapshot(engine)

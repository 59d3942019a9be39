"""A home with the real lists, contracts and notices of the shared data in service, built once a run and handed out as copies."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from tests.built import copy_of
from tests.shared_data import shared_data
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

LISTS: Final = {
    "esat": ("suppliers/esat_liste_officielle_brut.csv",),
    "siae": ("suppliers/siae_marche_2020.csv",),
    "asp": ("suppliers/siae_asp_2019_07.csv",),
    "ess_numerique": ("suppliers/ess_numerique_2026_echantillon.csv",),
    "geiq": ("suppliers/geiq_2019_11.csv",),
    "decp": tuple(f"contracts/decp-2022/dematis{number}.json" for number in (16, 18, 19, 26)),
    "boamp": tuple(f"contracts/boamp/xml-legacy/test-pub{number}.xml" for number in ("", "-3", "-8")),
}
"""By source, its files below the shared data."""


def real_home(folder: Path) -> Settings:
    """The settings of a home where all of :data:`LISTS` is served. Skips the test where the shared data is absent."""
    for files in LISTS.values():
        for name in files:
            shared_data(name)
    return Settings(home=copy_of("real-home", _build, folder))


def _build(folder: Path) -> None:
    settings, lexicon = Settings(home=folder), load_lexicon()
    for source, files in LISTS.items():
        import_files(source, [shared_data(name) for name in files], settings)
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, skip_judged=True)
        publish_contracts(engine, settings, lexicon)
        publish_notices(engine, settings, lexicon)

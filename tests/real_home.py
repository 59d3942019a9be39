"""A home with the real lists, contracts and notices of the shared data in service, built once a run and handed out as copies."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks import homes
from tests.built import copy_of
from tests.shared_data import SHARED, shared_data
from vivier.settings import Settings

LISTS: Final = {
    **homes.LISTS,
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
    settings = Settings(home=folder)
    homes.load(LISTS, SHARED, settings)
    homes.index(settings, skip_judged=True)

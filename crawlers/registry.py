"""The sources, discovered from ``crawlers/sources/``: one file per source."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from contextlib import suppress
from functools import cache
from pathlib import Path

import crawlers.sources
from crawlers.kit import Source
from crawlers.kit.files import unpacked
from vivier.errors import ImportRefused, NotFound
from vivier.runs.context import CARDS


@cache
def _names() -> tuple[str, ...]:
    """The id of every source: the name of its module. A name that begins with ``_`` is that of a helper."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(crawlers.sources.__path__) if info.name[0] != "_"))


@cache
def sources() -> dict[str, Source]:
    return {name: source_of(name) for name in _names()}


def source_of(source_id: str) -> Source:
    """The source of that id, or :class:`NotFound` that names the known ones. The other sources are not imported."""
    if source_id in _names():
        source: Source = importlib.import_module(f"crawlers.sources.{source_id}").SOURCE
        return source
    if source_id in CARDS:
        raise NotFound(
            f"« {source_id} » est un registre lu autour des sources, non une source : « vivier context {source_id} FICHIER… »."
        )
    near = difflib.get_close_matches(source_id, _names(), n=1)
    guess = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    raise NotFound(f"Source inconnue « {source_id} ».{guess} Sources connues : {', '.join(_names())}.")


def look_alike(path: Path, source_id: str) -> str | None:
    """The other source whose layout this file has. Its name goes in the message to a user who took one source for another."""
    if not path.is_file():
        return None
    others = [source for name, source in sources().items() if name != source_id]
    with suppress(ImportRefused), unpacked(path) as members:
        return next((source.card.id for source in others if source.recognises(members[0])), None)
    return None

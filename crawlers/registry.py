"""The sources, discovered from ``crawlers/sources/``: one file per source."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from pathlib import Path

import crawlers.sources
from crawlers.kit import Source
from vivier.errors import NotFound


@cache
def sources() -> dict[str, Source]:
    """Every source by id. A module whose name begins with ``_`` is a helper, not a source."""
    names = sorted(info.name for info in pkgutil.iter_modules(crawlers.sources.__path__) if info.name[0] != "_")
    found = [importlib.import_module(f"crawlers.sources.{name}").SOURCE for name in names]
    return {source.card.id: source for source in found}


def source_of(source_id: str) -> Source:
    """The source of that id, or :class:`NotFound` that names the known ones."""
    known = sources()
    if source_id in known:
        return known[source_id]
    near = difflib.get_close_matches(source_id, known, n=1)
    guess = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    raise NotFound(f"Source inconnue « {source_id} ».{guess} Sources connues : {', '.join(known)}.")


def look_alike(path: Path, source_id: str) -> str | None:
    """The other source whose layout this file has. Its name goes in the message to a user who took one source for another."""
    if not path.is_file():
        return None
    others = (source for name, source in sources().items() if name != source_id)
    return next((source.card.id for source in others if source.recognises(path)), None)

"""Two engines behind one port (:mod:`vivier.engine.port`)."""

from __future__ import annotations

from vivier.engine.port import Engine
from vivier.engine.withheld import WithheldEngine
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings


def open_engine(settings: Settings) -> Engine:
    """The engine the settings name, less the suppliers that opposed. A library is loaded only when it is the one asked for."""
    return WithheldEngine(_engine(settings), Opposition(settings))


def _engine(settings: Settings) -> Engine:
    if settings.engine == "opensearch":
        from vivier.engine.opensearch.engine import OpenSearchEngine

        return OpenSearchEngine(settings.opensearch_hosts, settings.opensearch_prefix)
    from vivier.engine.embedded.engine import EmbeddedEngine

    return EmbeddedEngine(settings.generations)

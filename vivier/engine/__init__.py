"""Two engines behind one port (:mod:`vivier.search.port`)."""

from __future__ import annotations

from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition
from vivier.search.port import Store
from vivier.settings import Settings


def open_engine(settings: Settings) -> Store:
    """The store of the engine that the settings name, less the suppliers that opposed. The library of an engine is loaded only
    when the settings name that engine."""
    return WithheldStore(_store(settings), Opposition(settings), settings.contacts)


def _store(settings: Settings) -> Store:
    if settings.engine == "opensearch":
        from vivier.engine.opensearch.access import access_of, layout_of
        from vivier.engine.opensearch.store import OpenSearchStore

        return OpenSearchStore(
            settings.opensearch_hosts, settings.opensearch_prefix, access_of(settings), layout_of(settings)
        )
    from vivier.engine.embedded.store import EmbeddedStore

    return EmbeddedStore(settings.generations)

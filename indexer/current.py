"""Says whether the live generation already holds the runs in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.gather import Gathered
from vivier.belief.learnt import NOTHING_RECEIVED, Received
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.runs.failures import failures
from vivier.runs.records import Content, RunStatistics, current_run, loaded_sources, read_statistics
from vivier.search.formats import FORMAT
from vivier.search.operators import Collection
from vivier.search.port import Generation, Store
from vivier.settings import Settings


def up_to_date(
    engine: Store,
    settings: Settings,
    lexicon: Lexicon,
    others: Iterable[Content] = (),
    received: Received = NOTHING_RECEIVED,
) -> Generation | None:
    """The live generation of suppliers when it and those of ``others`` were made of the very runs in force, with every
    failure known now, and of what was ``received``; else ``None``.

    A generation of a former format is built again. A change of tables or of code is not seen here: ``vivier index`` rebuilds whatever the answer.
    """
    in_force = Gathered(settings.records, lexicon.gazetteer).statistics
    live = _made_of(engine, "suppliers", in_force)
    if live is None or live.meta.get("failures", []) != lasting_failures(settings):
        return None
    if live.meta.get("received", NOTHING_RECEIVED.digest) != received.digest:
        return None
    for content in others:
        loaded = loaded_sources(settings.records, content)
        runs = {name: read_statistics(current_run(settings.records, name)) for name in loaded}
        made = _made_of(engine, content, runs) if runs else None
        if runs and (made is None or made.meta.get("failures", []) != lasting_failures(settings, content)):
            return None
    return live


def _made_of(engine: Store, collection: Collection, runs: Mapping[str, RunStatistics]) -> Generation | None:
    """The live generation of a collection when it was made of these runs, else ``None``."""
    try:
        live = engine.live(collection)
    except NotFound:
        return None
    if live.format != FORMAT:
        return None
    built_from = {run["source"]["id"]: run["run"] for run in live.meta.get("sources", ())}
    return live if built_from == {name: run.run for name, run in runs.items()} else None


def lasting_failures(settings: Settings, content: Content = "suppliers") -> list[dict[str, object]]:
    """The lasting failures of the sources of a content, in the form a generation keeps."""
    lasting = failures(settings.records).values()
    return [failure.model_dump(mode="json") for failure in lasting if failure.source.content == content]

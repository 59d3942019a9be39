"""Does the live generation already hold what is in force?"""

from __future__ import annotations

from indexer.gather import Gathered
from vivier.engine.port import Engine, Generation
from vivier.errors import NotFound
from vivier.failures import failures
from vivier.lexicon import Lexicon
from vivier.settings import Settings


def up_to_date(engine: Engine, settings: Settings, lexicon: Lexicon) -> Generation | None:
    """The live generation when it was made of the very runs in force, and says of every failure what is known of it.

    A change of tables or of code is not seen here: ``vivier index`` rebuilds whatever this answers.
    """
    try:
        live = engine.live("suppliers")
    except NotFound:
        return None
    held = {run["source"]["id"]: run["run"] for run in live.meta.get("sources", ())}
    in_force = {name: run.run for name, run in Gathered(settings.records, lexicon.gazetteer).statistics.items()}
    return live if held == in_force and live.meta.get("failures", []) == told_failures(settings) else None


def told_failures(settings: Settings) -> list[dict[str, object]]:
    """The failures that last of sources of suppliers, as a generation keeps them."""
    lasting = failures(settings.records).values()
    return [failure.model_dump(mode="json") for failure in lasting if failure.source.content == "suppliers"]

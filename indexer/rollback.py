"""Put a former generation back in service."""

from __future__ import annotations

from vivier.engine.port import Engine, Generation
from vivier.errors import NotFound


def rollback(engine: Engine, generation: str | None = None) -> Generation:
    """Promote ``generation``, or the newest one older than the live one. Raises ``NotFound`` when there is none."""
    if generation is not None:
        return engine.promote("suppliers", generation)
    live = engine.live("suppliers")
    older = [one for one in engine.generations("suppliers") if one.name < live.name]
    if not older:
        raise NotFound("Aucune génération antérieure à remettre en service (« vivier generations »).")
    return engine.promote("suppliers", older[0].name)

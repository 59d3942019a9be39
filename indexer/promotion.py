"""Puts a generation in service: the one just built, or a former one. Contracts and their buyers are promoted together."""

from __future__ import annotations

from typing import Final

from vivier.errors import NotFound
from vivier.search.operators import Collection
from vivier.search.port import Generation, Store

KEPT_GENERATIONS: Final = 3
TWINS: Final[dict[Collection, Collection]] = {"contracts": "buyers", "buyers": "contracts"}
"""Collections made by one build: each generation's ``meta`` names the other, under the name of its collection."""


def promote(engine: Store, generation: Generation) -> Generation:
    """Puts a generation in service and forgets the oldest ones beyond the number kept."""
    collection = generation.collection
    live = engine.promote(collection, generation.name)
    for old in engine.generations(collection)[KEPT_GENERATIONS:]:
        if not old.live:
            engine.remove(collection, old.name)
    return live


def rollback(engine: Store, collection: Collection, generation: str | None = None) -> list[Generation]:
    """Puts ``generation`` back in service, or the newest one older than the live one, with the twin made by the same
    build, so that buyers are those of the contracts. Returns the generations now in service, that of ``collection``
    first. When a stop parted contracts and buyers, they are joined again at the older of their two builds: that is where a
    rollback that was killed was going, and what a build that was killed was to replace.

    Raises ``NotFound`` when there is no such generation, or when its twin is gone, ``IndexUnreadable`` when this version cannot read one of
    them: nothing is then changed.
    """
    known = {item.name: item for item in engine.generations(collection)}
    wanted = known.get(generation) if generation is not None else _former(engine, collection, known)
    if wanted is None:
        problem = f"Génération inconnue : « {generation} »." if generation else "Aucune génération antérieure."
        raise NotFound(f"{problem} « vivier generations --collection {collection} » en donne la liste.")
    twin = _twin(engine, wanted)
    back = [wanted] if twin is None else [wanted, twin]
    for item in back:
        engine.open(item.collection, item.name)
    return [engine.promote(item.collection, item.name) for item in back]


def parted(engine: Store) -> tuple[Generation, Generation] | None:
    """The contracts and the buyers in service when two builds made them, because a stop came between their two
    promotions; else ``None``."""
    try:
        contracts, buyers = engine.live("contracts"), engine.live("buyers")
    except NotFound:
        return None
    return (contracts, buyers) if contracts.meta.get("buyers", buyers.name) != buyers.name else None


def _former(engine: Store, collection: Collection, known: dict[str, Generation]) -> Generation | None:
    live = engine.live(collection)
    if collection not in TWINS or parted(engine) is None:
        return max((item for item in known.values() if item.name < live.name), key=lambda item: item.name, default=None)
    beside = engine.live(TWINS[collection]).meta.get(collection, live.name)
    return known.get(min(live.name, beside))


def _twin(engine: Store, wanted: Generation) -> Generation | None:
    """The generation of the other collection made by the same build. ``None`` for a collection built alone, and for a
    generation built before twins were named."""
    other = TWINS.get(wanted.collection)
    name = wanted.meta.get(other) if other is not None else None
    if other is None or name is None:
        return None
    found = next((item for item in engine.generations(other) if item.name == name), None)
    if found is None:
        raise NotFound(
            f"La génération « {name} », construite avec « {wanted.name} », n'existe plus : lancez « vivier index »."
        )
    return found

"""An engine that answers from named generations: what was found on former data can be found again while they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from vivier.engine.port import Answer, Building, Engine, Generation, Groups, Hit, Members
from vivier.errors import NotFound
from vivier.search.operators import EVERY, Collection, Measure, Operator, Search
from vivier.text.vocabulary import Vocabulary


class PinnedEngine:
    """Wraps an engine: questions that name no generation go to those of ``pins``. A collection that is not pinned has none.

    ``aggregate`` knows no generation but the live one, and is refused when another is pinned. Nothing is built through it.
    """

    def __init__(self, engine: Engine, pins: Mapping[Collection, str]) -> None:
        """Raises ``NotFound`` when a generation is no longer kept."""
        self._engine, self.name = engine, engine.name
        self._pins = {collection: _kept(engine, collection, name) for collection, name in pins.items()}

    def build(self, collection: Collection) -> Building:
        raise NotFound(f"Rien ne se construit sur une génération passée ({collection}).")

    def promote(self, collection: Collection, generation: str) -> Generation:
        raise NotFound(f"Rien ne se met en service depuis une génération passée ({generation}).")

    def generations(self, collection: Collection) -> list[Generation]:
        return [self.live(collection)]

    def remove(self, collection: Collection, generation: str) -> None:
        raise NotFound(f"Rien ne s'efface depuis une génération passée ({generation}).")

    def live(self, collection: Collection) -> Generation:
        pinned = self._pins.get(collection)
        if pinned is None:
            raise NotFound(f"Aucune génération passée n'est retenue pour « {collection} ».")
        return pinned

    def search(self, collection: Collection, search: Search, generation: str | None = None) -> Answer:
        return self._engine.search(collection, search, self._of(collection, generation))

    def get(
        self, collection: Collection, ids: Iterable[str], generation: str | None = None
    ) -> dict[str, dict[str, Any]]:
        return self._engine.get(collection, ids, self._of(collection, generation))

    def scan(
        self, collection: Collection, where: Operator, *, records: bool = True, generation: str | None = None
    ) -> Iterator[Hit]:
        return self._engine.scan(collection, where, records=records, generation=self._of(collection, generation))

    def stream(self, collection: Collection, search: Search, generation: str | None = None) -> Iterator[Hit]:
        return self._engine.stream(collection, search, self._of(collection, generation))

    def aggregate(
        self, collection: Collection, where: Operator, by: str, total: str | None = None, path: str | None = None
    ) -> dict[str, tuple[int, float]]:
        if self.live(collection).name != self._engine.live(collection).name:
            raise NotFound(f"« {collection} » : seule la génération en service se compte ainsi.")
        return self._engine.aggregate(collection, where, by, total, path)

    def group(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        measures: tuple[Measure, ...],
        generation: str | None = None,
        among: tuple[str, ...] | None = None,
    ) -> Groups:
        return self._engine.group(collection, where, by, measures, self._of(collection, generation), among)

    def members(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        values: tuple[str, ...],
        path: str | None = None,
        entry: Operator = EVERY,
        generation: str | None = None,
    ) -> Members:
        of = self._of(collection, generation)
        return self._engine.members(collection, where, by, values, path, entry, of)

    def vocabulary(self, collection: Collection, generation: str | None = None) -> Vocabulary:
        return self._engine.vocabulary(collection, self._of(collection, generation))

    def ready(self) -> list[str]:
        return self._engine.ready()

    def close(self) -> None:
        """The engine wrapped is not ours to close."""

    def _of(self, collection: Collection, generation: str | None) -> str:
        return generation or self.live(collection).name


def _kept(engine: Engine, collection: Collection, name: str) -> Generation:
    found = next((one for one in engine.generations(collection) if one.name == name), None)
    if found is None:
        raise NotFound(f"La génération « {name} » n'est plus gardée.")
    return found

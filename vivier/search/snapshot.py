"""The readers of one request: each collection is opened once, so that everything in an answer comes from the same data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar, overload

from vivier.errors import NotFound
from vivier.model.views import BuyerView, ContractView, NoticeView, SupplierView
from vivier.search.operators import Collection
from vivier.search.port import Generation, Reader, Store

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
T = TypeVar("T")


class Snapshot:
    """The readers of one request. A collection is opened on its first use and stays on that generation.

    Without ``pins``, the generation in service is opened; buyers are those of the build that made the contracts. With ``pins``,
    the generations that they name are opened; a collection that they do not name has no
    reader.
    """

    def __init__(self, store: Store, pins: Mapping[Collection, str] | None = None) -> None:
        """Opens the pinned generations. Raises ``NotFound`` when one of them was removed."""
        self._store = store
        self._pinned = pins is not None
        self._readers = {collection: store.open(collection, name) for collection, name in (pins or {}).items()}

    @property
    def suppliers(self) -> Reader[SupplierView]:
        """The suppliers. Raises ``NotFound`` when no generation is in service, as do the three properties below."""
        return self.of("suppliers")

    @property
    def contracts(self) -> Reader[ContractView]:
        return self.of("contracts")

    @property
    def notices(self) -> Reader[NoticeView]:
        """The notices and the planned purchases."""
        return self.of("notices")

    @property
    def buyers(self) -> Reader[BuyerView]:
        """The buyers, as the build of the contracts made them."""
        return self.of("buyers")

    def of(self, collection: Collection) -> Reader[Any]:
        """The reader of a collection. Raises ``NotFound`` when it has no generation."""
        reader = self._readers.get(collection)
        if reader is None:
            if self._pinned:
                raise NotFound(f"Aucune génération passée n'est retenue pour « {collection} ».")
            reader = self._readers[collection] = self._open(collection)
        return reader

    @overload
    def together(self, first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...

    @overload
    def together(
        self, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
    ) -> tuple[A, B, C]: ...

    @overload
    def together(
        self, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], fourth: Callable[[], D], /
    ) -> tuple[A, B, C, D]: ...

    @overload
    def together(self, *works: Callable[[], T]) -> tuple[T, ...]: ...

    def together(self, *works: Callable[[], Any]) -> tuple[Any, ...]:
        """What works that do not depend on one another give, in order: what they ask at the same time is one request of the engine
        (:meth:`vivier.search.port.Store.together`)."""
        return tuple(self._store.together(works) if len(works) > 1 else [work() for work in works])

    def live(self, *collections: Collection) -> tuple[Generation, ...]:
        """The generation that this snapshot reads for each of these collections. A collection without one is left out."""
        found = []
        for collection in collections:
            with suppress(NotFound):
                found.append(self.of(collection).generation)
        return tuple(found)

    def _open(self, collection: Collection) -> Reader[Any]:
        if collection == "buyers":
            with suppress(NotFound):  # the build of these contracts made no buyers: those in service are the nearest
                return self._store.open("buyers", self.contracts.generation.meta.get("buyers"))
        return self._store.open(collection)

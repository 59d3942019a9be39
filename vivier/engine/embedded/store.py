"""The store of the embedded engine: tantivy for words, columns for everything else, in the process, without a server.

A generation is a folder, made under a hidden name and renamed when complete; ``live`` is a small file that names the
generation in service and is replaced in one atomic step. A crash at any point leaves the live generation as it was.
Writing is in ``building.py``; only ``words.py`` imports tantivy.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

import numpy as np
import orjson

from vivier.arrays import distinct
from vivier.engine.embedded.building import EmbeddedBuilding, alone, remove_leftovers, sync_entry
from vivier.engine.embedded.generation import OpenGeneration
from vivier.engine.embedded.group import grouped
from vivier.engine.embedded.sums import check_opened, damaged
from vivier.errors import BuildRefused, EngineUnavailable, IndexUnreadable, NotFound, NothingIndexed
from vivier.search.formats import FIRST, refusal
from vivier.search.operators import COLLECTIONS, EVERY, Collection, Measure, Operator, Search
from vivier.search.port import Answer, Document, Generation, Groups, Hit, Members
from vivier.text import load_analysis
from vivier.text.vocabulary import Vocabulary


def members_of(
    opened: OpenGeneration, where: Operator, by: str, values: tuple[str, ...], path: str | None, entry: Operator
) -> Members:
    """Documents by value, in the order of ids. All values are read in one pass, and no id is."""
    evaluation = opened.evaluation()
    table = opened.documents if path is None else opened.nested[path]
    keyword, ids = table.keyword(by), opened.documents.keyword("id")
    values = tuple(dict.fromkeys(values))
    requested = {place: at for at, place in enumerate(map(keyword.values.place_of, values)) if place is not None}
    rows, places = keyword.postings(np.fromiter(requested, np.int32, len(requested)))
    if path is not None:
        matching = evaluation.mask(entry, path)[rows]
        rows, places = table.parents[rows[matching]], places[matching]
    matching = evaluation.mask(where)[rows]
    at = np.fromiter(requested.values(), np.int64, len(requested))[places[matching]]
    pairs = distinct(at * len(ids.values) + ids.first[rows[matching]])
    return Members(values, *np.divmod(pairs, max(len(ids.values), 1)), ids.values)


class EmbeddedReader:
    """One open generation. It keeps its files open: a retired generation is closed when its last reader goes."""

    def __init__(self, generation: Generation, opened: OpenGeneration) -> None:
        self.generation = generation
        self._opened = opened

    def search(self, search: Search) -> Answer[Any]:
        return self._opened.search(search)

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        rows = {id_: self._opened.row_of(id_) for id_ in ids}
        return {id_: self._opened.record(row) for id_, row in rows.items() if row is not None}

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        opened = self._opened
        mask = opened.evaluation().mask(where)
        for row in opened.by_tie[mask[opened.by_tie]]:
            yield Hit(opened.id_of(int(row)), 0, None, opened.record(int(row)) if records else {})

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        return self._opened.ordered(search)

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        return grouped(self._opened.evaluation(), where, by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        return members_of(self._opened, where, by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        return self._opened.vocabulary


T = TypeVar("T")
_LOG: Final = logging.getLogger("vivier.engine")


class EmbeddedStore:
    """Generations in a folder, one folder per collection."""

    name = "embedded"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._analysis = load_analysis()
        self._open: WeakValueDictionary[tuple[Collection, str], OpenGeneration] = WeakValueDictionary()
        """Every generation that a reader uses. A retired one is closed with its last reader."""
        self._live: dict[Collection, OpenGeneration] = {}
        """The live generations, which stay open between two readers."""
        self._unread: dict[tuple[Collection, str], str] = {}
        """Why each generation that cannot be read is not read again by this process, in French."""
        self._lock = threading.Lock()

    def build(self, collection: Collection) -> EmbeddedBuilding:
        root = self._root / collection
        root.mkdir(parents=True, exist_ok=True)
        with alone(root):
            remove_leftovers(root)
            return EmbeddedBuilding(root, collection, self._analysis)

    def promote(self, collection: Collection, generation: str) -> Generation:
        self._describe(collection, generation)
        pointer = self._root / collection / "live"
        beside = pointer.with_name(f"live.{os.getpid()}.tmp")
        with alone(pointer.parent):
            promoted = self._describe(collection, generation)
            beside.write_text(generation, encoding="utf8")
            sync_entry(beside)
            beside.replace(pointer)
            sync_entry(pointer.parent)
        return replace(promoted, live=True)

    def generations(self, collection: Collection) -> list[Generation]:
        root = self._root / collection
        if not root.is_dir():
            return []
        names = sorted((folder.name for folder in root.iterdir() if folder.is_dir()), reverse=True)
        described = (self._described(collection, name) for name in names)
        return [generation for generation in described if generation is not None]

    def remove(self, collection: Collection, generation: str) -> None:
        self._describe(collection, generation)
        root = self._root / collection
        with alone(root):
            if self._describe(collection, generation).live:
                raise BuildRefused(f"La génération « {generation} » est en service : promouvez-en une autre d'abord.")
            doomed = root / f".removed.{generation}"
            (root / generation).rename(doomed)
            shutil.rmtree(doomed)
        with self._lock:
            if self._open.pop((collection, generation), None) is self._live.get(collection):
                self._live.pop(collection, None)

    def live(self, collection: Collection) -> Generation:
        name = self._live_name(collection)
        if name is None:
            raise NothingIndexed(collection)
        return self._describe(collection, name)

    def open(self, collection: Collection, generation: str | None = None) -> EmbeddedReader:
        opened = self._opened(collection, generation)
        live = generation is None or generation == self._live_name(collection)
        return EmbeddedReader(replace(opened.generation, live=live), opened)

    def together(self, works: Sequence[Callable[[], T]]) -> list[T]:
        return [work() for work in works]

    def ready(self) -> list[str]:
        needed = [
            collection
            for collection in COLLECTIONS
            if collection == "suppliers" or self._live_name(collection) is not None
        ]
        reasons = []
        for collection in needed:
            try:
                self._opened(collection, None)
            except (NotFound, EngineUnavailable) as error:
                reasons.append(str(error))
        return reasons

    def warnings(self) -> list[str]:
        unread = [reason for (collection, name), reason in self._unread.items() if name == self._live_name(collection)]
        return [*unread, *(_unknown(opened) for opened in [*self._live.values()] if opened.unknown)]

    def close(self) -> None:
        with self._lock:
            self._open.clear()
            self._live.clear()

    def _live_name(self, collection: Collection) -> str | None:
        pointer = self._root / collection / "live"
        try:
            return pointer.read_text(encoding="utf8").strip()
        except FileNotFoundError:
            return None

    def _described(self, collection: Collection, name: str) -> Generation | None:
        """A finished generation by its name; ``None`` when there is none, or no longer."""
        if not name or name.startswith(".") or "/" in name:
            return None
        try:
            described = orjson.loads((self._root / collection / name / "generation.json").read_bytes())
            created = datetime.fromisoformat(described["created_at"])
        except (FileNotFoundError, NotADirectoryError, KeyError, ValueError):
            return None
        live = name == self._live_name(collection)
        number = described.get("format", FIRST)
        return Generation(name, collection, live, described["documents"], created, described["meta"], number)

    def _describe(self, collection: Collection, name: str) -> Generation:
        found = self._described(collection, name)
        if found is None:
            raise NotFound(f"Génération inconnue : « {name} ». « vivier generations » en donne la liste.")
        return found

    def _opened(self, collection: Collection, generation: str | None) -> OpenGeneration:
        if generation is not None:
            return self._opened_by_name(collection, generation)
        while True:
            name = self._live_name(collection)
            if name is None:
                raise NothingIndexed(collection)
            try:
                return self._opened_by_name(collection, name)
            except EngineUnavailable as error:
                return self._former(collection, name, error)
            except (
                NotFound
            ) as error:  # it was removed since: unless another one was promoted meanwhile, it is really missing
                if self._live_name(collection) == name:
                    return self._former(collection, name, error)

    def _former(self, collection: Collection, damaged: str, error: NotFound | EngineUnavailable) -> OpenGeneration:
        """The newest sound generation before one that is damaged or missing. Raises ``error`` when there is none."""
        for generation in self.generations(collection):
            if generation.name < damaged:
                with suppress(NotFound, EngineUnavailable):
                    opened = self._opened_by_name(collection, generation.name)
                    self._live[collection] = opened
                    return opened
        raise error

    def _opened_by_name(self, collection: Collection, name: str) -> OpenGeneration:
        with self._lock:
            if (collection, name) in self._unread:
                raise IndexUnreadable(self._unread[collection, name])
            opened = self._open.get((collection, name))
            if opened is None:
                opened = self._open[collection, name] = self._read(collection, name)
            if opened is not self._live.get(collection) and name == self._live_name(collection):
                self._live[collection] = opened
        return opened

    def _read(self, collection: Collection, name: str) -> OpenGeneration:
        folder, generation = self._root / collection / name, self._describe(collection, name)
        if refused := refusal(name, generation.format):
            raise IndexUnreadable(self._set_aside(collection, name, refused))
        try:
            has_large_files = check_opened(folder)
            opened = OpenGeneration(folder, generation)
        except (OSError, ValueError, EOFError, EngineUnavailable) as error:
            self._describe(collection, name)  # raises NotFound if the generation was removed while it was read
            raise IndexUnreadable(self._set_aside(collection, name, _damage(name, str(error)))) from error
        if has_large_files:
            threading.Thread(target=self._verify, args=(collection, name), daemon=True).start()
        return opened

    def _verify(self, collection: Collection, name: str) -> None:
        """Reads the whole of a generation that is open; sets it aside when it is damaged."""
        for reason in damaged(self._root / collection / name):
            with self._lock:
                if self._described(collection, name) is not None:  # else it was removed while it was read
                    self._set_aside(collection, name, _damage(name, reason))
                    self._live.pop(collection, None)
                    self._open.pop((collection, name), None)
            return

    def _set_aside(self, collection: Collection, name: str, reason: str) -> str:
        """Remembers that a generation cannot be read, and logs why. Returns the sentence."""
        self._unread[collection, name] = reason
        _LOG.error(reason)
        return reason

    def damaged(self, collection: Collection, generation: str) -> list[str]:
        """The damaged files of a generation, in French. All its files are read whole."""
        return list(damaged(self._root / collection / generation))


def _damage(name: str, reason: str) -> str:
    return f"La génération « {name} » est illisible ({reason}) : reconstruisez l'index (« vivier index ») ou revenez à une autre (« vivier rollback »)."


def _unknown(opened: OpenGeneration) -> str:
    name = opened.generation.name
    return f"La génération « {name} » est d'une version antérieure et ne dit rien de {', '.join(opened.unknown)} : reconstruisez l'index (« vivier index »)."

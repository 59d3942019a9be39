"""The embedded engine: tantivy for words, columns for everything else, in the process, without a server.

A generation is a folder, made under a name nobody reads and renamed when complete; ``live`` is a small file that names the
one in force, replaced in one atomic step. A crash at any point leaves the live generation as it was.
Writing is in ``building.py``, reading in ``generation.py``; tantivy is imported by ``words.py`` alone.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import orjson

from vivier.engine.embedded.bits import Mask, Rows
from vivier.engine.embedded.building import EmbeddedBuilding, alone, remove_leftovers, sync_entry
from vivier.engine.embedded.columns import Table
from vivier.engine.embedded.generation import OpenGeneration
from vivier.engine.embedded.group import grouped
from vivier.engine.embedded.members import members_of
from vivier.engine.embedded.scored import Scored
from vivier.engine.embedded.values import Values
from vivier.engine.lease import keep
from vivier.engine.port import Answer, Generation, Groups, Hit, Members
from vivier.errors import BuildRefused, EngineUnavailable, NotFound
from vivier.search.operators import COLLECTIONS, EVERY, Collection, Measure, Operator, Search
from vivier.text import load_analysis
from vivier.text.vocabulary import Vocabulary


class EmbeddedEngine:
    """Generations in a folder, one folder per collection."""

    name = "embedded"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._analysis = load_analysis()
        self._open: WeakValueDictionary[tuple[Collection, str], OpenGeneration] = WeakValueDictionary()
        """Every generation that somebody reads; a retired one leaves with its last reader."""
        self._live: dict[Collection, OpenGeneration] = {}
        """The live ones, kept open between two readers."""
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
            raise NotFound("Aucun index n'est en service : lancez « vivier index » (ou « vivier demo »).")
        return self._describe(collection, name)

    def search(self, collection: Collection, search: Search, generation: str | None = None) -> Answer:
        opened = self._opened(collection, generation)
        evaluation = opened.evaluation()
        kept = evaluation.kept(search.where)
        scored = Scored(evaluation, kept, search.text, search.parts)
        return Answer(
            total=kept.count,
            hits=list(opened.ordered(search, scored)),
            facets={facet.name: evaluation.facet(facet) for facet in search.facets},
            counts={name: evaluation.kept(operator).count for name, operator in search.counts},
        )

    def get(
        self, collection: Collection, ids: Iterable[str], generation: str | None = None
    ) -> dict[str, dict[str, Any]]:
        opened = self._opened(collection, generation)
        rows = {id_: opened.row_of(id_) for id_ in ids}
        return {id_: opened.record(row) for id_, row in rows.items() if row is not None}

    def scan(
        self, collection: Collection, where: Operator, *, records: bool = True, generation: str | None = None
    ) -> Iterator[Hit]:
        opened = self._opened(collection, generation)
        mask = opened.evaluation().mask(where)
        for row in opened.by_tie[mask[opened.by_tie]]:
            yield Hit(opened.id_of(int(row)), 0, None, opened.record(int(row)) if records else {})

    def stream(self, collection: Collection, search: Search, generation: str | None = None) -> Iterator[Hit]:
        opened = self._opened(collection, generation)
        evaluation = opened.evaluation()
        scored = Scored(evaluation, evaluation.kept(search.where), search.text, search.parts)
        yield from opened.ordered(replace(search, offset=0, limit=scored.kept.count), scored)

    def aggregate(
        self, collection: Collection, where: Operator, by: str, total: str | None = None, path: str | None = None
    ) -> dict[str, tuple[int, float]]:
        opened = self._opened(collection, None)
        evaluation = opened.evaluation()
        table = opened.documents if path is None else opened.nested[path]
        keyword, mask = table.keyword(by), evaluation.mask(where)
        return _sums(
            keyword.ordinals, table, keyword.rows, keyword.values, mask, total, opened, nested=path is not None
        )

    def group(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        measures: tuple[Measure, ...],
        generation: str | None = None,
        among: tuple[str, ...] | None = None,
    ) -> Groups:
        return grouped(self._opened(collection, generation).evaluation(), where, by, measures, among)

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
        return members_of(self._opened(collection, generation), where, by, values, path, entry)

    def vocabulary(self, collection: Collection, generation: str | None = None) -> Vocabulary:
        return self._opened(collection, generation).vocabulary

    def ready(self) -> list[str]:
        needed = [one for one in COLLECTIONS if one == "suppliers" or self._live_name(one) is not None]
        reasons = []
        for collection in needed:
            try:
                self._opened(collection, None)
            except (NotFound, EngineUnavailable) as error:
                reasons.append(str(error))
        return reasons

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
        """A finished generation by its name, ``None`` when there is none (any more)."""
        if not name or name.startswith(".") or "/" in name:
            return None
        try:
            told = orjson.loads((self._root / collection / name / "generation.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        created = datetime.fromisoformat(told["created_at"])
        live = name == self._live_name(collection)
        return Generation(name, collection, live, told["documents"], created, told["meta"])

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
                raise NotFound("Aucun index n'est en service : lancez « vivier index » (ou « vivier demo »).")
            try:
                return self._opened_by_name(collection, name)
            except NotFound:  # removed since: unless another one was promoted meanwhile, it is really missing
                if self._live_name(collection) == name:
                    raise

    def _opened_by_name(self, collection: Collection, name: str) -> OpenGeneration:
        with self._lock:
            opened = self._open.get((collection, name))
            if opened is None:
                self._describe(collection, name)
                opened = self._open[collection, name] = self._read(collection, name)
            if opened is not self._live.get(collection) and name == self._live_name(collection):
                self._live[collection] = opened
        keep(opened)
        return opened

    def _read(self, collection: Collection, name: str) -> OpenGeneration:
        try:
            return OpenGeneration(self._root / collection / name, collection)
        except (OSError, ValueError, EOFError, EngineUnavailable) as error:
            self._describe(collection, name)  # it may have been removed under our feet
            raise EngineUnavailable(
                f"La génération « {name} » est illisible ({error}) : reconstruisez l'index (« vivier index ») ou revenez à "
                "une autre (« vivier rollback »)."
            ) from error


def _sums(
    ordinals: Rows,
    table: Table,
    rows: Rows,
    values: Values,
    mask: Mask,
    total: str | None,
    opened: OpenGeneration,
    *,
    nested: bool,
) -> dict[str, tuple[int, float]]:
    documents = table.parents[rows] if nested else rows
    kept = mask[documents]
    pairs = np.unique(np.stack([ordinals[kept], documents[kept]]), axis=1) if kept.any() else np.zeros((2, 0), np.int32)
    counts = np.bincount(pairs[0], minlength=len(values))
    weights = np.zeros(pairs.shape[1]) if total is None else np.nan_to_num(opened.documents.number(total)[pairs[1]])
    sums = np.bincount(pairs[0], weights=weights, minlength=len(values))
    return {values[i]: (int(counts[i]), float(sums[i])) for i in np.flatnonzero(counts).tolist()}

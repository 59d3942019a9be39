"""The embedded engine: tantivy for words, columns for everything else, in the process, without a server.

A generation is a folder, made under a name nobody reads and renamed when complete; ``live`` is a small file that names the
one in force, replaced in one atomic step. A crash at any point leaves the live generation as it was.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import tantivy

from mappings import load_json
from vivier.engine.columns import Mask, Numbers, Rows, Table, TableWriter
from vivier.engine.evaluate import Evaluation, Points, great_circle_km
from vivier.engine.port import Answer, Document, Generation, Hit
from vivier.errors import BuildRefused, EngineUnavailable, NotFound
from vivier.operators import Collection, Operator, Phrase, Search, Sort, Text
from vivier.text import Analysis, load_analysis

_TANTIVY_HEAP = 96_000_000

def _properties(collection: Collection) -> dict[str, Any]:
    properties: dict[str, Any] = load_json(collection)["properties"]
    return properties


def _text_fields(properties: dict[str, Any]) -> dict[str, str]:
    return {name: spec["analyzer"] for name, spec in properties.items() if spec["type"] == "text"}


def _schema(fields: Iterable[str]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", fast=True)
    for name in fields:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return builder.build()


def _sync(folder: Path) -> None:
    """Make what was written in a folder durable."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class EmbeddedBuilding:
    """A generation being written, in a folder whose name starts with a dot."""

    def __init__(self, root: Path, collection: Collection, analysis: Analysis) -> None:
        now = datetime.now(UTC)
        self.name = f"{collection}-{now:%Y%m%d%H%M%S%f}"
        self._collection, self._created_at, self._analysis = collection, now, analysis
        self._final = root / self.name
        self._folder = root / f".{self.name}.{os.getpid()}"
        self._folder.mkdir(parents=True)
        self._lock = (self._folder / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        properties = _properties(collection)
        self._texts = _text_fields(properties)
        flat = {n: s for n, s in properties.items() if s["type"] not in ("nested", "text", "object")}
        self._documents = TableWriter(flat)
        self._nested = {n: TableWriter(s["properties"]) for n, s in properties.items() if s["type"] == "nested"}
        (self._folder / "words").mkdir()
        self._index = tantivy.Index(_schema(self._texts), path=str(self._folder / "words"))
        self._writer = self._index.writer(_TANTIVY_HEAP, 1)
        self._records = (self._folder / "records.jsonl").open("wb")
        self._offsets = [0]

    def add(self, documents: Iterable[Document]) -> int:
        for document in documents:
            row = self._documents.add({k: v for k, v in document.items() if k in self._documents.known})
            unknown = document.keys() - self._documents.known - self._texts.keys() - self._nested.keys() - {"record"}
            if unknown:
                raise BuildRefused(f"Champs absents du mapping : {', '.join(sorted(unknown))}.")
            for path, table in self._nested.items():
                for entry in document.get(path, ()):
                    table.add(entry, row)
            self._add_words(row, document)
            self._offsets.append(self._offsets[-1] + self._records.write(orjson.dumps(document["record"]) + b"\n"))
        return self._documents.count

    def _add_words(self, row: int, document: Document) -> None:
        words = tantivy.Document()
        words.add_integer("row", row)
        for name, analyzer in self._texts.items():
            texts = document.get(name)
            for text in (texts,) if isinstance(texts, str) else texts or ():
                words.add_text(name, " ".join(self._analysis.tokens(analyzer, text)))
        self._writer.add_document(words)

    def finish(self, meta: dict[str, Any]) -> Generation:
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._records.close()
        self._documents.save(self._folder / "documents")
        for path, table in self._nested.items():
            table.save(self._folder / "nested" / path)
        np.save(self._folder / "offsets.npy", np.array(self._offsets, dtype=np.int64))
        described = {"created_at": self._created_at.isoformat(), "documents": self._documents.count, "meta": meta}
        (self._folder / "generation.json").write_bytes(orjson.dumps(described))
        self._lock.close()
        (self._folder / "lock").unlink()
        _sync(self._folder)
        self._folder.rename(self._final)
        _sync_entry(self._final.parent)
        return Generation(self.name, self._collection, False, self._documents.count, self._created_at, meta)

    def abandon(self) -> None:
        self._records.close()
        self._lock.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _sync_entry(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class OpenGeneration:
    """One generation, open for reading. Threads may share it."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        properties = _properties(collection)
        self.name = folder.name
        self.documents = Table(folder / "documents")
        self.nested = {n: Table(folder / "nested" / n) for n, s in properties.items() if s["type"] == "nested"}
        self._schema = _schema(_text_fields(properties))
        self._searcher = tantivy.Index.open(str(folder / "words")).searcher()
        self._offsets = np.load(folder / "offsets.npy")
        with (folder / "records.jsonl").open("rb") as file:
            self._records = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self._offsets[-1] else b""
        self.tie = self.documents.number("tie")
        self.by_tie = np.argsort(self.tie, kind="stable").astype(np.int32)

    def record(self, row: int) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self._records[self._offsets[row] : self._offsets[row + 1]])
        return found

    def id_of(self, row: int) -> str:
        ids = self.documents.keyword("id")
        return ids.values[int(ids.first[row])]

    def text_search(self, text: Text) -> tuple[Rows, Points]:
        """Rows that match every group, and their points."""
        groups = [(tantivy.Occur.Must, self._group(group)) for group in text.groups]
        found = self._searcher.search(tantivy.Query.boolean_query(groups), max(self.documents.count, 1), count=False)
        rows = self._searcher.fast_field_values("row", [address for _, address in found.hits])
        return np.array(rows, dtype=np.int32), np.array([score for score, _ in found.hits], dtype=np.int32)

    def _group(self, group: tuple[Phrase, ...]) -> tantivy.Query:
        query = tantivy.Query
        return query.disjunction_max_query(
            [query.const_score_query(self._phrase(phrase), phrase.points) for phrase in group]
        )

    def _phrase(self, phrase: Phrase) -> tantivy.Query:
        if len(phrase.tokens) == 1:
            return tantivy.Query.term_query(self._schema, phrase.field, phrase.tokens[0], "basic")
        return tantivy.Query.phrase_query(self._schema, phrase.field, list(phrase.tokens))

    def evaluation(self) -> Evaluation:
        return Evaluation(self.documents, self.nested, self.text_search)

    def distances(self, rows: Rows, origins: tuple[tuple[float, float], ...]) -> Numbers:
        """Kilometres to the nearest origin for each row, infinite when the row has no point or no origin is given."""
        lons, lats = (axis[rows] for axis in self.documents.point("location"))
        nearest = np.full(len(rows), np.inf)
        for lon, lat in origins:
            nearest = np.fmin(nearest, great_circle_km(lon, lat, lons, lats))
        return nearest


class EmbeddedEngine:
    """Generations in a folder, one folder per collection."""

    name = "embedded"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._analysis = load_analysis()
        self._open: dict[tuple[Collection, str], OpenGeneration] = {}
        self._lock = threading.Lock()

    def build(self, collection: Collection) -> EmbeddedBuilding:
        root = self._root / collection
        root.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(root)
        return EmbeddedBuilding(root, collection, self._analysis)

    def promote(self, collection: Collection, generation: str) -> Generation:
        promoted = self._describe(collection, generation)
        pointer = self._root / collection / "live"
        beside = pointer.with_name(f"live.{os.getpid()}.tmp")
        with beside.open("w", encoding="utf8") as file:
            file.write(generation)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(pointer)
        _sync_entry(pointer.parent)
        return Generation(promoted.name, collection, True, promoted.documents, promoted.created_at, promoted.meta)

    def generations(self, collection: Collection) -> list[Generation]:
        root = self._root / collection
        if not root.is_dir():
            return []
        names = (folder.name for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith("."))
        return [self._describe(collection, name) for name in sorted(names, reverse=True)]

    def remove(self, collection: Collection, generation: str) -> None:
        if generation == self._live_name(collection):
            raise BuildRefused(f"La génération « {generation} » est en service : promouvez-en une autre d'abord.")
        self._describe(collection, generation)
        doomed = self._root / collection / f".removed.{generation}"
        (self._root / collection / generation).rename(doomed)
        shutil.rmtree(doomed)
        self._open.pop((collection, generation), None)

    def live(self, collection: Collection) -> Generation:
        name = self._live_name(collection)
        if name is None:
            raise NotFound("Aucun index n'est en service : lancez « vivier index » (ou « vivier demo »).")
        return self._describe(collection, name)

    def search(self, collection: Collection, search: Search, generation: str | None = None) -> Answer:
        opened = self._opened(collection, generation)
        evaluation = opened.evaluation()
        where = evaluation.mask(search.where)
        points = evaluation.points(search.text, search.tiers)
        rows = np.flatnonzero(where).astype(np.int32)
        distances = opened.distances(rows, search.origins) if search.origins else None
        order = _first(_sort_keys(opened, search.sort, rows, points, distances), search.offset + search.limit)
        page = order[search.offset :]
        return Answer(
            total=len(rows),
            hits=[_hit(opened, int(rows[i]), points, None if distances is None else float(distances[i])) for i in page],
            facets={facet.name: evaluation.facet(facet) for facet in search.facets},
            counts={name: int(evaluation.mask(operator).sum()) for name, operator in search.counts},
        )

    def get(
        self, collection: Collection, ids: Iterable[str], generation: str | None = None
    ) -> dict[str, dict[str, Any]]:
        opened = self._opened(collection, generation)
        known = opened.documents.keyword("id")
        return {id_: opened.record(int(known.rows_of(id_)[0])) for id_ in ids if id_ in known.index}

    def scan(
        self, collection: Collection, where: Operator, *, records: bool = True, generation: str | None = None
    ) -> Iterator[Hit]:
        opened = self._opened(collection, generation)
        mask = opened.evaluation().mask(where)
        for row in opened.by_tie[mask[opened.by_tie]]:
            yield Hit(opened.id_of(int(row)), 0, None, opened.record(int(row)) if records else {})

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

    def ready(self) -> list[str]:
        try:
            self._opened("suppliers", None)
        except (NotFound, EngineUnavailable) as error:
            return [str(error)]
        return []

    def close(self) -> None:
        self._open.clear()

    def _live_name(self, collection: Collection) -> str | None:
        pointer = self._root / collection / "live"
        try:
            return pointer.read_text(encoding="utf8").strip()
        except FileNotFoundError:
            return None

    def _describe(self, collection: Collection, name: str) -> Generation:
        path = self._root / collection / name / "generation.json"
        if "/" in name or not path.exists():
            raise NotFound(f"Génération inconnue : « {name} ». « vivier generations » en donne la liste.")
        told = orjson.loads(path.read_bytes())
        created = datetime.fromisoformat(told["created_at"])
        live = name == self._live_name(collection)
        return Generation(name, collection, live, told["documents"], created, told["meta"])

    def _opened(self, collection: Collection, generation: str | None) -> OpenGeneration:
        name = generation or self._live_name(collection)
        if name is None:
            raise NotFound("Aucun index n'est en service : lancez « vivier index » (ou « vivier demo »).")
        with self._lock:
            if (collection, name) not in self._open:
                self._describe(collection, name)
                if generation is None:
                    self._open = {key: value for key, value in self._open.items() if key[0] != collection}
                self._open[collection, name] = OpenGeneration(self._root / collection / name, collection)
            return self._open[collection, name]


def _remove_leftovers(root: Path) -> None:
    """Remove what a crash left: folders under construction whose builder is gone (its lock is free)."""
    for folder in root.glob(".*"):
        lock = folder / "lock"
        if not lock.exists():
            shutil.rmtree(folder, ignore_errors=True)
            continue
        with lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
        shutil.rmtree(folder, ignore_errors=True)


def _hit(opened: OpenGeneration, row: int, points: Points, distance: float | None) -> Hit:
    known = None if distance is None or np.isinf(distance) else distance
    return Hit(opened.id_of(row), int(points[row]), known, opened.record(row))


def _sort_keys(
    opened: OpenGeneration, sorts: tuple[Sort, ...], rows: Rows, points: Points, distances: Numbers | None
) -> list[Numbers]:
    """One array per sort key over ``rows``, smallest first, unknown last; the last is the tie that makes the order total."""
    keys: list[Numbers] = []
    for sort in sorts:
        if sort.by == "score":
            keys.append(-points[rows].astype(np.float64))
        elif sort.by == "distance":
            keys.append(np.full(len(rows), np.inf) if distances is None else distances)
        else:
            keys.append(_field_key(opened.documents, sort, rows))
    return [*keys, opened.tie[rows]]


def _field_key(table: Table, sort: Sort, rows: Rows) -> Numbers:
    if table.is_keyword(sort.by):
        keyword = table.keyword(sort.by)
        values = keyword.first[rows].astype(np.float64)
        values[values == len(keyword.values)] = np.nan
    else:
        values = table.number(sort.by)[rows]
    signed: Numbers = np.where(np.isnan(values), np.inf, -values if sort.descending else values)
    return signed


def _first(keys: list[Numbers], count: int) -> Rows:
    """Positions of the ``count`` first in the order of the keys. Only what can be among them is fully sorted."""
    kept = np.arange(len(keys[0]), dtype=np.int32)
    sure: list[Rows] = []
    wanted = count
    for key in keys:
        if len(kept) <= 2 * wanted or wanted <= 0:
            break
        values = key[kept]
        limit = np.partition(values, wanted - 1)[wanted - 1]
        before, kept = kept[values < limit], kept[values == limit]
        sure.append(before)
        wanted -= len(before)
    rows = np.concatenate([*sure, kept])
    ordered: Rows = rows[np.lexsort([key[rows] for key in reversed(keys)])][:count]
    return ordered


def _sums(
    ordinals: Rows,
    table: Table,
    rows: Rows,
    values: list[str],
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
    return {values[i]: (int(counts[i]), float(sums[i])) for i in np.flatnonzero(counts)}

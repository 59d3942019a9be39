"""Documents made by several processes. Suppliers are shared by fork, never copied; only JSON comes back."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator, Sequence

import orjson

from indexer.document import DocumentMaker
from vivier.engine.port import Document
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.territory.reach import load_reach_index

CHUNK = 250
SMALLEST_SHARED = 2_000
"""Fewer suppliers are quicker to do here than to share out."""

_suppliers: Sequence[Supplier] = ()
_maker: DocumentMaker | None = None


def make_documents(suppliers: Sequence[Supplier], lexicon: Lexicon) -> Iterator[list[Document]]:
    """Documents in the order of ``suppliers``, by chunks of at most 250."""
    global _suppliers, _maker
    maker = DocumentMaker(lexicon, load_reach_index())
    starts = range(0, len(suppliers), CHUNK)
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if len(suppliers) < SMALLEST_SHARED or processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (maker.make_many(suppliers[start : start + CHUNK]) for start in starts)
        return
    _suppliers, _maker = suppliers, maker
    gc.collect()
    gc.freeze()  # a collection in a worker would copy every page it touches
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            for chunk in pool.imap(_make_chunk, starts):
                yield [_with_record(*pair) for pair in orjson.loads(chunk)]
    finally:
        _suppliers, _maker = (), None
        gc.unfreeze()


def _make_chunk(start: int) -> bytes:
    assert _maker is not None
    return orjson.dumps([_apart(document) for document in _maker.make_many(_suppliers[start : start + CHUNK])])


def _apart(document: Document) -> tuple[Document, str]:
    """The document and, as text, its record: the receiver stores it without reading it."""
    record = orjson.dumps(document.pop("record")).decode()
    return document, record


def _with_record(document: Document, record: str) -> Document:
    return document | {"record": orjson.Fragment(record)}

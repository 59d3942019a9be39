"""Measures the filling of an OpenSearch index: our code, from the documents of the indexer, against the bare client with the same
lines.

Both create the index and its mapping, send every line and refresh. Turns alternate on one node. The whole build, reading and
merging included, is measured by ``opensearch``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import orjson
from opensearchpy import OpenSearch

from benchmarks.contract_files import TIMES, write_json
from benchmarks.corpus import records, settings_for
from benchmarks.report import Report
from crawlers.run import import_files
from indexer.build import as_they_are, make_documents
from indexer.contracts.shares import Shares
from indexer.contracts.workers import KnownParties, Made, make_contracts
from indexer.gather import Gathered
from indexer.merge import merge
from indexer.stock import Ready
from mappings import load_json
from tests.opensearch_node.node import opensearch_node
from vivier.engine.opensearch.sending import BULK_BYTES
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.runs.records import current_run
from vivier.search.operators import Collection
from vivier.search.port import Document
from vivier.settings import Settings

TURNS: Final = 3
Chunks = list[list[Document]]


def opensearch(folder: Path, count: int, report: Report) -> None:
    """Measures the filling with contracts (ten times ``count``) and suppliers (``count``)."""
    with opensearch_node(heap="1g") as node:
        settings, lexicon = settings_for(folder, engine="opensearch", opensearch_url=node.url), load_lexicon()
        _compared("contracts", _contracts(settings, lexicon, count * TIMES), settings, report)
        _compared("suppliers", _suppliers(settings, lexicon, count), settings, report)


def _contracts(settings: Settings, lexicon: Lexicon, size: int) -> Chunks:
    settings.home.mkdir(parents=True, exist_ok=True)
    import_files("decp", [write_json(settings.home / "bulk.json", size)], settings)
    shares = Shares({"decp": current_run(settings.records, "decp")}, size)

    def plain(batches: Iterator[Made]) -> list[Document]:
        return [document for made in batches for document in orjson.loads(orjson.dumps(made.contracts))]

    return list(make_contracts(lexicon, shares, KnownParties(), plain))


def _suppliers(settings: Settings, lexicon: Lexicon, count: int) -> Chunks:
    records(settings, count)
    suppliers = merge(Gathered(settings.records, lexicon.gazetteer)).suppliers
    return list(make_documents(Ready(suppliers), lexicon, as_they_are))


def _compared(collection: Collection, chunks: Chunks, settings: Settings, report: Report) -> None:
    bodies, size = list(_bodies(chunks)), sum(map(len, chunks))
    turns = [(_ours(collection, chunks, settings), _bare(collection, bodies, settings)) for _ in range(TURNS + 1)][
        1:
    ]  # the first turn warms the node up
    ratios = [bare / ours for ours, bare in turns]
    ours, bare = (statistics.median(seconds) for seconds in zip(*turns, strict=True))
    report.add(
        collection=collection,
        documents=str(size),
        MB=f"{sum(map(len, bodies)) / 1e6:.0f}",
        requests=str(len(bodies)),
        **{
            "ours, documents/s": f"{size / ours:.0f}",
            "bare client, documents/s": f"{size / bare:.0f}",
            "ours over bare": f"{statistics.median(ratios):.2f}",
            "least and greatest of the turns": f"{min(ratios):.2f}–{max(ratios):.2f}",
        },
    )


def _ours(collection: Collection, chunks: Chunks, settings: Settings) -> float:
    """Seconds until everything is searchable."""
    with closing(OpenSearchStore(settings.opensearch_hosts, settings.opensearch_prefix)) as engine:
        began = time.perf_counter()
        building = engine.build(collection)
        for chunk in chunks:
            building.add(chunk)
        building.search_ready()
        seconds = time.perf_counter() - began
        building.abandon()
    return seconds


def _bare(collection: Collection, bodies: list[bytes], settings: Settings) -> float:
    """The same with the client of the library alone: no serialiser of ours, no check, one request after the other."""
    index = f"bare-{collection}"
    shape = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
    body = {"settings": shape | {"analysis": load_json("analysis")}, "mappings": load_json(collection)}
    with closing(OpenSearch(settings.opensearch_hosts, timeout=120)) as client:
        began = time.perf_counter()
        client.indices.create(index=index, body=body)
        for lines in bodies:
            client.bulk(body=lines, index=index, params={"filter_path": "errors,items.*.error"})
        client.indices.refresh(index=index)
        seconds = time.perf_counter() - began
        client.indices.delete(index=index)
    return seconds


def _bodies(chunks: Chunks) -> Iterator[bytes]:
    """The lines, prepared before the measure, in requests of the same size as ours."""
    lines: list[bytes] = []
    size = 0
    for document in (document for chunk in chunks for document in chunk):
        line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        lines += (orjson.dumps({"index": {"_id": document["id"]}}, option=orjson.OPT_APPEND_NEWLINE), line)
        size += len(line)
        if size > BULK_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)

"""The neutral order: it favours nobody, and its seed alone gives it again."""

from __future__ import annotations

import hashlib

from vivier.model.views import SupplierView
from vivier.search.operators import Search, Sort
from vivier.search.port import Answer, Hit
from vivier.search.snapshot import Snapshot


def neutral_key(seed: str, id_: str) -> bytes:
    """The sort key of a neutral order: SHA-256 of seed and id. The order favours nobody, and the seed alone reproduces it."""
    return hashlib.sha256(f"{seed}|{id_}".encode()).digest()


def neutral_page(search: Search, snapshot: Snapshot, seed: str) -> Answer[SupplierView]:
    """The page of a neutral order: sorts the ids of all matches, then reads only the records of the page."""
    where = search.where
    counting = Search(where=where, sort=(Sort("name_sort"),), facets=search.facets, counts=search.counts, limit=0)
    ids, counted = snapshot.together(
        lambda: [hit.id for hit in snapshot.suppliers.scan(where, records=False)],
        lambda: snapshot.suppliers.search(counting),
    )
    ids.sort(key=lambda id_: neutral_key(seed, id_))
    page = ids[search.offset : search.offset + search.limit]
    records = snapshot.suppliers.get(page)
    hits = [Hit(id_, 0, None, records[id_]) for id_ in page]
    return Answer(counted.total, hits, counted.facets, counted.counts)

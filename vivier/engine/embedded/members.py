"""Which documents hold each of many values, on columns: the postings of the values, held to the rows that match."""

from __future__ import annotations

import numpy as np

from vivier.engine.embedded.generation import OpenGeneration
from vivier.engine.port import Members
from vivier.search.operators import Operator


def members_of(
    opened: OpenGeneration, where: Operator, by: str, values: tuple[str, ...], path: str | None, entry: Operator
) -> Members:
    """Ids by value, in the order of ids: all values in one pass, however many."""
    evaluation = opened.evaluation()
    table = opened.documents if path is None else opened.nested[path]
    keyword, ids = table.keyword(by), opened.documents.keyword("id")
    known = [value for value in values if keyword.values.place_of(value) is not None]
    rows, places = keyword.postings(np.array(keyword.places_of(known), np.int32))
    if path is not None:
        kept = evaluation.mask(entry, path)[rows]
        rows, places = table.parents[rows[kept]], places[kept]
    kept = evaluation.mask(where)[rows]
    pairs = np.unique(places[kept].astype(np.int64) * len(ids.values) + ids.first[rows[kept]])
    holders, held = np.divmod(pairs, max(len(ids.values), 1))
    ends = np.searchsorted(holders, np.arange(len(known)), side="right").tolist()
    told = list(map(ids.values.__getitem__, held.tolist()))
    found: Members = dict.fromkeys(values, ())
    for value, start, end in zip(known, [0, *ends], ends, strict=False):
        found[value] = tuple(told[start:end])
    return found

"""Which documents have each of many values, on columns: the postings of the values, limited to the rows that match."""

from __future__ import annotations

import numpy as np

from vivier.engine.embedded.generation import OpenGeneration
from vivier.engine.port import Members
from vivier.search.operators import Operator


def members_of(
    opened: OpenGeneration, where: Operator, by: str, values: tuple[str, ...], path: str | None, entry: Operator
) -> Members:
    """Ids by value, in the order of ids. All values are read in one pass."""
    evaluation = opened.evaluation()
    table = opened.documents if path is None else opened.nested[path]
    keyword, ids = table.keyword(by), opened.documents.keyword("id")
    known = [value for value in values if keyword.values.place_of(value) is not None]
    rows, places = keyword.postings(np.array(keyword.places_of(known), np.int32))
    if path is not None:
        matching = evaluation.mask(entry, path)[rows]
        rows, places = table.parents[rows[matching]], places[matching]
    matching = evaluation.mask(where)[rows]
    pairs = np.unique(places[matching].astype(np.int64) * len(ids.values) + ids.first[rows[matching]])
    holders, places_of_ids = np.divmod(pairs, max(len(ids.values), 1))
    ends = np.searchsorted(holders, np.arange(len(known)), side="right").tolist()
    matched_ids = list(map(ids.values.__getitem__, places_of_ids.tolist()))
    found: Members = dict.fromkeys(values, ())
    for value, start, end in zip(known, [0, *ends], ends, strict=False):
        found[value] = tuple(matched_ids[start:end])
    return found

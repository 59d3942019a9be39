"""Which documents have each of many values, on columns: the postings of the values, limited to the rows that match."""

from __future__ import annotations

import numpy as np

from vivier.arrays import distinct
from vivier.engine.embedded.generation import OpenGeneration
from vivier.search.operators import Operator
from vivier.search.port import Members


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

"""Which documents hold each of many values, on columns: the postings of the values, held to the rows that match."""

from __future__ import annotations

import numpy as np

from vivier.engine.columns import Rows
from vivier.engine.generation import OpenGeneration
from vivier.engine.port import Members
from vivier.operators import Operator


def members_of(
    opened: OpenGeneration, where: Operator, by: str, values: tuple[str, ...], path: str | None, entry: Operator
) -> Members:
    """Ids by value, in the order of ids."""
    evaluation = opened.evaluation()
    table = opened.documents if path is None else opened.nested[path]
    keyword, kept = table.keyword(by), evaluation.mask(where)
    entries = None if path is None else evaluation.mask(entry, path)
    ids = opened.documents.keyword("id")

    def held(value: str) -> Rows:
        rows = keyword.rows_of(value)
        if entries is not None:
            rows = table.parents[rows[entries[rows]]]
        return np.unique(ids.first[rows[kept[rows]]])

    return {value: tuple(ids.values[i] for i in held(value).tolist()) for value in values}

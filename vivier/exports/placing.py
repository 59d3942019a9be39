"""Puts the fields of a row in their place: those written once (:mod:`vivier.exports.written`), and those that depend on the search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, cast

from vivier.exports.delimited import DELIMITER, END, csv_fields
from vivier.exports.written import Fields
from vivier.model.views import SupplierView
from vivier.search.columns import Column
from vivier.search.port import Hit
from vivier.suppliers.columns import COLUMNS
from vivier.suppliers.find import SupplierResult, result_of, says_kinds_alone
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.rows import Line, Place, Shared

_OF_SEARCH: Final = tuple(cast("Column[Place]", column) for column in COLUMNS if column.of_search)
_NAMES: Final = [column.name for column in _OF_SEARCH]
_RANK, _REASONS = _NAMES.index("rank"), _NAMES.index("reasons")


def csv_lines(
    columns: Sequence[Column[Line]], hits: Iterator[Hit[SupplierView]], plan: SupplierPlan, shared: Shared
) -> Iterator[bytes]:
    """The line of each hit, in order. ``columns``: two at least, none of them on demand."""
    names = [column.name for column in columns]
    fields = Fields(names, shared)
    places = [*(column.name for column in fields.columns), *_NAMES]
    in_place = itemgetter(*map(places.index, names))
    of_search = _alike(shared) if says_kinds_alone(plan) else None
    for rank, hit in enumerate(hits, 1):
        *written, reasons = fields.of(hit)
        if of_search is None:
            found = _fields(Place(result_of(hit, plan, shared.lexicon), rank, shared))
        else:
            found = of_search
            found[_RANK], found[_REASONS] = b"%d" % rank, reasons
        yield DELIMITER.encode().join(in_place(written + found)) + END.encode()


def _alike(shared: Shared) -> list[bytes]:
    """The fields of the search when they are the same on every row, but the rank and the reasons."""
    nothing: Any = {}
    return _fields(Place(SupplierResult("", nothing, None, (), 0), 0, shared))


def _fields(place: Place) -> list[bytes]:
    return [field.encode() for field in csv_fields(column.read(place) for column in _OF_SEARCH)]

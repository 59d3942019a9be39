"""The SIRETs by which a structure is told from another."""

from __future__ import annotations

from collections.abc import Iterable

from vivier.model.views import SupplierView


def sirets_of(record: SupplierView) -> tuple[str, ...]:
    """Every SIRET of a stored record, the retained one first."""
    own = record.get("siret")
    given: Iterable[str] = (*([own["value"]] if own is not None else ()), *record.get("identifiers", ()))
    return tuple(dict.fromkeys(number for number in given if len(number) == 14 and number.isdigit()))

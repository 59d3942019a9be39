"""Fields of the index that no source gives: a register does, and it is not part of the demonstration."""

from __future__ import annotations

from vivier.model import Record, Supplier
from vivier.model.base import indexed_members


def register_fields() -> set[str]:
    """Indexed members of a supplier that a record has not."""
    return set(indexed_members(Supplier)) - set(Record.model_fields)

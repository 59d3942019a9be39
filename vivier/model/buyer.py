"""A public buyer: what its contracts and its SIREN say of it. Figures are computed when asked for, never stored here."""

from __future__ import annotations

from datetime import date

from vivier.model.base import Model
from vivier.model.provenance import Provenance


class Buyer(Model):
    """One buyer, by SIREN. ``name`` is ``None`` when no source names it, and ``name_source`` the source that names it when none of its
    contracts does; ``seat`` is a typed territory id; ``first`` and ``last`` are the notification dates of its contracts."""

    siren: str
    name: str | None = None
    name_source: str | None = None
    other_names: tuple[str, ...] = ()
    sirets: tuple[str, ...] = ()
    category: str
    seat: str | None = None
    contracts: int
    first: date | None = None
    last: date | None = None
    sources: tuple[Provenance, ...] = ()

"""A public buyer: what its contracts and its SIREN say of it. Figures are computed when asked for, never stored here."""

from __future__ import annotations

from datetime import date

from vivier.model.base import Model
from vivier.model.provenance import Provenance


class Buyer(Model):
    """One buyer, by SIREN. ``name`` is ``None`` when no source names it; ``seat`` a typed territory id; ``spread`` the
    notification dates of its first and last contract."""

    siren: str
    name: str | None = None
    other_names: tuple[str, ...] = ()
    sirets: tuple[str, ...] = ()
    category: str
    seat: str | None = None
    contracts: int
    first: date | None = None
    last: date | None = None
    sources: tuple[Provenance, ...] = ()

"""Where a fact comes from. Every value shown to a user carries one of these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, Literal, TypeVar

from vivier.model.base import Model

Basis = Literal["official", "declared", "inferred", "computed"]
"""``official``: a public register; ``declared``: the supplier or its network; ``inferred``: a stated default of ours;
``computed``: a method of ours on other facts."""


class Provenance(Model):
    """Producer, licence and date of a fact.

    ``updated_at`` is the date the source gives for the row or the file (``None``: not published);
    ``fetched_at`` the moment we read it (UTC); ``url`` the public proof, when there is one.
    """

    source_id: str
    producer: str
    dataset: str
    licence: str
    url: str | None = None
    updated_at: date | None = None
    fetched_at: datetime | None = None
    basis: Basis = "official"


T = TypeVar("T")


class Fact(Model, Generic[T]):
    """A value and its provenance."""

    value: T
    provenance: Provenance

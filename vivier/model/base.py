"""The one base class of the domain's values."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value: frozen, and strict about its fields (an unknown field is an error, never ignored)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

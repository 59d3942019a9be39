"""The base class of every value of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import compress
from operator import is_not
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

_SET = object.__setattr__


@cache
def _defaults(model: type[BaseModel]) -> dict[str, object]:
    """Every field, in order, with its default; fields without a default must be given."""
    return {name: field.default for name, field in model.model_fields.items()}


@cache
def _shared(given: frozenset[str]) -> set[str]:
    """The names of the fields given, in one set for all the values that give the same: nothing changes it, as values are frozen."""
    return set(given)


@dataclass(frozen=True)
class Indexed:
    """Marks a member whose value is also a field of the index, under the same name: a text or a number as it is, a date in ISO
    8601, a yes or no as « yes » or « no ». An unknown value is left out."""


class Model(BaseModel):
    """A value: frozen, and strict about its fields (an unknown field is an error, never ignored)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """``model_construct``, four times faster, for values that were already checked.

        Every field without a plain default must be given. A field given its default counts as not given.
        """
        made, defaults = cls.__new__(cls), _defaults(cls)
        _SET(made, "__dict__", defaults | values)
        given = frozenset(compress(values, map(is_not, values.values(), map(defaults.__getitem__, values))))
        _SET(made, "__pydantic_fields_set__", _shared(given))
        _SET(made, "__pydantic_extra__", None)
        _SET(made, "__pydantic_private__", None)
        return made

    def json_line(self) -> bytes:
        """The value as JSON, without absent fields and fields that were not given: ``model_dump_json`` without its overhead."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True, exclude_unset=True)

    def changed(self, **changes: Any) -> Self:
        """``model_copy(update=changes)``, five times faster: values are frozen, so none of them needs a copy of its own."""
        made = type(self).__new__(type(self))
        _SET(made, "__dict__", self.__dict__ | changes)
        _SET(made, "__pydantic_fields_set__", _shared(frozenset(self.__pydantic_fields_set__ | changes.keys())))
        _SET(made, "__pydantic_extra__", None)
        _SET(made, "__pydantic_private__", None)
        return made


class Given(Model):
    """Values that a body of JSON gives: « true » is no number, and a number is no yes."""

    @field_validator("*", mode="before")
    @classmethod
    def _yes_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, bool | int | float):
            return value
        says_yes = bool in _types(cls.model_fields[str(info.field_name)].annotation)
        if isinstance(value, bool) and not says_yes:
            raise PydanticCustomError("wrong_type", "« {name} » n'attend ni vrai ni faux.", {"name": info.field_name})
        if not isinstance(value, bool) and says_yes:
            message = "« {name} » attend true ou false, non un nombre."
            raise PydanticCustomError("wrong_type", message, {"name": info.field_name})
        return value


def _types(annotation: Any) -> set[Any]:
    """The types that an annotation names, alone or in a union."""
    return {annotation}.union(*(_types(part) for part in get_args(annotation)))


@cache
def indexed_members(model: type[BaseModel]) -> tuple[str, ...]:
    """The members of a model marked :class:`Indexed`."""
    return tuple(
        name for name, field in model.model_fields.items() if any(isinstance(mark, Indexed) for mark in field.metadata)
    )

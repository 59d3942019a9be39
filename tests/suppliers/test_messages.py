"""What a refusal says: French, the name of the field, the bound as a reader writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core.core_schema import ErrorType

from vivier.search.messages import french


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rate: Annotated[Decimal | None, Field(le=Decimal("0.2"))] = None
    salt: Annotated[SecretStr | None, Field(min_length=16)] = None
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    short: Annotated[str, Field(min_length=1)] = "a"


def refused(**given: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        Query.model_validate(given)
    return " ".join(french(error, given).message for error in raised.value.errors()).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate": 0.5}, "« rate » doit être au plus 0,2 (reçu : 0.5)."),
        ({"salt": "short"}, "« salt » demande au moins 16 caractères."),
        ({"names": []}, "« names » demande au moins 1 valeur."),
        ({"names": ["a", "b", "c"]}, "« names » accepte au plus 2 valeurs."),
        ({"names": "abc"}, "« names » est une liste (reçu : abc)."),
        ({"short": ""}, "« short » demande au moins 1 caractère."),
        ({"short": []}, "« short » est un texte (reçu : [])."),
    ],
)
def test_a_bound_is_written_as_a_reader_does(given: dict[str, Any], message: str) -> None:
    assert refused(**given) == message


def test_no_error_of_the_library_is_told_in_its_own_words() -> None:
    for kind in get_args(ErrorType):
        error = {"type": kind, "loc": ("field",), "msg": "Input should be valid", "input": "x", "ctx": _Anything()}
        assert "Input" not in french(error, {}).message or kind in ("value_error", "assertion_error"), kind  # type: ignore[arg-type]


class _Anything(dict[str, Any]):
    """A context that has a bound of every name."""

    def items(self) -> Any:
        names = ("ge", "le", "gt", "lt", "min_length", "max_length", "pattern", "expected")
        return dict.fromkeys(names, "2").items()

"""Parameters of the methods (``parameters.csv``) and shares of labour (``labour_shares.csv``), with their status and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mappings import read_table
from vivier.errors import FieldError, InvalidRequest
from vivier.french import typed


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method: value, admitted range, unit, status and source."""

    code: str
    title: str
    value: float
    low: float | None
    high: float | None
    unit: str
    status: str
    source: str
    since: date


@dataclass(frozen=True)
class LabourShare:
    """Share of labour in the price of a trade; ``alternative`` when sources differ."""

    trade: str
    share: float
    alternative: float | None
    status: str
    source: str


@lru_cache(maxsize=1)
def parameters() -> Mapping[str, Parameter]:
    """Parameters by code."""
    return {
        row["code"]: Parameter(
            row["code"],
            row["title"],
            float(row["value"]),
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
            row["unit"],
            row["status"],
            row["source"],
            date.fromisoformat(row["since"]),
        )
        for row in read_table("parameters")
    }


def value(code: str) -> float:
    """The value of a parameter. Raises ``KeyError`` for an unknown code."""
    return parameters()[code].value


def chosen(code: str, given: float | None, field: str) -> float:
    """The value given by the user, checked against the range of the parameter, or the default. Raises
    ``InvalidRequest`` naming ``field``."""
    parameter = parameters()[code]
    if given is None:
        return parameter.value
    low, high = parameter.low, parameter.high
    if (low is not None and given < low) or (high is not None and given > high) or given != given:
        bounds = (
            f"entre {typed(low)} et {typed(high)}" if low is not None and high is not None else "dans son intervalle"
        )
        message = f"« {field} » ({parameter.title.lower()}) doit être {bounds} (reçu : {typed(given)})."
        raise InvalidRequest((FieldError(field, "out_of_range", message),))
    return given


def described(codes: Iterable[str], changed: Mapping[str, float] | None = None) -> list[dict[str, object]]:
    """The parameters on which a result depends, in the form shown with it. ``changed`` are the user's own values."""
    own = changed or {}
    return [
        {
            "code": code,
            "title": parameters()[code].title,
            "value": own.get(code, parameters()[code].value),
            "default": parameters()[code].value,
            "unit": parameters()[code].unit,
            "status": parameters()[code].status,
            "source": parameters()[code].source,
        }
        for code in codes
    ]


@lru_cache(maxsize=1)
def labour_shares() -> Mapping[str, LabourShare]:
    """Shares of labour by trade code. A trade that is not in the table has no known share: the user is asked for it."""
    return {
        row["trade"]: LabourShare(
            row["trade"],
            float(row["share"]),
            float(row["alternative"]) if row["alternative"] else None,
            row["status"],
            row["source"],
        )
        for row in read_table("labour_shares")
    }

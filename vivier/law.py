"""The law and the parameters of the methods, each in one table with its dates, status and source.

Articles are those of the *code de la commande publique*; sentences are ours, for decision support: they are no legal advice.
``seen``: read in a public page; ``second-hand``: told by another; ``unverified`` and « à confirmer »: never shown as certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.errors import FieldError, InvalidRequest

NOTICE: Final = "Aide à la décision, qui ne vaut pas conseil juridique."
STATUS_WORDS: Final[Mapping[str, str]] = {
    "seen": "lu dans une source publique",
    "second-hand": "selon une source secondaire",
    "unverified": "à confirmer",
}


@dataclass(frozen=True)
class LawArticle:
    """One article: what it says in our words, when it holds (both bounds inclusive, ``None``: still), how sure we are."""

    code: str
    scope: str
    title: str
    rule: str
    valid_from: date
    valid_to: date | None
    status: str
    url: str

    def holds_on(self, day: date) -> bool:
        """In force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def certain(self) -> bool:
        """Read, not told nor assumed."""
        return self.status == "seen"


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
def law() -> Mapping[str, LawArticle]:
    """Articles by code."""
    return {
        row["code"]: LawArticle(
            row["code"],
            row["scope"],
            row["title"],
            row["rule"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            row["status"],
            row["url"],
        )
        for row in read_table("law")
    }


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
    """The value of a parameter. Raises ``KeyError`` for a code that is none."""
    return parameters()[code].value


def _french(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def chosen(code: str, given: float | None, field: str) -> float:
    """A parameter given by the user, held to its range, or its own value. Raises ``InvalidRequest`` naming ``field``."""
    parameter = parameters()[code]
    if given is None:
        return parameter.value
    low, high = parameter.low, parameter.high
    if (low is not None and given < low) or (high is not None and given > high) or given != given:
        bounds = (
            f"entre {_french(low)} et {_french(high)}"
            if low is not None and high is not None
            else "dans son intervalle"
        )
        message = f"« {field} » ({parameter.title.lower()}) doit être {bounds} (reçu : {_french(given)})."
        raise InvalidRequest((FieldError(field, "out_of_range", message),))
    return given


def told(codes: Iterable[str], changed: Mapping[str, float] | None = None) -> list[dict[str, object]]:
    """The parameters a result rests on, as they are shown with it; ``changed`` are the user's own values."""
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
    """Shares of labour by trade code. A trade that is not there has none known: the user is asked."""
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

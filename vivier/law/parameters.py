"""Parameters of the methods (``parameters.csv``) and shares of labour (``labour_shares.csv``, ``labour_families.csv``), with their status
and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.bodies import Body, body_of
from vivier.errors import FieldError, InvalidRequest
from vivier.french import typed
from vivier.law.rows import Readers, by_code, day, rows_of

_GOODS: Final = "goods"
_MEAN: Final = "moyenne des métiers du lot, à parts égales"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method: value, admitted range, unit, status and source. ``since``: the first day of this value; ``until``: its last
    one, when the law sets it."""

    code: str
    title: str
    value: float
    low: float | None
    high: float | None
    unit: str
    status: str
    source: str
    since: date
    until: date | None


@dataclass(frozen=True)
class LabourShare:
    """Share of labour in the price of a trade; ``alternative`` when sources differ; ``low`` and ``high`` when a range is told."""

    trade: str
    share: float
    alternative: float | None
    status: str
    source: str
    low: float | None = None
    high: float | None = None


def _bound(text: str) -> float | None:
    return float(text) if text else None


@dataclass(frozen=True)
class LabourCost:
    """Full cost of an hour of work in a family of trades, euros, with its range."""

    low: float
    cost: float
    high: float
    status: str
    source: str


_READ: Final[Readers] = {"value": float, "low": _bound, "high": _bound, "since": date.fromisoformat, "until": day}


@lru_cache(maxsize=1)
def _versions() -> Mapping[str, tuple[Parameter, ...]]:
    """The values of each parameter by code, the oldest first: a threshold of the law has one a period."""
    found = by_code(rows_of(Parameter, "parameters", _READ))
    return {code: tuple(sorted(every, key=lambda version: version.since)) for code, every in found.items()}


@lru_cache(maxsize=1)
def parameters() -> Mapping[str, Parameter]:
    """The newest value of each parameter by code."""
    return {code: every[-1] for code, every in _versions().items()}


def parameter_on(code: str, day: date) -> Parameter:
    """A parameter as it was on a day; before its first value, that one. Raises ``KeyError`` for an unknown code."""
    every = _versions()[code]
    return next((version for version in reversed(every) if version.since <= day), every[0])


def value(code: str, on: date | None = None) -> float:
    """The value of a parameter, the newest or the one of a day. Raises ``KeyError`` for an unknown code."""
    return parameters()[code].value if on is None else parameter_on(code, on).value


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


class ParameterBody(Body):
    """A parameter, its value in a result and the one that it has by default."""

    code: str
    title: str
    value: float
    default: float
    unit: str
    status: str
    source: str


def described(
    codes: Iterable[str], changed: Mapping[str, float] | None = None, on: date | None = None
) -> list[ParameterBody]:
    """The parameters on which a result depends, in the form shown with it, the newest or those of a day. ``changed`` are the user's own
    values."""
    own = changed or {}
    found = (parameters()[code] if on is None else parameter_on(code, on) for code in codes)
    return [body_of(ParameterBody, each, value=own.get(each.code, each.value), default=each.value) for each in found]


@lru_cache(maxsize=1)
def labour_shares() -> Mapping[str, LabourShare]:
    """Known shares of labour by trade code. The other trades have a supposed one (:func:`supposed_shares`)."""
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


@lru_cache(maxsize=1)
def _families() -> Mapping[str, Mapping[str, str]]:
    """The row of labour of each trade by code: its own, that of goods when nothing else is bought, else that of its group."""
    families = {row["family"]: row for row in read_table("labour_families")}
    groups = {row["code"]: _GOODS if row["nature"] == _GOODS else row["group"] for row in read_table("trades")}
    return {code: families.get(code) or families[group] for code, group in groups.items()}


@lru_cache(maxsize=1)
def supposed_shares() -> Mapping[str, LabourShare]:
    """Shares of labour supposed from the family of a trade, or from what is bought when it is goods only. They give a range of insertion
    hours and decide nothing: the lever of a lot looks at known shares only."""
    return {code: _supposed(code, family) for code, family in _families().items() if code not in labour_shares()}


def _supposed(trade: str, family: Mapping[str, str]) -> LabourShare:
    low, share, high = (float(family[name]) for name in ("low", "share", "high"))
    return LabourShare(trade, share, None, family["status"], family["source"], low, high)


def labour_share_of(*trades: str) -> LabourShare | None:
    """The known share of labour of a trade, else the supposed one; of several trades, their mean, from the least to the greatest. ``None``
    for none, or for one that does not exist."""
    found = [labour_shares().get(trade) or supposed_shares().get(trade) for trade in trades]
    shares = [share for share in found if share is not None]
    if not shares or len(shares) < len(trades) or len(shares) == 1:
        return shares[0] if len(shares) == len(trades) == 1 else None
    mean, margin = sum(share.share for share in shares) / len(shares), value("labour_margin")
    low = min(share.share - margin if share.low is None else share.low for share in shares)
    high = max(min(share.share + margin, 1) if share.high is None else share.high for share in shares)
    return LabourShare("|".join(trades), mean, None, "supposé", _MEAN, low, high)


def labour_cost_of(*trades: str) -> LabourCost:
    """The full hourly cost of the families of some trades: their mean, from the least to the greatest; that of services without any."""
    costs = [_cost(_families()[trade]) for trade in trades if trade in _families()]
    if not costs:
        parameter = parameters()["hourly_cost"]
        return LabourCost(26, parameter.value, 34, parameter.status, parameter.source)
    mean = sum(cost.cost for cost in costs) / len(costs)
    low, high = min(cost.low for cost in costs), max(cost.high for cost in costs)
    return LabourCost(low, mean, high, costs[0].status, costs[0].source)


def _cost(family: Mapping[str, str]) -> LabourCost:
    low, cost, high = (float(family[f"cost{end}"]) for end in ("_low", "", "_high"))
    return LabourCost(low, cost, high, family["cost_status"], family["cost_source"])

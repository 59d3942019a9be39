"""Reads the insertion hours that a contract with a clause owes."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from vivier.clausier.hours import HoursAsked, insertion_hours
from vivier.desk.method.hours_left import Owed, months_of
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView

_STATED: Final = re.compile(
    r"(\d{1,3}(?:[ \u00a0\u202f.]?\d{3})*|\d+)\s*heures?\s+(?:de travail\s+)?d['’]insertion", re.IGNORECASE
)


def owed_by(contract: ContractView, lexicon: Lexicon) -> Owed | None:
    """The hours that a contract owes: those its notice states, else what its amount gives; a framework, which may order nothing, owes from
    none. ``None`` when neither is known."""
    notified, end = contract.get("starts") or contract.get("notified"), contract.get("ends")
    if notified is None or end is None or end < notified:
        return None
    first, last = date.fromisoformat(notified[:10]), date.fromisoformat(end[:10])
    stated = _stated(contract)
    if stated is not None:
        return Owed(first, last, stated, stated, "declared")
    amount, cpv = contract.get("amount"), contract.get("cpv")
    if amount is None or amount <= 1 or cpv is None:
        return None
    trades = tuple(trade.code for trade, _ in lexicon.trades.by_cpv(cpv))[:1]
    months = months_of(first, last)
    try:
        hours = insertion_hours(HoursAsked(amount, min(months, 180), trades=trades))
    except InvalidRequest:  # no share of labour is known for its trade
        return None
    assert hours.low is not None and hours.high is not None
    low = 0.0 if contract.get("framework") else hours.low.insertion
    return Owed(first, last, low, hours.high.insertion, "estimated")


def _stated(contract: ContractView) -> float | None:
    """The hours that the words of a clause state, the most of several."""
    words = (each.get("excerpt", "") for each in contract.get("evidence", ()) if each["provision"] == "clause")
    found = [float(re.sub(r"\D", "", match.group(1))) for text in words for match in _STATED.finditer(text)]
    return max((hours for hours in found if hours > 0), default=None)

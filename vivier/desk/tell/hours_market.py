"""Writes the hours market of a place as plain JSON."""

from __future__ import annotations

from vivier.bodies import Body
from vivier.desk.method.hours_market import PARAMETERS, HoursMarket
from vivier.french import month_name
from vivier.law.parameters import ParameterBody, described


class MonthBody(Body):
    month: str
    month_fr: str
    contracts: int
    declared_hours: int
    estimated_hours: list[int]


class HoursMarketBody(Body):
    """``load``: least and greatest share of the capacity that the next three months take, ``null`` when too little is known; ``contracts``:
    those with a clause, ``null`` when no contract is indexed."""

    text: str
    load: list[float] | None
    contracts: int | None
    contracts_unknown: int
    structures: int
    structures_staffed: int
    structures_with_volume: int
    hours_a_month: list[int] | None
    months: list[MonthBody]
    parameters: list[ParameterBody]


def market_body(found: HoursMarket) -> HoursMarketBody:
    load = found.load
    return {
        "text": found.text,
        "load": None if load is None else [round(share, 3) for share in load],
        "contracts": found.contracts,
        "contracts_unknown": found.unknown,
        "structures": found.structures,
        "structures_staffed": found.staffed,
        "structures_with_volume": found.volumes,
        "hours_a_month": None if found.capacity is None else [round(hours) for hours in found.capacity],
        "months": [
            {
                "month": month.day.isoformat()[:7],
                "month_fr": month_name(month.day),
                "contracts": month.contracts,
                "declared_hours": round(month.declared),
                "estimated_hours": [round(month.low), round(month.high)],
            }
            for month in (() if found.contracts is None else found.months)
        ],
        "parameters": described(PARAMETERS),
    }

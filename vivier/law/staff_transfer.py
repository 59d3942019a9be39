"""Trades where a new holder takes over the staff of the former one as a rule (``staff_transfer.csv``), with the rule, its status, source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mappings import read_table


@dataclass(frozen=True)
class StaffTransfer:
    """The rule of a trade, in French. ``status``: « unverified » when its text was not read."""

    trade: str
    rule: str
    status: str
    source: str


@lru_cache(maxsize=1)
def staff_transfers() -> Mapping[str, StaffTransfer]:
    """The rules by code of trade."""
    return {row["trade"]: StaffTransfer(**row) for row in read_table("staff_transfer")}

"""What the activity code (NAF) of a structure lets suppose of its trade: ``mappings/tables/naf_trades.csv``, a table of ours.

The code is given once, by a clerk, for the principal activity: it is a supposition, told as such, beaten by anything else and
never counted as known. Most codes of inclusive structures say a mission, a legal form or a mode: those say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from mappings import read_table
from vivier.trades.table import Trades, load_trades

Says = Literal["trade", "family", "nothing"]


@dataclass(frozen=True, slots=True)
class Supposed:
    """A trade, or a family (group of trades) where a code covers too many."""

    trade: str | None = None
    family: str | None = None


def parse_supposed(
    rows: Iterable[Mapping[str, str]], sub_classes: Iterable[str], trades: Trades
) -> dict[str, Supposed]:
    """The table by code without its dot (``8121Z``), codes that say nothing left out. ``ValueError`` naming the row: a code that
    is no sub-class or comes twice, a trade or a family that does not exist, a code that says nothing and something."""
    known, families = set(sub_classes), {group.code for group in trades.groups()}
    found: dict[str, Supposed] = {}
    seen: set[str] = set()
    for row in rows:
        naf, says, code = row["naf"], row["says"], row["code"]
        allowed = {"trade": code in trades, "family": code in families, "nothing": not code}
        if naf not in known or naf in seen or says not in get_args(Says) or not allowed[says]:
            raise ValueError(
                f"naf_trades.csv, {naf}: « {says} {code} » cannot be read, or the code is unknown or given twice"
            )
        seen.add(naf)
        if says != "nothing":
            found[naf.replace(".", "")] = Supposed(trade=code) if says == "trade" else Supposed(family=code)
    return found


@lru_cache(maxsize=1)
def load_supposed() -> Mapping[str, Supposed]:
    """The committed table, read once."""
    sub_classes = (row["code"] for row in read_table("naf") if row["level"] == "sous-classe")
    return parse_supposed(read_table("naf_trades"), sub_classes, load_trades())


def supposed(naf: str) -> Supposed | None:
    """What a code, with or without its dot and in any case, lets suppose; ``None`` for one that says nothing."""
    return load_supposed().get(naf.replace(".", "").strip().upper())

"""The templates of clauses: parts that every trade shares (``clause_parts.csv``), and what each trade asks for (``clauses.csv``).

The wording is ours. A field in braces is a figure of the lot in small letters (``{hours}``), a label in capitals (``{PEFC}``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, cast

from mappings import read_table
from vivier.trades.table import Trade, Trades

Kind = Literal["social", "environmental"]
Use = Literal["condition", "criterion", "reservation"]
KINDS: Final[Mapping[Kind, str]] = {"social": "social", "environmental": "environnemental"}
USES: Final[Mapping[Use, str]] = {
    "condition": "condition d'exécution",
    "criterion": "critère d'attribution",
    "reservation": "réservation",
}


@dataclass(frozen=True)
class Part:
    """One paragraph of a clause that every trade shares. ``article``: that which founds the clause, for a contract."""

    kind: Kind
    use: Use
    part: str
    title: str
    article: str
    text: str


@dataclass(frozen=True)
class TradeClauses:
    """What a trade asks for. ``tasks``: those that people in insertion can do; ``requirements``: measurable environmental ones;
    ``criterion``: what an environmental criterion compares."""

    trade: str
    tasks: str
    requirements: tuple[str, ...]
    criterion: str


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """The shared paragraphs, in the order of a clause."""
    return tuple(
        Part(cast(Kind, row["kind"]), cast(Use, row["use"]), row["part"], row["title"], row["article"], row["text"])
        for row in read_table("clause_parts")
    )


@lru_cache(maxsize=1)
def trade_clauses() -> Mapping[str, TradeClauses]:
    """What each trade asks for, by code of trade."""
    return {
        row["trade"]: TradeClauses(
            row["trade"], row["tasks"], tuple(row["environmental"].split(" | ")), row["criterion"]
        )
        for row in read_table("clauses")
    }


def clauses_of(trade: Trade, trades: Trades) -> TradeClauses | None:
    """What a trade asks for, else the nearest trade above it; ``None`` when neither has a template."""
    above = (trade, *trades.ancestors(trade.code))
    return next((trade_clauses()[one.code] for one in above if one.code in trade_clauses()), None)

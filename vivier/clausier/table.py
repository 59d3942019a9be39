"""The templates of clauses: parts that every trade shares (``clause_parts.csv``), what each article of reservation asks for
(``reservations.csv``), and what each trade asks for (``clauses.csv``).

The wording is ours. A field in braces is a figure of the lot in small letters (``{hours}``), a label in capitals (``{PEFC}``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from mappings import read_table
from vivier.law.rows import rows_of
from vivier.trades.table import Trade, Trades

Kind = Literal["social", "environmental"]
Use = Literal["condition", "criterion", "reservation"]
Stage = Literal["notice", "rules", "contract", "proof", "control", "penalty"]
STAGES: Final[Mapping[Stage, str]] = {
    "notice": "Avis",
    "rules": "Règlement de la consultation",
    "contract": "Cahier des charges",
    "proof": "Preuves",
    "control": "Contrôle",
    "penalty": "Pénalités",
}
"""Where a paragraph of a clause is pasted, in the order of a consultation."""
KINDS: Final[Mapping[Kind, str]] = {"social": "social", "environmental": "environnemental"}
USES: Final[Mapping[Use, str]] = {
    "condition": "condition d'exécution",
    "criterion": "critère d'attribution",
    "reservation": "réservation",
}


@dataclass(frozen=True)
class Part:
    """One paragraph of a clause that every trade shares. ``article``: that which founds the clause, for a contract; ``basis``: what the
    paragraph rests on, a text or a choice of ours."""

    kind: Kind
    use: Use
    stage: Stage
    title: str
    article: str
    basis: str
    text: str


@dataclass(frozen=True)
class Reservation:
    """What an article of reservation asks for: who may answer, their staff, what proves it, and what says so."""

    article: str
    whom: str
    staff: str
    proof: str
    basis: str


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
    return tuple(rows_of(Part, "clause_parts", {}))


@lru_cache(maxsize=1)
def reservations() -> Mapping[str, Reservation]:
    """What each article of reservation asks for, of contracts and of concessions."""
    return {row.article: row for row in rows_of(Reservation, "reservations", {})}


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

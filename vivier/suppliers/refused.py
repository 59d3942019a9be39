"""What suppliers declare not to do: a trade that is refused is refused with its narrower ones, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vivier.model import Fact, NotOffered
from vivier.search.operators import Operator, Terms, conjunction
from vivier.trades.table import Trades


def refusing(trades: Sequence[str]) -> Operator:
    """Matches suppliers that declare not to do any of these trades, which are alternatives: one of which they say nothing keeps them."""
    return conjunction(*(Terms("not_offered", (code,)) for code in trades))


def refused_of(facts: Iterable[Fact[NotOffered]], trades: Trades) -> frozenset[str]:
    """Codes of the trades that facts refuse."""
    return refused_trades((fact.value.trade for fact in facts), trades)


def refused_trades(declared: Iterable[str | None], trades: Trades) -> frozenset[str]:
    """Codes of the trades refused by those that are declared: each with its narrower ones. One that the table no longer has is left out."""
    known = [code for code in declared if code is not None and code in trades]
    return frozenset(known).union(*({narrower.code for narrower in trades.descendants(code)} for code in known))

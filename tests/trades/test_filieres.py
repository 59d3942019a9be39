"""The supply chains of the plan national are choices of trades of the table."""

from __future__ import annotations

import pytest

from vivier.trades.filieres import FILIERE_NAMES, trades_of_filiere
from vivier.trades.table import load_trades

trades = load_trades()


@pytest.mark.parametrize("code", FILIERE_NAMES)
def test_a_filiere_has_the_trades_of_the_table_that_name_it_in_their_order(code: str) -> None:
    of_the_table = ("alimentation", "restauration-collective") if code == "alimentation-restauration" else (code,)
    named = [trade.code for trade in trades if set(trade.filiere) & set(of_the_table)]
    assert list(trades_of_filiere(code, trades)) == named and 0 < len(named) < len([*trades])


def test_an_unknown_filiere_has_no_answer() -> None:
    with pytest.raises(KeyError):
        trades_of_filiere("alimentation", trades)

"""The body of a group of contracts: its counts, its shares to four decimals, its amounts to the cent."""

from __future__ import annotations

from vivier.contracts.figures import row_body
from vivier.contracts.indicators import Dimension, IndicatorRow
from vivier.contracts.shares import Share


def test_a_row_of_indicators() -> None:
    social = Dimension(Share(2, 4, 3), 1.2345, 23.4567, 345.6789, 7)
    body = row_body(IndicatorRow("35", "Ille-et-Vilaine", social, Dimension(Share(0, 0, 9), 0, 0, 0, 0), 1, 2, 3, 4))
    assert (body["value"], body["label"]) == ("35", "Ille-et-Vilaine")
    assert (body["reserved"], body["criterion"], body["clause"], body["inclusive_undeclared"]) == (1, 2, 3, 4)
    amounts = body["social"]["amounts"]
    assert (amounts["yes"], amounts["recorded"], amounts["all"]) == (1.23, 23.46, 345.68)
    assert amounts["contracts_with_amount"] == 7
    assert amounts["note_fr"].startswith("montants HT sur toute la durée")
    found = body["social"]
    assert (found["share_recorded"], found["share_all"], found["coverage"]) == (0.3333, 0.2222, 0.6667)
    assert found["share_ceiling"] == 0.5556
    empty = body["environmental"]
    assert (empty["share_recorded"], empty["share_all"], empty["coverage"]) == (None, 0.0, 0.0)

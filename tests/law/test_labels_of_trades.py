"""Which labels a contract may ask for, trade by trade."""

from __future__ import annotations

from vivier.law.labels import LABELS, environmental, fitting


def test_labels_of_the_environment_are_those_that_fit_without_those_of_origin_or_fairness() -> None:
    trades = {trade for label in LABELS.values() for trade in label.trades}
    for trade in sorted(trades):
        fit = fitting((trade,))
        assert environmental((trade,)) == tuple(each.code for each in fit if each.family == "environnemental")
        assert all(each.asks != "nothing" for each in fit)
    assert set(environmental(trades)) < {each.code for each in fitting(trades)}

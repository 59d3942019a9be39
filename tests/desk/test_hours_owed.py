"""Hours that a contract owes: declared, estimated, or unknown, which is no zero."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from vivier.desk.facts.owed import owed_by
from vivier.desk.method.hours_left import Owed
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView


def contract(**values: Any) -> ContractView:
    usual = {"notified": "2026-01-01", "ends": "2026-12-31", "amount": 600_000.0, "cpv": "77310000", "evidence": []}
    return cast(ContractView, usual | values)


def test_hours_that_a_notice_states_are_declared(lexicon: Lexicon) -> None:
    words = [{"provision": "clause", "excerpt": "un minimum de 1 200 heures d'insertion"}]
    assert owed_by(contract(evidence=words), lexicon) == Owed(
        date(2026, 1, 1), date(2026, 12, 31), 1200, 1200, "declared"
    )


def test_hours_of_an_amount_are_estimated_and_a_framework_may_owe_none(lexicon: Lexicon) -> None:
    firm, framework = owed_by(contract(), lexicon), owed_by(contract(framework="accord"), lexicon)
    assert firm is not None and framework is not None
    assert firm.basis == "estimated" and 0 < firm.low < firm.high
    assert (framework.low, framework.high) == (0, firm.high)


@pytest.mark.parametrize("missing", ["amount", "ends", "cpv"])
def test_a_contract_without_a_figure_owes_unknown_hours(missing: str, lexicon: Lexicon) -> None:
    assert owed_by(contract(**{missing: None}), lexicon) is None

"""The state of a label at any date."""

from __future__ import annotations

from datetime import date

import pytest

from vivier.model import Label
from vivier.suppliers.reasons import whole_unit
from vivier.validity import holds_on, periods, state_on

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("held", "state"),
    [
        ({"valid_from": "2025-01-01", "valid_until": "2026-11-24"}, "valid"),
        ({"valid_until": "2026-11-23"}, "expired"),
        ({"valid_from": "2026-11-25", "valid_until": "2027-11-24"}, "future"),
        ({"valid_from": "2020-01-01"}, "unknown"),
        ({}, "unknown"),
        ({"proved_until": "2026-11-23"}, "to_check"),
        ({"proved_until": "2026-11-24"}, "unknown"),
        ({"valid_until": "2030-01-01", "suspended": True}, "suspended"),
        ({"valid_until": "2020-01-01", "suspended": True}, "suspended"),
    ],
)
def test_a_label_has_one_state_at_a_date(held: dict[str, object], state: str) -> None:
    assert state_on(held, DAY) == state
    assert holds_on(held, DAY) == (state not in ("expired", "future", "suspended"))


def test_a_label_of_the_legal_unit_says_so() -> None:
    assert whole_unit({"scope": "legal_unit"}) == " (pour l'entreprise entière)"
    assert whole_unit({"scope": "site"}) == whole_unit({}) == ""


def test_a_label_without_end_written_9999_is_followed_by_no_other_day() -> None:
    endless = Label(code="RGE", valid_from=date(2020, 1, 1), valid_until=date.max)
    later = Label(code="RGE", valid_from=date(2025, 1, 1), valid_until=date(2027, 1, 1))
    assert [(one.start, one.end) for one in periods([later, endless])] == [(date(2020, 1, 1), date.max)]

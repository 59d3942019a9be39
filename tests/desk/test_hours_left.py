"""What a clause still owes, and when to call who owes it."""

from __future__ import annotations

from datetime import date

import pytest

from vivier.desk.method.hours_left import Owed, calls_of, hours_left

YEAR = Owed(date(2026, 1, 1), date(2026, 12, 31), 600, 1_200, "estimated")


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2025, 11, 1), (600, 1_200)),
        (date(2026, 1, 15), (600, 1_200)),
        (date(2026, 7, 31), (300, 600)),
        (date(2026, 12, 31), (50, 100)),
        (date(2027, 1, 1), (0, 0)),
    ],
)
def test_hours_left_are_those_of_the_months_left(day: date, left: tuple[float, float]) -> None:
    assert hours_left(YEAR, day) == pytest.approx(left)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (
            date(2025, 11, 1),
            "À appeler au démarrage en janvier 2026, à mi-parcours en juillet 2026 puis au plus tard en septembre 2026",
        ),
        (
            date(2026, 2, 1),
            "À appeler dès maintenant, à mi-parcours en juillet 2026 puis au plus tard en septembre 2026",
        ),
        (date(2026, 8, 1), "À appeler dès maintenant puis au plus tard en septembre 2026"),
        (date(2026, 11, 1), "À appeler sans tarder : il reste moins de 3 mois"),
    ],
)
def test_a_holder_is_called_as_it_starts_at_the_middle_and_three_months_before_the_end(day: date, text: str) -> None:
    calls = calls_of(date(2026, 1, 1), date(2026, 12, 31))
    assert calls is not None and calls.text(day) == text


def test_a_short_contract_has_no_call_before_its_middle_and_an_unknown_end_none() -> None:
    calls = calls_of(date(2026, 1, 1), date(2026, 2, 28))
    assert calls is not None and calls.starts <= calls.middle <= calls.last
    assert calls_of(date(2026, 1, 1), None) is None and calls_of(date(2026, 2, 1), date(2026, 1, 1)) is None

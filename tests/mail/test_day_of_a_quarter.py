"""The letter of a quarter leaves on the day of its subscription, once a quarter, and never in that in which it began."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from vivier.contracts.leads_query import LeadsQuery
from vivier.mail.quarter import quarter_key
from vivier.mail.subscriptions import Followed

BEGAN = date(2026, 3, 31)
FOLLOWED = Followed("00000a12", "a@b.example", "leads", "", "t", "s", "weekly", BEGAN, None, 0)
QUERY = LeadsQuery(supplier="atelier")


@pytest.mark.parametrize(
    ("today", "key"),
    [
        (date(2026, 3, 31), None),
        (date(2026, 4, 10), None),
        (date(2026, 4, 11), "missed/2026-04"),
        (date(2026, 6, 30), "missed/2026-04"),
        (date(2026, 7, 10), None),
        (date(2026, 7, 11), "missed/2026-07"),
        (date(2026, 12, 31), "missed/2026-10"),
        (date(2027, 1, 11), "missed/2027-01"),
    ],
)
def test_a_letter_is_due_from_its_own_day_to_the_end_of_the_quarter(today: date, key: str | None) -> None:
    assert quarter_key(FOLLOWED, QUERY, today) == key


def test_days_of_letters_are_spread_over_four_weeks() -> None:
    first = date(2026, 7, 1)
    for number in (0, 1, 27, 28, 29, 0xFFFFFF):
        followed = replace(FOLLOWED, id=f"{number:06x}zz")
        own = first + timedelta(days=number % 28)
        due = [quarter_key(followed, QUERY, own + timedelta(days=days)) for days in (-1, 0)]
        assert due == [
            None if own > first else quarter_key(followed, QUERY, first - timedelta(days=1)),
            "missed/2026-07",
        ]


def test_no_letter_is_due_without_a_structure_a_beginning_or_leads() -> None:
    day = date(2026, 6, 30)
    assert quarter_key(replace(FOLLOWED, of="contracts"), QUERY, day) is None
    assert quarter_key(FOLLOWED, LeadsQuery(trade=("peinture-batiment",)), day) is None
    assert quarter_key(replace(FOLLOWED, began_on=None), QUERY, day) is None
    assert quarter_key(replace(FOLLOWED, began_on=date(2026, 4, 1)), QUERY, day) is None

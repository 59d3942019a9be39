"""Sizes, ages and digests at their bounds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from vivier.belief.holds import size_of
from vivier.belief.learnt import NOTHING_RECEIVED, Lesson, Received
from vivier.identity import digest_of
from vivier.runs.freshness import OLD_DAYS, age_of, badge_of, is_stale

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("people", "code"), [(None, ""), (-1, "0"), (0, "0"), (0.5, "0"), (9.9, "0"), (10, "10"), (49, "10"), (50, "50")]
)
def test_a_size_is_from_its_first_number_on(people: float | None, code: str) -> None:
    assert size_of(people) == code


def test_what_was_received_has_sixteen_digits_that_change_with_it() -> None:
    lesson = Lesson("123456789", ("EI",), "35", ("menage",), 1.0, 0.0, None, False)
    every = {NOTHING_RECEIVED.digest, Received((lesson,)).digest, digest_of(b""), digest_of(b"a")}
    assert len(every) == 4 and {len(digest) for digest in every} == {16}


def test_data_are_old_after_two_years_and_late_after_their_cadence() -> None:
    before = (DAY - timedelta(days=OLD_DAYS)).isoformat()
    older = (DAY - timedelta(days=OLD_DAYS + 1)).isoformat()
    assert badge_of(before, DAY) is None and badge_of(older, DAY) == "liste de 2024" and badge_of(None, DAY) is None
    assert (is_stale(7, None, 7), is_stale(8, None, 7)) == (False, True)
    assert (is_stale(OLD_DAYS, before, None), is_stale(OLD_DAYS + 1, older, None)) == (None, True)
    assert is_stale(9_999, None, None) is None
    assert age_of("2026-11-20", "2026-11-01", DAY) == 4 and age_of(None, "2026-11-01T09:00", DAY) == 23
    assert age_of("2027-01-01", "2026-11-01", DAY) == 0

"""Sizes, ages and digests at their bounds."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from vivier.belief.comes import FARTHEST, comes, nationwide
from vivier.belief.holds import size_of
from vivier.belief.learnt import NOTHING_RECEIVED, Lesson, Received
from vivier.belief.steps import LEAST, MOST, STEPS, STORED, bounded, codes, degree, expit, logit, shown, step_of, stored
from vivier.clausier.staff import staff_notes, staff_transfers
from vivier.identity import digest_of
from vivier.law.parameters import value
from vivier.runs.freshness import OLD_DAYS, age_of, badge_of, cadence_text, dated_text, is_stale

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


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "très probable"),
        (0.7, "très probable"),
        (0.69, "probable"),
        (0.45, "probable"),
        (0.2, "possible"),
        (0.19, "peu probable"),
        (0.05, "peu probable"),
        (0.049, "improbable"),
        (0.0, "improbable"),
    ],
)
def test_a_probability_has_its_degree(probability: float, words: str) -> None:
    assert degree(probability) == words


def test_a_step_is_the_nearest_by_log_odds_and_never_a_certainty() -> None:
    assert [step_of(step) for step in STEPS] == list(range(len(STEPS)))
    assert (shown(0.0), shown(1.0), bounded(-1), bounded(2), bounded(0.5)) == (LEAST, MOST, LEAST, MOST, 0.5)
    for one, other in pairwise(STEPS):
        middle = (logit(one) + logit(other)) / 2
        assert (shown(expit(middle - 1e-6)), shown(expit(middle + 1e-6))) == (one, other)
    assert list(stored([("a", STORED), ("b", STORED * 0.99)])) == [f"a:{step_of(STORED)}"]
    found = list(codes("a"))
    assert found[0] == (f"a:{len(STEPS) - 1}", MOST) and found[-1] == (f"a:{step_of(STORED)}", STEPS[step_of(STORED)])
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)


def test_whoever_serves_the_whole_country_comes_less_from_afar() -> None:
    near, half = value("zone_near_km"), value("zone_half_km")
    assert [nationwide(km) for km in (0, near, near + half, near + 2 * half)] == [1, 1, 0.5, 0.25]
    assert comes((), None) is None and comes((), 1e6) == FARTHEST and 0.9 < (comes((), 0.0) or 0) <= 1


def test_staff_taken_over_is_asked_of_the_trades_where_it_is_usual() -> None:
    (note,) = staff_notes(["nettoyage-locaux"], None)
    assert "Personnel repris inconnu" in note and "70" in note and "30" in note
    assert staff_notes(["nettoyage-locaux"], 0.0) == () and staff_notes(["blanchisserie"], None) == ()
    for code, rule in staff_transfers().items():
        assert (", à confirmer" in staff_notes([code], None)[0]) is (rule.status != "seen")


def test_the_age_of_data_is_told_with_its_cadence() -> None:
    assert cadence_text(None) == "cadence non publiée" and cadence_text(1) == "attendue chaque jour"
    assert "7" in cadence_text(7) and cadence_text(7).startswith("attendue tous les")
    assert dated_text(None, "2026-11-01", 3) == "lues le 01/11/2026, date des données inconnue"
    assert dated_text("2026-11-01", "2026-11-02", 3).startswith("données du 01/11/2026 (")
    assert dated_text("2026-11-01", "2026-11-02", 3, day_given=True).startswith("liste du 01/11/2026, jour donné")

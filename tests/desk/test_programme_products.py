"""The shares of re-used and recycled goods that a programme owes: asked of few lines, missing said, unread unknown."""

from __future__ import annotations

import pytest

from vivier.desk.programme.products import OwedLine, shared_out
from vivier.desk.tell.decision import family_body
from vivier.law.products import PRODUCT_DUTIES

TEXTILE, IT = PRODUCT_DUTIES["agec_textile"], PRODUCT_DUTIES["agec_it"]


def line(number: int, annual: float | None, *, reused: bool = False, recycled: bool = False) -> OwedLine:
    return OwedLine(number, annual, reused, recycled)


def test_the_share_that_no_line_may_be_asked_is_missing_and_said() -> None:
    made = shared_out(TEXTILE, [line(1, 60_000), line(2, 40_000)], (0.08, 0.2))
    assert not TEXTILE.reuse_first
    assert made.owed == pytest.approx((8_000, 20_000)) and made.missing == pytest.approx((8_000, 0))
    text = " ".join(family_body(made)["text"]).replace("\xa0", " ").replace("\u202f", " ")
    assert "Il manque 8 000 € HT par an en réemploi" in text and "recyclées à demander" in text


def test_a_line_whose_object_asks_for_re_use_counts_first_and_few_lines_are_asked() -> None:
    lines = [line(1, 20_000, reused=True), line(2, 50_000), line(3, 30_000)]
    made = shared_out(IT, lines, (0.2, 0.2))
    assert made.missing == (0, 0) and sum(ask.reused for ask in made.to_ask) == pytest.approx(20_000)
    assert len(made.to_ask) <= 2 and all(ask.reused + ask.recycled <= 50_000 for ask in made.to_ask)


def test_a_euro_counts_for_one_share() -> None:
    made = shared_out(IT, [line(1, 10_000)], (0.7, 0.6))
    assert sum(made.missing) == pytest.approx(3_000)


def test_a_share_nobody_read_and_an_amount_nobody_gave_are_unknown() -> None:
    unread = family_body(shared_out(IT, [line(1, 10_000)], None))
    assert unread["owed"] is None and unread["missing"] is None and "n'a pas été lue" in unread["text"][0]
    unknown = family_body(shared_out(TEXTILE, [line(4, None)], (0.08, 0.2)))
    assert unknown["owed"] is None and unknown["unknown_lines"] == [4] and "sans montant" in unknown["text"][-1]


@pytest.mark.parametrize(("reused", "recycled"), [(True, False), (False, True), (True, True)])
def test_a_line_that_asks_already_is_asked_before_larger_ones(reused: bool, recycled: bool) -> None:
    lines = [line(1, 90_000), line(2, 30_000, reused=reused, recycled=recycled), line(3, 80_000)]
    made = shared_out(TEXTILE, lines, (0.0, 0.1))
    assert [ask.line for ask in made.to_ask] == [2] and made.to_ask[0].recycled >= 20_000 and made.missing == (0, 0)

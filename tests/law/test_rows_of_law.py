"""A row of a table of the law is words, phrases, a text or a day; what we did not read ourselves is not certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from vivier.law.articles import ARTICLES
from vivier.law.rows import day, or_none, phrases, words
from vivier.law.social import listed, social, social_services


def test_a_cell_is_words_phrases_a_text_or_a_day() -> None:
    assert words(" a  b ") == ("a", "b") and words("") == ()
    assert phrases("a b|c||") == ("a b", "c") and phrases("") == ()
    assert (or_none(""), or_none("a"), day("")) == (None, "a", None) and day("2026-11-24") == date(2026, 11, 24)


def test_an_article_is_certain_when_we_read_it_and_in_force_on_its_days() -> None:
    article = next(iter(ARTICLES.values()))
    made = {status: replace(article, status=status).certain for status in ("seen", "second-hand", "unverified")}
    assert made == {"seen": True, "second-hand": False, "unverified": False}
    bounded = replace(article, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [bounded.holds_on(at) for at in days] == [False, True, True, False]
    assert replace(bounded, valid_to=None).holds_on(days[-1])


@pytest.mark.parametrize(
    ("cpv", "reserved", "is_social"),
    [
        ("85311000", "yes", True),
        ("85311", "yes", True),
        ("55510000", "no", True),
        ("55000000", "no", False),
        ("98000000", "no", True),
        ("75200000", "no", True),
        ("98310000", "no", False),
    ],
)
def test_a_cpv_is_a_social_service_and_may_be_reserved_to_the_ess(cpv: str, reserved: str, is_social: bool) -> None:
    assert (listed(cpv), social(cpv)) == (reserved, is_social)


def test_a_purchase_is_of_social_services_by_its_codes_else_by_its_trades() -> None:
    assert social_services((), ("85311000", "55510000")) and not social_services((), ("85311000", "98310000"))
    assert not social_services((), ()) and not social_services(("entretien-espaces-verts",), ())

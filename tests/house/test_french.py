"""French numbers have one place: no line breaks inside a figure, and a share reads the same whoever writes it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

import pytest
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st

from search_api.contracts.pages.buyers import percent as of_buyers
from search_api.pages.render import environment
from tests.house.walk import modules
from vivier import french
from vivier.cli.contracts.terminal_reverse import _share
from vivier.contracts.shares import Share
from vivier.runs.quality import Figure
from vivier.suppliers.result import Capacity

FINITE: Final = st.floats(allow_nan=False, allow_infinity=False)
SHARES: Final = st.floats(0, 1)
WRITTEN_BY_HAND: Final = {
    "thousands": re.compile(r"\{[^{}\"]*:,(\.\d+f)?\}"),
    "a percent": re.compile(r"\{[^{}\"]*:\.\d+%\}|\* 100:[.g]"),
    "a decimal comma": re.compile(r"""replace\("\.", ","\)"""),
    "a day": re.compile(r"\{[^{}\"]*:%d/%m/%Y|strftime\(\"%d/%m"),
}


@pytest.mark.slow
@given(FINITE)
def test_no_line_breaks_inside_a_figure(value: float) -> None:
    figures = (french.number(value), french.euros(value), french.kilometres(value), french.typed(value))
    assert not any(" " in figure for figure in figures)


@pytest.mark.slow
@given(SHARES)
def test_no_line_breaks_inside_a_share(share: float) -> None:
    assert " " not in french.percent(share).removeprefix("moins de ")


@given(SHARES)
def test_a_share_has_one_decimal_at_most_and_no_useless_zero(share: float) -> None:
    assert re.fullmatch(r"(moins de )?(100|\d{1,2}(,[1-9])?)\xa0%", french.percent(share))


@given(SHARES.filter(bool))
def test_a_share_that_is_not_zero_never_reads_zero(share: float) -> None:
    assert french.percent(share) != french.percent(0)


@pytest.mark.slow
@given(st.integers(5, 1000), st.integers(5, 1000))
def test_a_share_reads_the_same_whoever_writes_it(yes: int, no: int) -> None:
    share = yes / (yes + no)
    text = french.percent(share)
    assert Figure("", yes, yes + no).share == of_buyers(share) == text
    assert environment().from_string("{{ share|percent }}").render(share=share) == text
    assert text in Capacity("fits", share, 1.0, share).text
    assert text in _share(Share(yes, no, 0))


@pytest.mark.slow
@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_is_rounded_half_up_on_its_decimal_text(written: Decimal) -> None:
    expected = written.quantize(Decimal("0.1"), context=Context(rounding=ROUND_HALF_UP))
    read = french.number(float(written)).replace(french.THIN, "").replace(",", ".")
    assert Decimal(read) == expected


@pytest.mark.slow
@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3))
def test_a_number_is_written_as_cldr_does(written: Decimal, decimals: int) -> None:
    unit = Decimal(1).scaleb(-decimals)
    rounded = written.quantize(unit, context=Context(rounding=ROUND_HALF_UP)) + 0
    pattern = f"#,##0.{'#' * decimals}"
    assert french.number(float(written), decimals) == format_decimal(rounded, pattern, locale="fr")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0,3"),
        (28.45, "28,5"),
        (-0.04, "0"),
        (12.0, "12"),
        (1234567.8, "1\u202f234\u202f567,8"),
        ("1200", "1\u202f200"),
    ],
)
def test_a_number_as_a_reader_expects_it(value: float | str, text: str) -> None:
    assert french.number(value) == text


@pytest.mark.parametrize("text", ["abc", "nan", "inf", "1e999", ""])
def test_text_that_is_no_number_stays_as_it_is(text: str) -> None:
    assert french.number(text) == french.typed(text) == text


@given(FINITE)
def test_what_one_types_is_read_back_as_the_same_number(value: float) -> None:
    assert float(french.typed(value).replace(",", ".")) == float(f"{value:.12g}")


@pytest.mark.parametrize(
    ("amount", "text"), [(120000, "120\u202f000\xa0€"), (0.5, "1\xa0€"), (0.4, "0,4\xa0€"), (0, "0\xa0€")]
)
def test_an_amount_is_written_to_the_euro_and_never_read_zero_when_it_is_not(amount: float, text: str) -> None:
    assert french.euros(amount) == text
    assert french.euros_ht(amount) == f"{text} HT"


def test_a_day_is_the_same_text_from_a_date_a_moment_or_iso_text() -> None:
    days = (date(2026, 11, 4), datetime(2026, 11, 4, 23, tzinfo=UTC), "2026-11-04", "2026-11-04T23:00:00+00:00")
    assert {french.day(day) for day in days} == {"04/11/2026"}


def test_the_separators_are_those_of_babel() -> None:
    assert french.percent(0.31) == format_percent(0.31, locale="fr")
    assert french.euros(1234) == format_currency(1234, "EUR", "#,##0\xa0¤", locale="fr", currency_digits=False)
    assert french.kilometres(12.4) == format_unit(12.4, "kilometer", "short", locale="fr")


@pytest.mark.slow
@pytest.mark.parametrize("what", WRITTEN_BY_HAND)
def test_nothing_else_formats_french_numbers_by_hand(what: str) -> None:
    lines = (
        f"{name}:{number} {line.strip()}"
        for name, path in modules().items()
        for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1)
        if WRITTEN_BY_HAND[what].search(line)
    )
    assert not list(lines)

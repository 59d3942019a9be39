"""The tables of the law: each row has a status and a source, and what the code names is what the tables hold."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import get_args

import pytest

from mappings import read_table
from vivier.law.articles import (
    ARTICLE_NAMES,
    ARTICLE_OF_FAMILY,
    ARTICLES,
    RESERVING,
    STATUS_WORDS,
    WORDINGS,
    article_on,
    contract_article,
)
from vivier.law.kinds import CLAUSE_ARTICLE, FAMILY_OF_KIND, KINDS, Eligibility, Family, Lends, kinds_answering
from vivier.law.labels import Asks, LabelFamily
from vivier.law.parameters import value

TABLES = ("articles", "kinds", "labels", "eligibility")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_status_a_source_and_days_in_order(table: str) -> None:
    for row in read_table(table):
        assert row["status"] in STATUS_WORDS, row
        assert row.get("source") or row.get("url"), row
        bounds = [date.fromisoformat(row[name]) for name in ("valid_from", "valid_to") if row[name]]
        assert bounds == sorted(bounds), row


def test_the_articles_named_in_code_are_the_rows_that_reserve() -> None:
    assert tuple(code for code, one in ARTICLES.items() if one.families) == RESERVING
    assert {code for code in RESERVING if ARTICLES[code].scope == "marche"} == set(ARTICLE_NAMES)


def test_one_wording_of_an_article_follows_another_without_a_gap_nor_an_overlap() -> None:
    for every in WORDINGS.values():
        ends = [wording.valid_to for wording in every]
        assert None not in ends[:-1]
        assert [end + timedelta(days=1) for end in ends[:-1] if end] == [wording.valid_from for wording in every[1:]]


def test_the_wording_of_a_day_is_the_one_in_force() -> None:
    before, after = article_on("L2112-2", date(2026, 8, 21)), article_on("L2112-2", date(2026, 8, 22))
    assert "peuvent prendre en compte l'environnement" in before.rule
    assert "prennent en compte l'environnement" in after.rule and after is ARTICLES["L2112-2"]
    assert not article_on("L2112-2-1", date(2026, 8, 21)).holds_on(date(2026, 8, 21))


def test_an_article_leads_to_itself_and_never_to_a_search() -> None:
    for wording in (one for every in WORDINGS.values() for one in every):
        assert wording.source
        assert wording.url is None or wording.url.startswith("https://www.legifrance.gouv.fr/codes/"), wording.code
        assert not any("/search" in (address or "") for address in (wording.url, wording.source_url)), wording.code
    assert (ARTICLES["L2113-13-1"].url or "").endswith("LEGIARTI000046449697")


def test_a_title_says_the_use_of_the_conditions_of_performance() -> None:
    article = ARTICLES["L2112-2"]
    assert article.used_as("social").title == "Conditions d'exécution sociales"
    assert article.used_as("environmental").title == "Conditions d'exécution environnementales"


@pytest.mark.parametrize(
    ("code", "day", "amount"),
    [
        ("direct_supplies", date(2026, 3, 31), 40_000),
        ("direct_supplies", date(2026, 4, 1), 60_000),
        ("direct_works", date(2025, 12, 31), 100_000),
        ("direct_works", date(2020, 12, 8), 40_000),
        ("spaser_amount", date(2022, 12, 31), 100_000_000),
        ("spaser_amount", date(2026, 11, 24), 50_000_000),
    ],
)
def test_a_threshold_is_the_one_of_the_day(code: str, day: date, amount: float) -> None:
    assert value(code, day) == amount


def test_a_parameter_has_one_value_a_day() -> None:
    days = Counter((row["code"], row["since"]) for row in read_table("parameters"))
    assert [day for day, rows in days.items() if rows > 1] == []


def test_an_article_of_concessions_takes_over_the_kinds_of_one_of_contracts() -> None:
    for code in RESERVING:
        assert contract_article(code) in ARTICLE_NAMES
        assert ARTICLES[code].families == ARTICLES[contract_article(code)].families


def test_eligibility_speaks_of_known_kinds_and_articles_once() -> None:
    rows = [(row["kind"], row["article"]) for row in read_table("eligibility")]
    assert len(rows) == len(set(rows))
    assert {kind for kind, _ in rows} <= set(KINDS)
    assert {article for _, article in rows} <= {*ARTICLE_NAMES, CLAUSE_ARTICLE}


def test_families_are_derived_from_eligibility() -> None:
    assert set(ARTICLE_OF_FAMILY) == {"EA_ESAT", "SIAE", "PRISON", "ESS"}
    for family, article in ARTICLE_OF_FAMILY.items():
        assert {kind for kind, own in FAMILY_OF_KIND.items() if own == family} == set(kinds_answering(article))


def test_the_union_is_answered_by_those_of_both_articles() -> None:
    assert set(kinds_answering("L2113-14")) == {*kinds_answering("L2113-12"), *kinds_answering("L2113-13")}


@pytest.mark.parametrize("table", ["kinds", "labels"])
def test_a_code_has_one_row_and_a_label_or_kind_a_name(table: str) -> None:
    """A second row would take the place of the first without a word."""
    rows = list(read_table(table))
    assert [code for code, count in Counter(row["code"] for row in rows).items() if count > 1] == []
    assert [row["code"] for row in rows if not row.get("name", row.get("title"))] == []


@pytest.mark.parametrize(
    ("table", "column", "allowed"),
    [
        ("labels", "family", get_args(LabelFamily)),
        ("labels", "open_source", ("yes", "no")),
        ("kinds", "family", get_args(Family)),
        ("kinds", "lends", get_args(Lends)),
        ("eligibility", "eligibility", get_args(Eligibility)),
    ],
)
def test_a_column_with_a_closed_list_holds_nothing_else(table: str, column: str, allowed: tuple[str, ...]) -> None:
    assert {row[column] for row in read_table(table)} - set(allowed) == set(), f"write one of {allowed}"


@pytest.mark.parametrize("column", ["scope", "asks", "trades"])
def test_each_word_of_a_cell_of_a_label_is_a_known_code(column: str) -> None:
    """A code with a comma after it would be lost without a word."""
    known = {
        "scope": {"product", "service", "site", "organisation"},
        "asks": set(get_args(Asks)),
        "trades": {row["code"] for table in ("trades", "trade_groups") for row in read_table(table)},
    }[column]
    wrong = {row["code"]: found for row in read_table("labels") if (found := {*row[column].split()} - known)}
    assert wrong == {}, f"in « {column} » of labels.csv, write known codes separated by spaces"

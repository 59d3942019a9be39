"""The tables of the law: each row has a status and a source, and what the code names is what the tables hold."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import get_args

import pytest

from mappings import read_table
from vivier.law.articles import ARTICLE_NAMES, ARTICLE_OF_FAMILY, ARTICLES, RESERVING, STATUS_WORDS, contract_article
from vivier.law.kinds import CLAUSE_ARTICLE, FAMILY_OF_KIND, KINDS, Eligibility, Family, Lends, kinds_answering
from vivier.law.labels import LabelFamily

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


@pytest.mark.parametrize("table", ["articles", "kinds", "labels"])
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

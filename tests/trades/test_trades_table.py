"""The authored trade table keeps the promises of its columns and reaches the public nomenclatures."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter

import pytest

from mappings import read_table
from tests.shared_data import shared_data
from vivier.trades.cpv import load_cpv
from vivier.trades.table import Trade, fold, load_out_of_scope, load_trades, parse_trade, rge_key

YARDSTICK_SECTORS = 154
RGE_WITHOUT_TRADE = {"Inconnu", "Non renseigné"}


def each(trades: list[Trade], column: str) -> list[str]:
    return [value for trade in trades for value in getattr(trade, column)]


TRADES = list(load_trades())


def test_codes_are_unique_kebab_case_and_groups_are_declared() -> None:
    rows = [row["code"] for row in read_table("trades")]
    assert len(rows) == len(set(rows)) == len(TRADES)
    assert [code for code in rows if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []
    groups = {row["code"] for row in read_table("trade_groups")}
    assert {trade.group for trade in TRADES} == groups


def test_names_are_unique() -> None:
    assert [name for name, times in Counter(trade.name for trade in TRADES).items() if times > 1] == []


def test_parents_exist_in_the_same_group_and_have_no_parent_themselves() -> None:
    by_code = {trade.code: trade for trade in TRADES}
    for trade in TRADES:
        if trade.parent is not None:
            assert by_code[trade.parent].parent is None, trade.code
            assert by_code[trade.parent].group == trade.group, trade.code


def test_every_trade_has_a_nature_and_enough_words() -> None:
    assert [trade.code for trade in TRADES if not trade.nature] == []
    assert [(trade.code, len(trade.words)) for trade in TRADES if len(trade.words) < 8] == []


def test_no_word_is_written_twice_in_a_trade_nor_means_two_trades() -> None:
    owners = Counter(fold(word) for word in each(TRADES, "words"))
    assert [word for word, times in owners.items() if times > 1] == []


def test_an_exclusion_of_a_trade_is_not_one_of_its_words() -> None:
    for trade in TRADES:
        assert {fold(word) for word in trade.words}.isdisjoint(fold(word) for word in trade.exclusions), trade.code


def test_no_cell_carries_odd_spaces_or_control_characters() -> None:
    cells = [cell for trade in TRADES for cell in (trade.name, *trade.words, *trade.exclusions)]
    assert [cell for cell in cells if cell != cell.strip() or "  " in cell or not cell.isprintable()] == []


def test_rome_codes_are_well_formed() -> None:
    assert [code for code in each(TRADES, "rome") if not re.fullmatch(r"[A-N][1-6]\d{3}", code)] == []


def test_every_cpv_prefix_exists_in_the_nomenclature_and_is_written_once_a_trade() -> None:
    cpv = load_cpv()
    assert [(trade.code, prefix.digits) for trade in TRADES for prefix in trade.cpv if prefix.code not in cpv] == []
    for trade in TRADES:
        assert len({prefix.digits for prefix in trade.cpv}) == len(trade.cpv), trade.code


def test_every_trade_has_a_cpv() -> None:
    assert [trade.code for trade in TRADES if not trade.cpv] == []


def test_each_of_the_45_divisions_is_mapped_or_out_of_scope_with_a_reason() -> None:
    scope = {row["division"]: row for row in read_table("cpv_scope")}
    assert tuple(scope) == tuple(load_cpv().divisions)
    assert len(scope) == 45
    mapped = {prefix.digits[:2] for trade in TRADES for prefix in trade.cpv}
    assert {division for division, row in scope.items() if row["status"] == "mapped"} == mapped
    assert [division for division, row in scope.items() if row["status"] == "out" and not row["reason"]] == []
    assert {row["status"] for row in scope.values()} == {"mapped", "out"}


def test_the_154_sectors_of_the_yardstick_are_reached() -> None:
    assert len(set(each(TRADES, "marche_slugs"))) == YARDSTICK_SECTORS


def test_the_sectors_are_those_of_the_shared_yardstick() -> None:
    path = shared_data("nomenclatures", "secteurs_marche_inclusion.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        slugs = {row["sector_slug"] for row in csv.DictReader(stream)}
    assert slugs == set(each(TRADES, "marche_slugs"))


def test_the_20_other_sectors_are_reached() -> None:
    others = {slug for slug in each(TRADES, "marche_slugs") if re.fullmatch(r"autre(-.*)?", slug)}
    assert len(others) == 20
    assert all(load_trades().by_marche_slug(slug) for slug in others)


def test_every_shared_rge_domain_but_the_unknown_ones_leads_to_a_trade() -> None:
    domains = {name for name in json.loads(shared_data("suppliers", "labels", "rge_domaines.json").read_text()) if name}
    trades = load_trades()
    assert {name for name in domains if not trades.by_rge(name)} == RGE_WITHOUT_TRADE
    assert set(each(TRADES, "rge")) == domains - RGE_WITHOUT_TRADE


def test_no_rge_domain_leads_to_two_trades() -> None:
    owners = {(rge_key(domain), trade.code) for trade in TRADES for domain in trade.rge}
    assert [key for key, times in Counter(key for key, _ in owners).items() if times > 1] == []


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("cpv", "7730", "significant"),
        ("cpv", "773:0", "weight"),
        ("nature", "services", "nature"),
        ("filiere", "x", "filiere"),
        ("open_posts", "maybe", "open_posts"),
        ("trained_posts", "", "trained_posts"),
    ],
)
def test_a_malformed_cell_is_refused_naming_the_trade_and_the_column(column: str, value: str, named: str) -> None:
    row = {**next(read_table("trades")), column: value}
    with pytest.raises(ValueError, match=named) as refused:
        parse_trade(row)
    assert row["code"] in str(refused.value)


def test_no_word_is_both_a_trade_and_out_of_scope() -> None:
    outside = [fold(word) for theme in load_out_of_scope() for word in theme.words]
    assert len(outside) == len(set(outside)) > 80
    assert set(outside).isdisjoint(fold(word) for word in each(TRADES, "words"))
    for theme in load_out_of_scope():
        assert {fold(word) for word in theme.words}.isdisjoint(fold(word) for word in theme.exclusions), theme.code


def test_a_trade_with_open_posts_is_not_told_by_its_trained_ones() -> None:
    assert [trade.code for trade in TRADES if trade.open_posts and trade.trained_posts] == []
    assert sum(trade.trained_posts for trade in TRADES) > 20

"""What an activity code lets suppose: a table of ours, read with its checks."""

from __future__ import annotations

import pytest

from mappings import read_table
from vivier.trades.naf import Supposed, load_supposed, parse_supposed, supposed
from vivier.trades.table import load_trades

ROW = {"naf": "81.21Z", "says": "trade", "code": "nettoyage-locaux"}
CODES = ("81.21Z", "38.11Z")


@pytest.mark.parametrize(
    ("naf", "trade"),
    [("8121Z", "nettoyage-locaux"), ("81.30z", "entretien-espaces-verts"), ("95.22Z", "reparation-electromenager")],
)
def test_a_sub_class_that_says_a_trade_lets_suppose_it(naf: str, trade: str) -> None:
    assert supposed(naf) == Supposed(trade=trade)


@pytest.mark.parametrize(("naf", "family"), [("3811Z", "dechets"), ("38.32Z", "recyclage"), ("47.79Z", "recyclage")])
def test_waste_and_second_hand_are_families_only(naf: str, family: str) -> None:
    assert supposed(naf) == Supposed(family=family)


@pytest.mark.parametrize("naf", ["88.10A", "88.10C", "8899B", "9499Z", "8411Z", "85.59A", "82.99Z", "7820Z", "7830Z"])
def test_a_mission_a_legal_form_or_a_mode_lets_suppose_nothing(naf: str) -> None:
    assert supposed(naf) is None


def test_the_table_says_a_trade_for_the_codes_that_do_and_why_for_each() -> None:
    rows = list(read_table("naf_trades"))
    assert len([row for row in rows if row["says"] == "trade"]) >= 120
    assert [row["naf"] for row in rows if not row["source"] or row["status"] not in ("measured", "unverified")] == []
    assert len(load_supposed()) == len([row for row in rows if row["says"] != "nothing"])


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"naf": "81.2"},
        ROW | {"code": "menage"},
        ROW | {"says": "family"},
        ROW | {"says": "nothing"},
        ROW | {"says": "peut-être"},
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_name(row: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"naf_trades\.csv, 81\.2"):
        parse_supposed([row], CODES, load_trades())


def test_a_code_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"81\.21Z"):
        parse_supposed([ROW, ROW], CODES, load_trades())


def test_a_code_that_says_nothing_is_in_no_answer_and_its_point_is_left_out() -> None:
    rows = [ROW, {"naf": "81.22Z", "says": "nothing", "code": ""}]
    codes = [*CODES, "81.22Z"]
    assert "8122Z" not in parse_supposed(rows, codes, load_trades())
    assert list(parse_supposed(rows, codes, load_trades())) == [ROW["naf"].replace(".", "")]

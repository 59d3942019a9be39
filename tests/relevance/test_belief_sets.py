"""The three sets judged before the belief exists are well formed; ``tests/relevance/SOURCES.md`` explains columns."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from mappings import read_table
from tests.shared_data import shared_data
from vivier.trades.table import load_trades

HERE = Path(__file__).parent
LISTS = {"siae_marche_2020.csv": ",", "siae_asp_2019_07.csv": ";", "geiq_2019_11.csv": ";"}
ESAT_LIST = "esat_liste_officielle_brut.csv"
LOTS_SALT, ORDER_SALT = 12, 10
"""Numbers that come before the key of a lot and of a case, chosen for even halves; a holder's half has none."""

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (HERE / f"belief_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def half(key: str) -> str:
    return ("dev", "held")[int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2]


def cases() -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows("order"):
        found[row["trade"], row["commune"]].append(row)
    return found


def codes(row: Row) -> list[str]:
    return row["trades"].split("|") if row["trades"] else []


def values(name: str, column: str) -> set[str]:
    return {row[column] for row in rows(name)}


@pytest.mark.parametrize("name", ["holders", "lots"])
def test_trades_exist_and_are_three_at_most(name: str) -> None:
    trades = load_trades()
    assert [code for row in rows(name) for code in codes(row) if code not in trades] == []
    assert max(len(codes(row)) for row in rows(name)) <= 3


def test_halves_follow_from_the_key_of_each_row() -> None:
    assert [row for row in rows("holders") if row["half"] != half(row["siren"])] == []
    assert [row for row in rows("lots") if row["half"] != half(f"{LOTS_SALT}|{row['file']}|{row['id']}")] == []
    assert [row for row in rows("order") if row["half"] != half(f"{ORDER_SALT}|{row['trade']}|{row['commune']}")] == []


@pytest.mark.slow
def test_places_exist() -> None:
    communes = {row["code_insee"]: row["departement"] for row in read_table("communes.csv.gz")}
    placed = [*rows("lots"), *rows("order")]
    assert [row for row in placed if communes.get(row["commune"]) != row["departement"]] == []
    assert [row for row in rows("order") if row["seat"] not in communes] == []


def test_a_holder_is_one_structure_and_what_is_not_known_is_blank() -> None:
    holders = rows("holders")
    assert len({(row["siren"], row["file"], row["id"]) for row in holders}) == len(holders)
    assert [row for row in holders if not row["siret"].startswith(row["siren"])] == []
    assert [row for row in holders if (row["joined"] == "no") == bool(row["lists"])] == []
    assert values("holders", "joined") == {"siren", "name", "no"}
    assert values("holders", "own_work") == values("holders", "reserved") - {"unknown"} | {"unsure"}
    assert values("holders", "name_tells") == {"yes", "no"}


def test_half_of_the_lots_are_reserved_over_ten_trades_and_an_advice_agrees_with_what_is_able() -> None:
    lots = rows("lots")
    assert Counter(row["reserved"] for row in lots) == {"yes": 24, "no": 24}
    assert Counter(row["half"] for row in lots) == {"dev": 24, "held": 24}
    assert len({code for row in lots for code in codes(row)}) >= 10
    assert [row for row in lots if (row["reserved"] == "yes") != bool(row["article"])] == []
    assert values("lots", "able") == {"yes", "no", "unsure"}
    assert values("lots", "lever") == {"reserve", "reserve_if", "clause", "criterion", "none"}
    assert [row for row in lots if row["lever"].startswith("reserve") and row["able"] == "no"] == []


def test_forty_cases_of_order_grade_twelve_structures_within_forty_km() -> None:
    found = cases()
    assert (len(found), Counter(case[0]["half"] for case in found.values())) == (40, {"dev": 20, "held": 20})
    assert [key for key, case in found.items() if len({row["siret"] for row in case}) != 12] == []
    assert [row for row in rows("order") if float(row["km"]) > 40 or row["grade"] not in "0123"] == []
    assert [key for key, case in found.items() if max(row["grade"] for row in case) < "2"] == []
    trades = load_trades()
    assert [trade for trade, _ in found if trade not in trades] == []
    assert len({trade for trade, _ in found}) >= 12
    assert len(values("order", "departement")) >= 8


@pytest.mark.slow
def test_each_structure_said_to_be_listed_is_in_the_lists() -> None:
    folder = shared_data("suppliers")
    listed = {row["ET-SIRET"].strip().zfill(14) for row in read(folder / ESAT_LIST, ",")}
    for name, delimiter in LISTS.items():
        listed |= {(row.get("siret") or row.get("SIRET") or "").strip() for row in read(folder / name, delimiter)}
    sirens = {siret[:9] for siret in listed}
    assert [row for row in rows("order") if row["siret"] not in listed] == []
    assert [row for row in rows("holders") if (row["siren"] in sirens) != (row["joined"] != "no")] == []
    assert [row for row in rows("holders") if (row["siret"] in listed) != (row["listed_site"] == "yes")] == []


@pytest.mark.slow
def test_each_contract_is_in_the_file_it_is_said_to_come_from() -> None:
    found = {name: contents(shared_data(name)) for name in values("holders", "file") | values("lots", "file")}
    lost = [
        (row["file"], row["id"])
        for row in (*rows("holders"), *rows("lots"))
        if re.sub(r" ?lot \d+$", "", row["id"]) not in found[row["file"]]
    ]
    assert lost == []


def read(path: Path, delimiter: str) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def contents(path: Path) -> str:
    """Text of a file, or the names in an archive."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.namelist())
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8", "replace")

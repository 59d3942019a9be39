"""The CPV table is whole, its hierarchy goes by digits, and dirty codes are read or refused."""

from __future__ import annotations

import csv
import gzip
from collections import Counter

import pytest

from tests.shared_data import shared_data
from vivier.errors import InvalidRequest, NotFound
from vivier.trades.cpv import load_cpv, parse_cpv, parse_cpvs, significant
from vivier.trades.find import find_cpv

cpv = load_cpv()
CODES_BY_LEVEL = {2: 45, 3: 272, 4: 1_002, 5: 2_379, 6: 3_140, 7: 1_811, 8: 805}


def spaced(label: str) -> str:
    return " ".join(label.split())  # one label has a no-break space in the source


def test_the_table_has_the_9454_codes_at_their_levels() -> None:
    assert len(cpv) == 9_454
    assert Counter(len(significant(entry.code)) for entry in cpv) == CODES_BY_LEVEL


def test_the_labels_are_those_of_the_shared_table() -> None:
    with gzip.open(shared_data("nomenclatures", "cpv_2008_fr.csv.gz"), "rt", encoding="utf-8", newline="") as stream:
        theirs = {row["code"]: spaced(row["label_fr"]) for row in csv.DictReader(stream)}
    assert theirs == {entry.code: spaced(entry.label_fr) for entry in cpv}


def test_35_codes_have_no_direct_parent_and_climb_to_a_listed_one() -> None:
    orphans = [e.code for e in cpv if len(s := significant(e.code)) > 2 and s[:-1].ljust(8, "0") not in cpv]
    assert len(orphans) == 35
    assert all(cpv.parent(code) in cpv for code in orphans)
    assert cpv.parent("30192121") == "30192100"


def test_every_code_climbs_to_its_division() -> None:
    for entry in cpv:
        ancestors = cpv.ancestors(entry.code)
        assert (ancestors[-1] if ancestors else entry.code) == entry.code[:2] + "000000"


def test_a_group_and_its_prefix_give_the_same_descendants() -> None:
    assert cpv.descendants("77300000") == cpv.descendants("773")
    assert "77341000" in cpv.descendants("773")
    assert "77400000" not in cpv.descendants("773")


def test_a_division_ending_in_zero_keeps_its_zero() -> None:
    assert all(code.startswith("30") for code in cpv.descendants("30000000"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("77310000-6", "77310000"),
        (" 77310000 ", "77310000"),
        ("7731", "77310000"),
        ("77 31 00 00", "77310000"),
        ("03", "03000000"),
    ],
)
def test_a_code_is_read_with_check_digit_spaces_or_as_a_prefix(text: str, code: str) -> None:
    assert parse_cpv(text) == code


@pytest.mark.parametrize("text", ["", "7", "773100001", "nettoyage", "77310000-", "７７３１００００", "77310000-66"])
def test_what_is_not_a_code_is_refused_naming_the_field(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_cpv(text, field="codeCPV")
    assert refused.value.errors[0].field == "codeCPV"


def test_several_codes_in_a_field_are_all_read_once() -> None:
    assert parse_cpvs("45112710-5 ; 77310000, 45112710") == ("45112710", "77310000")
    assert parse_cpvs("7731") == ("77310000",)
    assert parse_cpvs("Espaces verts") == ()


def test_an_unlisted_code_is_refused_with_its_nearest_ancestor() -> None:
    with pytest.raises(NotFound, match="77310000"):
        cpv.get("77310009")
    assert cpv.nearest("77310009") == "77310000"


def test_codes_are_found_by_their_first_digits_or_by_the_beginnings_of_their_words_the_broadest_first() -> None:
    assert [entry.code for entry in find_cpv("9091 1-", cpv)] == ["90911000", "90911100", "90911200", "90911300"]
    found = find_cpv("Services, NETTOYAGE", cpv)
    assert found and all({"services", "nettoyage"} <= {*entry.label_fr.lower().split()} for entry in found)
    lengths = [len(significant(entry.code)) for entry in find_cpv("blanchiss", cpv)]
    assert len(lengths) > 3 and lengths == sorted(lengths)
    assert find_cpv("lanchiss", cpv) == find_cpv("", cpv) == find_cpv(" , ", cpv) == ()

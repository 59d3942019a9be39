"""Who counts for an article, and why the others do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import ARTICLES, candidates_of_any_sort, structure
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.gate import gate
from vivier.law.kinds import FAMILY_OF_KIND

AS_OF = date(2026, 11, 24)


def reason(candidate: Candidate, article: str = "L2113-12") -> str | None:
    found = gate([candidate], article, AS_OF)
    return found.excluded[0].reason if found.excluded else None


def test_an_expired_agreement_is_not_counted() -> None:
    assert reason(structure(kinds=(), expired=("ESAT",))) == "agreement_expired"


def test_an_agreement_whose_last_proof_is_older_than_its_term_is_to_be_checked_and_not_counted() -> None:
    assert reason(structure(kinds=(), to_check=("ESAT",))) == "agreement_to_check"


def test_an_agreement_without_a_published_end_is_counted_and_flagged() -> None:
    found = gate([structure(undated=True)], "L2113-12", AS_OF)
    assert (found.count, found.undated) == (1, 1)


def test_an_insertion_company_does_not_count_for_l2113_12_nor_an_esat_for_l2113_13() -> None:
    """The half of L2113-13 is of disadvantaged workers, that of L2113-12 of disabled ones: one count serves one article."""
    assert reason(structure(kinds=("EI",)), "L2113-12") == "kind_not_eligible"
    assert reason(structure(kinds=("ESAT",)), "L2113-13") == "kind_not_eligible"


def test_one_count_of_both_families_stands_for_l2113_14_only() -> None:
    pool = [structure(kinds=(kind,)) for kind in ("ESAT", "EA", "EI", "ACI")]
    assert [gate(pool, article, AS_OF).count for article in ("L2113-12", "L2113-13", "L2113-14")] == [2, 2, 4]


@pytest.mark.parametrize(
    ("kind", "article", "note"),
    [("GEIQ", "L2113-13", "equivalent"), ("EAMP", "L2113-12", "to_confirm"), ("ESAT", "L2113-15", "if_ess")],
)
def test_a_kind_that_only_may_qualify_is_shown_and_not_counted(kind: str, article: str, note: str) -> None:
    found = gate([structure(kinds=(kind,))], article, AS_OF)
    assert (found.count, found.excluded[0].note) == (0, note)


def test_an_enterprise_of_independent_workers_counts_among_the_structures_of_insertion() -> None:
    """C. trav. L5132-4 lists it."""
    assert gate([structure(kinds=("EITI",))], "L2113-13", AS_OF).count == 1
    assert FAMILY_OF_KIND["EITI"] == "SIAE"


def test_a_structure_to_confirm_answers_no_family_of_reservation() -> None:
    assert "EAMP" not in FAMILY_OF_KIND and "GEIQ" not in FAMILY_OF_KIND


def test_a_structure_without_a_kind_is_never_counted_whatever_its_labels_and_networks() -> None:
    assert reason(structure(kinds=(), networks=("CNLRQ",)), "L2113-14") == "kind_not_eligible"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("full", None),
        ("wide", None),
        ("partial", "zone_partial"),
        ("seat_only", "zone_none"),
        ("touch", "zone_none"),
        ("none", "zone_none"),
    ],
)
def test_only_those_that_cover_half_of_the_people_count(zone: str, expected: str | None) -> None:
    assert reason(structure(zone=zone)) == expected


def test_a_structure_whose_trade_nobody_tells_is_to_ask_and_not_counted() -> None:
    silent = structure(in_trade=False, trade_known=False)
    found = gate([silent, structure(in_trade=False)], "L2113-12", AS_OF)
    assert (found.count, found.untold) == (0, 1)
    assert gate([silent], "L2113-13", AS_OF).untold == 0


@pytest.mark.parametrize("zone", ["partial", "seat_only"])
def test_a_zone_that_nobody_published_is_to_ask_and_sends_nobody_away(zone: str) -> None:
    found = gate([structure(zone=zone, declared=False)], "L2113-12", AS_OF)
    assert (found.count, found.untold, found.unplaced, found.to_ask) == (0, 0, 1, 1)
    assert found.excluded[0].note == "zone_unknown"


def test_a_published_zone_that_is_too_small_is_not_to_ask() -> None:
    assert gate([structure(zone="partial", declared=True)], "L2113-12", AS_OF).to_ask == 0


@pytest.mark.parametrize("zone", ["touch", "none"])
def test_an_assumed_zone_that_reaches_nobody_of_the_place_is_not_to_ask(zone: str) -> None:
    assert gate([structure(zone=zone, declared=False)], "L2113-12", AS_OF).to_ask == 0


def test_a_structure_silent_on_its_trade_and_its_zone_is_to_ask_once() -> None:
    silent = structure(in_trade=False, trade_known=False, zone="partial", declared=False)
    found = gate([silent], "L2113-12", AS_OF)
    assert (found.untold, found.covering_untold, found.unplaced, found.to_ask) == (1, 0, 0, 1)


def test_a_unit_that_counts_by_one_site_is_not_to_ask_by_another() -> None:
    sites = [structure(siren="123456782"), structure(siren="123456782", zone="partial", declared=False)]
    found = gate(sites, "L2113-12", AS_OF)
    assert (found.count, found.to_ask) == (1, 0)


def test_the_first_reason_that_holds_is_the_one_told() -> None:
    assert reason(structure(closed=True, kinds=("EI",), zone="none", in_trade=False)) == "inactive"
    assert reason(structure(kinds=("EI",), zone="none", in_trade=False)) == "sector_mismatch"


@pytest.mark.parametrize(
    ("known", "note"),
    [
        ({}, "trade_unknown"),
        ({"kinds": (), "to_check": ("ESAT",)}, "trade_unknown"),
        ({"kinds": ("EI",)}, None),
        ({"kinds": (), "expired": ("ESAT",)}, None),
        ({"zone": "none"}, None),
    ],
)
def test_a_structure_whose_trade_no_source_gives_is_never_told_to_do_another(known: dict[str, Any], note: str) -> None:
    left = gate([structure(in_trade=False, trade_known=False, **known)], "L2113-12", AS_OF).excluded[0]
    assert (left.reason, left.note) == ("trade_unknown", note)


def test_a_structure_that_opposed_is_left_out_whatever_else_holds() -> None:
    one = structure(closed=True)
    assert gate([one], "L2113-12", AS_OF, {one.id}).excluded[0].reason == "opposed"


def test_the_sites_of_one_siren_count_once_and_the_fullest_cover_stands_for_them() -> None:
    sites = [structure(siren="123456782", zone="wide"), structure(siren="123456782", zone="full", turnover=5e5)]
    found = gate(sites, "L2113-12", AS_OF)
    assert (found.count, found.eligible[0].site, found.eligible[0].sites) == (1, sites[1], (sites[1], sites[0]))
    assert [one.reason for one in found.excluded] == ["duplicate_siren"]


def test_a_site_that_does_not_pass_does_not_hide_one_that_does() -> None:
    sites = [structure(siren="123456782", closed=True), structure(siren="123456782", zone="wide")]
    assert gate(sites, "L2113-12", AS_OF).eligible[0].site == sites[1]


def test_an_old_turnover_is_flagged_and_a_nil_one_is_unknown() -> None:
    old = gate([structure(turnover=1e6, turnover_year=2019)], "L2113-12", AS_OF).eligible[0]
    assert old.stale(AS_OF)
    nil = gate([structure(turnover=0.0)], "L2113-12", AS_OF).eligible[0]
    assert (nil.turnover, nil.bears(1000, 0.3)) == (None, "unknown")


def test_a_concession_names_the_kinds_of_its_own_article() -> None:
    pool = [structure(kinds=("ESAT",)), structure(kinds=("EI",))]
    assert [gate(pool, article, AS_OF).count for article in ("L3113-1", "L3113-2")] == [1, 1]


@pytest.mark.slow
@given(candidates_of_any_sort(), st.sampled_from(ARTICLES))
def test_eligible_and_excluded_make_the_candidates(pool: list[Candidate], article: str) -> None:
    found = gate(pool, article, AS_OF)
    assert found.count + len(found.excluded) == found.candidates == len(pool)
    assert sum(found.reasons.values()) == len(found.excluded)
    assert sum(found.by_kind.values()) == found.count


@pytest.mark.slow
@given(candidates_of_any_sort(), st.sampled_from(ARTICLES), st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_nothing(pool: list[Candidate], article: str, random: Random) -> None:
    mixed = pool.copy()
    random.shuffle(mixed)
    assert gate(mixed, article, AS_OF) == gate(pool, article, AS_OF)


@pytest.mark.slow
@given(candidates_of_any_sort())
def test_an_article_depends_only_on_its_own_kinds(pool: list[Candidate]) -> None:
    others = [replace(one, kinds=tuple(k for k in one.kinds if k in ("ESAT", "EA", "EATT"))) for one in pool]
    kept, same = (gate(some, "L2113-12", AS_OF).eligible for some in (pool, others))
    assert [one.site.id for one in kept] == [one.site.id for one in same]


@pytest.mark.slow
@given(candidates_of_any_sort())
def test_an_expired_structure_changes_nothing_but_the_exclusions(pool: list[Candidate]) -> None:
    before = gate(pool, "L2113-14", AS_OF)
    after = gate([*pool, structure(kinds=(), expired=("ESAT",))], "L2113-14", AS_OF)
    assert after.eligible == before.eligible
    assert len(after.excluded) == len(before.excluded) + 1

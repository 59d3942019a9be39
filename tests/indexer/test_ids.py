"""Ids are stable from build to build, whatever comes, goes or meets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.ids import NEW_LEDGER, Ledger, assign, read_ledger, supplier_id, write_ledger
from indexer.joined import Merged
from indexer.merge import merge
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, SITE_SIRET, record
from tests.indexer.test_merge_identity import small_worlds
from vivier.errors import BuildRefused, VivierError
from vivier.model import Record

LISTED = record("list", "a", "Les Toits du Vercors", kind="ACI")
REGISTERED = record("siae", "1", "LES TOITS DU VERCORS", siret=ACI_SIRET, kind="ACI")


def id_of(merged: Merged, key: str) -> str:
    (found,) = [supplier.id for supplier in merged.suppliers if key in supplier.identifiers]
    return found


def after(merged: Merged, *records: Record) -> Merged:
    """The next build."""
    return merge(records, ledger=merged.ledger)


def test_a_register_that_gives_a_siret_does_not_change_the_id() -> None:
    first = merge([LISTED])
    second = after(first, LISTED, REGISTERED)
    assert id_of(second, "siae:1") == id_of(first, "list:a")


def test_a_source_withdrawn_does_not_change_the_id_and_comes_back_to_it() -> None:
    first = merge([LISTED])
    second = after(first, LISTED, REGISTERED)
    third = after(second, REGISTERED)
    assert id_of(third, "siae:1") == id_of(first, "list:a")
    assert id_of(after(third, LISTED, REGISTERED), "list:a") == id_of(first, "list:a")


def test_two_ids_that_meet_leave_a_former_one_by_which_the_supplier_is_found() -> None:
    apart = merge([LISTED, record("siae", "1", siret=ACI_SIRET, commune="38185")])
    listed, registered = id_of(apart, "list:a"), id_of(apart, "siae:1")
    met = after(apart, LISTED, REGISTERED)
    assert id_of(met, "siae:1") == registered
    assert id_of(met, listed) == registered
    assert id_of(after(met, LISTED, REGISTERED), listed) == registered


def test_two_structures_parted_again_have_their_own_ids_again() -> None:
    apart = merge([LISTED, record("siae", "1", siret=ACI_SIRET, commune="38185")])
    met = after(apart, LISTED, REGISTERED)
    parted = merge([LISTED, REGISTERED], {frozenset({"list:a", "siae:1"}): False}, met.ledger)
    assert id_of(parted, "list:a") == id_of(apart, "list:a")
    assert id_of(parted, "siae:1") == id_of(apart, "siae:1")


def test_an_id_is_never_given_to_another_structure() -> None:
    ledger = Ledger(ids={"siret:1": supplier_id("source:list:a")})
    (given_id,) = assign([["source:list:a", "source:list:a|siren:None"]], ledger).ids
    assert given_id != supplier_id("source:list:a")


def test_no_free_id_is_refused() -> None:
    with pytest.raises(BuildRefused, match="libre"):
        assign([["siret:1"], ["siret:1"]], NEW_LEDGER)


def test_the_ledger_of_a_file_is_the_one_written(tmp_path: Path) -> None:
    met = after(merge([LISTED, record("siae", "1", siret=ACI_SIRET, commune="38185")]), LISTED, REGISTERED)
    write_ledger(tmp_path / "identity" / "ids.jsonl", met.ledger)
    assert read_ledger(tmp_path / "identity" / "ids.jsonl") == met.ledger
    assert met.ledger.moved != {}
    assert read_ledger(tmp_path / "none.jsonl") == NEW_LEDGER


def test_a_damaged_ledger_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ids.jsonl"
    path.write_text('{"id":"v1","keys":["siret:1"],"former":[]}\n{"id":', encoding="utf8")
    with pytest.raises(VivierError, match="ligne 2"):
        read_ledger(path)


def test_sites_that_share_a_siret_keep_their_ids_when_one_goes() -> None:
    lake = record("esat", "1", "ESAT du Lac", finess="380001234", siret=SITE_SIRET)
    wood = record("esat", "2", "ESAT du Bois", finess="380001242", siret=SITE_SIRET)
    both = merge([lake, wood])
    assert id_of(after(both, wood), "esat:2") == id_of(both, "esat:2")
    assert id_of(after(both, lake), "esat:1") == id_of(both, "esat:1")


def test_a_new_siret_of_the_same_row_keeps_the_id() -> None:
    first = merge([record("siae", "1", siret=ACI_SIRET)])
    assert id_of(after(first, record("siae", "1", siret=OTHER_SIRET)), "siae:1") == id_of(first, "siae:1")


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(small_worlds(), small_worlds(), st.randoms(use_true_random=False))
def test_ids_depend_on_the_history_and_never_on_the_order(
    before: list[Record], now: list[Record], random: object
) -> None:
    ledger = merge(before).ledger
    shuffled = list(now)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = merge(now, ledger=ledger), merge(shuffled, ledger=ledger)
    assert [s.model_dump_json() for s in first.suppliers] == [s.model_dump_json() for s in second.suppliers]
    assert first.ledger == second.ledger
    assert len({s.id for s in first.suppliers}) == len(first.suppliers)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(small_worlds())
def test_the_same_records_built_again_keep_every_id(records: list[Record]) -> None:
    first = merge(records)
    second = merge(records, ledger=first.ledger)
    assert second.suppliers == first.suppliers
    assert second.ledger == first.ledger

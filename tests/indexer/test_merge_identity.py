"""Which records are one supplier."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.doubts import REASONS
from indexer.ids import supplier_id
from indexer.joined import Merged
from indexer.merge import merge
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, SITE_SIRET, record
from vivier.errors import InvalidRequest
from vivier.model import Record, Supplier


def names(merged: Merged) -> set[str]:
    return {supplier.name.value for supplier in merged.suppliers}


def only(merged: Merged) -> Supplier:
    (supplier,) = merged.suppliers
    return supplier


def test_the_same_finess_is_the_same_supplier() -> None:
    merged = merge([record("esat", "1", "ESAT du Lac", finess="380001234"), record("finess", "1", finess="380001234")])
    assert len(merged.suppliers) == 1
    assert merged.counts["merged_by_finess"] == 1


def test_several_finess_sites_of_one_siret_stay_several_suppliers() -> None:
    sites = [
        record("esat", "1", "ESAT du Lac", finess="380001234", siret=SITE_SIRET),
        record("esat", "2", "ESAT du Lac annexe", finess="380001242", siret=SITE_SIRET),
    ]
    assert len(merge(sites).suppliers) == 2


def test_the_same_siret_is_the_same_supplier_whatever_the_name() -> None:
    merged = merge(
        [record("siae", "1", "ACTIV", siret=ACI_SIRET), record("emplois", "9", "Tout autre", siret=ACI_SIRET)]
    )
    assert len(merged.suppliers) == 1
    assert merged.counts["merged_by_siret"] == 1


def test_two_kinds_on_one_siret_are_one_supplier_that_holds_both() -> None:
    merged = merge([record("siae", "1", siret=ACI_SIRET, kind="ACI"), record("siae", "2", siret=ACI_SIRET, kind="EI")])
    assert {fact.value.kind for fact in only(merged).agreements} == {"ACI", "EI"}


def test_a_record_with_a_siret_joins_the_one_finess_site_that_has_it() -> None:
    merged = merge(
        [
            record("esat", "1", finess="380001234", siret=SITE_SIRET),
            record("list", "a", "Nos ateliers", siret=SITE_SIRET),
        ]
    )
    assert only(merged).finess is not None


def test_a_shared_siret_goes_to_the_site_its_name_and_address_point_to() -> None:
    merged = merge(
        [
            record("esat", "1", "ESAT du Lac", finess="380001234", siret=SITE_SIRET, line="3 rue du Lac"),
            record("esat", "2", "ESAT du Bois", finess="380001242", siret=SITE_SIRET, line="8 chemin du Bois"),
            record("list", "a", "Esat du lac", siret=SITE_SIRET, line="3, rue du Lac", kind="ESAT"),
        ]
    )
    (lake,) = [supplier for supplier in merged.suppliers if supplier.name.value == "ESAT du Lac"]
    assert "list:a" in lake.identifiers
    assert len(merged.suppliers) == 2


def test_a_shared_siret_that_points_to_no_site_is_a_supplier_of_its_own_and_says_so() -> None:
    merged = merge(
        [
            record("esat", "1", "ESAT du Lac", finess="380001234", siret=SITE_SIRET),
            record("esat", "2", "ESAT du Bois", finess="380001242", siret=SITE_SIRET),
            record("list", "a", "Les Trois Sapins", siret=SITE_SIRET),
        ]
    )
    (own,) = [supplier for supplier in merged.suppliers if supplier.name.value == "Les Trois Sapins"]
    assert "siret_shared" in own.issues
    assert [pair.reason for pair in merged.doubtful] == ["siret_shared"]


HERE = {"commune": "38185", "post_code": "38000", "town": "Grenoble"}
THERE = {"commune": "69383", "post_code": "69003", "town": "Lyon", "line": "9 rue Neuve"}
BODIES = (
    record("fluxiae", "7", "ENVIE RHONE ALPES", siret=SITE_SIRET, kind="EI", **HERE),
    record("siae", "2", "ENVIE RHONE-ALPES", siret=SITE_SIRET, kind="EI", **HERE),
    record("marche", "9", "Envie Lyon", siret=SITE_SIRET, kind="EI", **THERE),
)
"""An antenna in Lyon that writes the SIRET of its head office in Grenoble."""


def test_one_legal_unit_with_bodies_in_two_departements_is_two_suppliers_listed_for_review() -> None:
    merged = merge(BODIES)
    towns = {supplier.address.value.town: supplier for supplier in merged.suppliers if supplier.address}
    assert towns.keys() == {"Grenoble", "Lyon"} and len(merged.suppliers) == 2
    assert all("siret_shared" in supplier.issues for supplier in merged.suppliers)
    assert {"fluxiae:7", "siae:2"} <= set(towns["Grenoble"].identifiers)
    assert [pair.reason for pair in merged.doubtful] == ["siret_shared"]


def test_bodies_of_two_departements_keep_their_ids_whatever_the_order_and_when_they_had_been_one() -> None:
    merged = merge(BODIES)
    ids = [supplier.id for supplier in merged.suppliers]
    assert [supplier.id for supplier in merge(BODIES[::-1], ledger=merged.ledger).suppliers] == ids
    assert [supplier.id for supplier in merge(BODIES[::-1]).suppliers] == ids
    together = merge(BODIES, {frozenset({"fluxiae:7", "marche:9"}): True})
    assert len(together.suppliers) == 1
    assert together.suppliers[0].id in [supplier.id for supplier in merge(BODIES, ledger=together.ledger).suppliers]


def test_a_row_of_a_siret_without_a_known_commune_stays_with_the_others() -> None:
    unplaced = record("list", "3", "Envie", siret=SITE_SIRET, commune=None, post_code="69003", town="Lyon")
    assert len(merge([*BODIES[:2], unplaced]).suppliers) == 1


def test_a_made_up_antenna_siret_is_no_key_and_is_never_published() -> None:
    fake = ACI_SIRET[:9] + "99901"
    merged = merge(
        [record("emplois", "1", "Antenne nord", siret=fake, commune="38185"), record("emplois", "2", "Sud", siret=fake)]
    )
    assert len(merged.suppliers) == 2
    for supplier in merged.suppliers:
        assert supplier.siret is None
        assert supplier.siren is not None and supplier.siren.value == ACI_SIRET[:9]
        assert fake not in supplier.identifiers


def test_an_invalid_siret_is_no_key() -> None:
    merged = merge([record("list", "1", "A", siret="12345678901234"), record("siae", "2", "B", siret="12345678901234")])
    assert len(merged.suppliers) == 2
    assert all("siret_invalid" in supplier.issues for supplier in merged.suppliers)


def test_two_sites_of_one_siren_are_counted_not_merged() -> None:
    merged = merge(
        [record("siae", "1", "Même nom", siret=ACI_SIRET), record("siae", "2", "Même nom", siret=SITE_SIRET)]
    )
    assert len(merged.suppliers) == 2
    assert merged.counts["linked_same_siren"] == 2


def test_two_valid_sirets_never_merge_by_name() -> None:
    merged = merge([record("siae", "1", "Envie", siret=ACI_SIRET), record("list", "2", "Envie", siret=OTHER_SIRET)])
    assert len(merged.suppliers) == 2


def test_the_same_name_and_address_under_another_siren_is_listed_as_a_probable_succession() -> None:
    merged = merge([record("siae", "1", "Envie", siret=ACI_SIRET), record("list", "2", "ENVIE", siret=OTHER_SIRET)])
    assert [pair.reason for pair in merged.doubtful] == ["probable_succession"]


def test_a_decision_can_force_a_merge_that_nothing_suggests() -> None:
    pair = frozenset({"siae:1", "list:a"})
    merged = merge(
        [record("siae", "1", "A", siret=ACI_SIRET), record("list", "a", "B", siret=OTHER_SIRET)], {pair: True}
    )
    assert len(merged.suppliers) == 1
    assert merged.counts["merged_by_decision"] == 1
    assert "siret_conflict" in only(merged).issues


def test_a_decision_can_keep_apart_what_one_siret_joins() -> None:
    records = [record("siae", "1", "A", siret=ACI_SIRET), record("list", "a", "A", siret=ACI_SIRET)]
    merged = merge(records, {frozenset({"siae:1", "list:a"}): False})
    assert len({supplier.id for supplier in merged.suppliers}) == 2
    assert merged.doubtful == []


def test_decisions_that_contradict_each_other_are_refused_in_french() -> None:
    records = [record("siae", "1"), record("list", "a"), record("list", "b")]
    decisions = {
        frozenset({"siae:1", "list:a"}): True,
        frozenset({"siae:1", "list:b"}): True,
        frozenset({"list:a", "list:b"}): False,
    }
    with pytest.raises(InvalidRequest, match="contredisent"):
        merge(records, decisions)


def test_a_decision_about_an_absent_record_is_counted() -> None:
    assert merge([record("siae", "1")], {frozenset({"siae:1", "list:z"}): True}).counts["decisions_unknown"] == 1


def test_the_id_comes_from_the_strongest_key_and_outlives_a_new_source() -> None:
    alone = record("siae", "1", siret=ACI_SIRET)
    with_more = merge([alone, record("emplois", "9", "Autre nom", siret=ACI_SIRET)])
    assert only(merge([alone])).id == only(with_more).id == supplier_id(f"siret:{ACI_SIRET}")
    assert only(with_more).id.startswith("v") and len(only(with_more).id) == 13


def test_every_reason_has_a_french_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in REASONS.values())


def test_nothing_gives_nothing() -> None:
    assert merge([]).suppliers == []


@st.composite
def small_worlds(draw: st.DrawFn) -> list[Record]:
    """A dozen records over few names, places and numbers, so that every rule meets every other."""
    numbers = [None, ACI_SIRET, SITE_SIRET, OTHER_SIRET, ACI_SIRET[:9] + "99901"]
    return [
        record(
            draw(st.sampled_from(["siae", "emplois", "esat", "list"])),
            draw(st.sampled_from("abcdef")),
            draw(st.sampled_from(["Tremplin", "ASSOC TREMPLIN", "Tremplin Intérim", "Les Jardins du Drac"])),
            siret=draw(st.sampled_from(numbers)),
            finess=draw(st.sampled_from([None, None, "380001234", "380001242"])),
            line=draw(st.sampled_from([None, "3 rue du Lac", "12 rue du Lac"])),
            commune=draw(st.sampled_from(["38185", None, "38421"])),
            kind=draw(st.sampled_from(["ACI", "EI", "ESAT"])),
        )
        for _ in range(draw(st.integers(2, 12)))
    ]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(small_worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_never_shows(records: list[Record], random: object) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = merge(records), merge(shuffled)
    assert [s.model_dump_json() for s in first.suppliers] == [s.model_dump_json() for s in second.suppliers]
    assert (first.counts, first.doubtful) == (second.counts, second.doubtful)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(small_worlds())
def test_no_record_is_lost_and_no_id_is_given_twice(records: list[Record]) -> None:
    merged = merge(records)
    found = {value for supplier in merged.suppliers for value in supplier.identifiers if ":" in value}
    assert found == {f"{record.provenance.source_id}:{record.source_id}" for record in records}
    assert len({supplier.id for supplier in merged.suppliers}) == len(merged.suppliers)
    absorbed = sum(count for name, count in merged.counts.items() if name.startswith("merged_by"))
    assert absorbed == len(records) - len(merged.suppliers)

"""Which records are one supplier when no number decides: names, addresses, kinds, rivals."""

from __future__ import annotations

from indexer.merge import merge
from tests.indexer.records import ACI_SIRET, OTHER_SIRET, record


def test_a_record_without_identifier_joins_by_name_and_place() -> None:
    merged = merge(
        [
            record("siae", "1", "ASSOC REGIE DES ECRINS", siret=ACI_SIRET, line="7 AV DU GAL LECLERC"),
            record("list", "a", "Régie des Écrins", line="7 bis avenue du Général Leclerc"),
        ]
    )
    assert len(merged.suppliers) == 1
    assert merged.counts["merged_by_name_place"] == 1


def test_a_homonym_in_another_town_is_another_supplier() -> None:
    merged = merge([record("siae", "1", "Tremplin", siret=ACI_SIRET), record("list", "a", "Tremplin", commune="38185")])
    assert len(merged.suppliers) == 2
    assert merged.doubtful == []


def test_a_name_of_several_words_at_another_street_of_the_town_has_moved() -> None:
    merged = merge(
        [
            record("siae", "1", "Les Toits du Vercors", siret=ACI_SIRET, line="3 rue du Lac", kind="ACI"),
            record("list", "a", "Toits du Vercors", line="120 chemin des Vignes", kind="ACI"),
        ]
    )
    assert len(merged.suppliers) == 1


def test_a_name_of_one_telling_word_has_moved_too_when_the_kind_is_the_same() -> None:
    merged = merge(
        [
            record("siae", "1", "ASSOC AVELINE", siret=ACI_SIRET, line="3 rue du Lac", kind="ACI"),
            record("list", "a", "Aveline", line="120 chemin des Vignes", kind="ACI"),
        ]
    )
    assert len(merged.suppliers) == 1


def test_a_name_of_general_words_alone_has_not_moved() -> None:
    merged = merge(
        [
            record("siae", "1", "Insertion services", siret=ACI_SIRET, line="3 rue du Lac", kind="ACI"),
            record("list", "a", "Insertion services", line="120 chemin des Vignes", kind="ACI"),
        ]
    )
    assert len(merged.suppliers) == 2
    assert [pair.reason for pair in merged.doubtful] == ["similar"]


def test_a_removal_with_two_candidates_is_for_review() -> None:
    merged = merge(
        [
            record("siae", "1", "Aveline", siret=ACI_SIRET, line="3 rue du Lac", kind="ACI"),
            record("emplois", "2", "Aveline", siret=OTHER_SIRET, line="8 place aux Herbes", kind="ACI"),
            record("list", "a", "Aveline", line="120 chemin des Vignes", kind="ACI"),
        ]
    )
    assert len(merged.suppliers) == 3
    assert {pair.reason for pair in merged.doubtful} == {"ambiguous"}


def test_a_name_that_adds_a_telling_word_behind_one_door_is_for_review() -> None:
    """Groups house companies of one kind under one roof, each named after the group and its trade."""
    merged = merge(
        [
            record("siae", "1", "Aveline propreté", siret=ACI_SIRET, kind="EI"),
            record("list", "a", "Aveline", kind="EI"),
        ]
    )
    assert len(merged.suppliers) == 2
    assert [pair.reason for pair in merged.doubtful] == ["similar"]


def test_one_door_and_one_kind_under_two_names_are_for_review() -> None:
    merged = merge(
        [
            record("siae", "1", "Habitat et insertion", siret=ACI_SIRET, kind="ACI"),
            record("list", "a", "L'Arche bleue", kind="ACI"),
        ]
    )
    assert len(merged.suppliers) == 2
    assert [(pair.reason, pair.score) for pair in merged.doubtful] == [("same_door", 0.75)]


def test_a_name_that_adds_general_words_at_one_address_is_the_same_structure() -> None:
    merged = merge(
        [
            record("siae", "1", "CHENELET INSERTION", siret=ACI_SIRET, kind="ACI"),
            record("list", "a", "Chênelet", kind="ACI"),
        ]
    )
    assert len(merged.suppliers) == 1


def test_the_same_name_and_street_with_one_post_code_is_one_structure_whatever_the_commune() -> None:
    merged = merge(
        [
            record("siae", "1", "Amis du fort", siret=ACI_SIRET, post_code="38000"),
            record("list", "a", "Amis du fort", commune="38185", post_code="38000"),
        ]
    )
    assert len(merged.suppliers) == 1


def test_two_rows_of_one_source_are_never_merged_by_name_even_with_the_same_address() -> None:
    merged = merge([record("list", "a", kind="ACI"), record("list", "b", kind="ACI")])
    assert len(merged.suppliers) == 2
    assert [pair.reason for pair in merged.doubtful] == ["same_source"]


def test_the_same_name_in_one_town_at_another_address_without_a_kind_is_listed_never_merged() -> None:
    merged = merge(
        [
            record("siae", "1", "Tremplin", siret=ACI_SIRET, line="3 rue du Lac"),
            record("list", "a", "Tremplin", line="120 chemin des Vignes"),
        ]
    )
    assert len(merged.suppliers) == 2
    (pair,) = merged.doubtful
    assert (pair.left, pair.right, pair.reason) == ("list:a", "siae:1", "similar")
    assert pair.parts["name"] == 1.0
    assert merged.counts["doubtful"] == 1


def test_two_candidates_that_are_as_good_leave_the_pair_doubtful() -> None:
    merged = merge(
        [
            record("siae", "1", "L'Équipage", siret=ACI_SIRET),
            record("emplois", "2", "L Equipage", siret=OTHER_SIRET),
            record("list", "a", "L'equipage"),
        ]
    )
    assert len(merged.suppliers) == 3
    assert {pair.reason for pair in merged.doubtful} == {"ambiguous", "probable_succession"}


def test_a_service_and_an_interim_agency_at_one_address_are_two() -> None:
    merged = merge(
        [record("siae", "1", "Actif Garage", siret=ACI_SIRET), record("list", "a", "Actif Intérim", kind="ETTI")]
    )
    assert len(merged.suppliers) == 2


def test_an_unresolved_commune_falls_back_on_post_code_and_town() -> None:
    merged = merge(
        [
            record("siae", "1", "Les Jardins de Cocagne", siret=ACI_SIRET),
            record("list", "a", "Jardins de Cocagne", commune=None, town="GRENOBLE CEDEX 9", post_code="38042"),
        ]
    )
    assert len(merged.suppliers) == 1

"""Why one supplier answers a query, or does not."""

from __future__ import annotations

import re

import pytest

from tests.suppliers.conftest import TODAY, House
from vivier.errors import NotFound
from vivier.search.query import filters
from vivier.search.snapshot import Snapshot
from vivier.suppliers.explain import Explanation, explain, reader_of
from vivier.suppliers.query import SupplierQuery, parse_query


def explained(house: House, name: str, **parameters: str) -> Explanation:
    query = parse_query(parameters.items(), house.lexicon)
    return explain(house.named(name).id, query, Snapshot(house.engine), house.lexicon, TODAY)


def failed(explanation: Explanation) -> list[str]:
    return [condition.name for condition in explanation.conditions if not condition.holds]


@pytest.mark.slow
def test_a_supplier_that_answers_holds_every_condition(judged: House) -> None:
    found = explained(
        judged, "Jardins du Confluent", trade="entretien-espaces-verts", territory="commune:69123", q="tonte"
    )
    assert found.matches
    assert failed(found) == []
    assert [(word.typed, word.found) for word in found.words] == [("tonte", True)]
    assert found.name == "Jardins du Confluent"


def test_each_condition_shows_what_was_asked(judged: House) -> None:
    found = explained(judged, "Jardins du Confluent", kind="ESAT,EA", near="4.83,45.75", radius_km="10")
    asked = {condition.name: condition.text for condition in found.conditions}
    assert asked["Type de structure"] == "ESAT, EA"
    assert asked["siège dans le rayon"] == "4.83,45.75 à 10\u202fkm"


def test_points_of_the_parts_add_up_to_the_score_of_the_search(judged: House) -> None:
    asked = {"trade": "entretien-espaces-verts", "territory": "commune:69123", "lot_amount": "50000"}
    score, *parts = (
        int(points)
        for line in explained(judged, "Jardins du Confluent", **asked).ranking
        for points in re.findall(r"^Points[^:]*: (\d+)", line)
    )
    assert score == sum(parts)
    found = {one.record["name"]["value"]: one.score for one in judged.ask(**asked).results}
    assert found["Jardins du Confluent"] == score


def test_the_wrong_territory_is_named(judged: House) -> None:
    found = explained(judged, "Les Prés de la Dombes", trade="entretien-espaces-verts", territory="commune:69123")
    assert not found.matches
    assert "territoire servi" in failed(found)
    assert "Métier" not in failed(found)


def test_the_trade_here_and_the_zone_elsewhere_is_told(judged: House) -> None:
    """Each condition holds on some offer; none holds them together."""
    found = explained(judged, "Double Jeu", trade="nettoyage-locaux", territory="departement:35")
    assert not found.matches
    assert failed(found) == ["métier, prestation et territoire sur la même offre"]


def test_a_closed_structure_is_told_as_closed(judged: House) -> None:
    found = explained(judged, "Les Jardiniers de Gerland", trade="entretien-espaces-verts", territory="commune:69123")
    assert failed(found) == ["structure ouverte"]


def test_an_expired_label_is_the_condition_that_fails(judged: House) -> None:
    found = explained(judged, "Encres du Vieux Pont", trade="impression", label="IMPRIM_VERT")
    assert failed(found) == ["Label"]
    assert explained(judged, "Encres du Vieux Pont", label="IMPRIM_VERT", as_of="2025-06-30").matches


def test_words_not_found_are_told(judged: House) -> None:
    found = explained(judged, "Jardins du Confluent", q="blanchisserie")
    assert failed(found) == ["mots cherchés"]
    assert [word.found for word in found.words] == [False]


def test_each_word_is_told_with_its_synonyms_its_users_and_where_it_stands(judged: House) -> None:
    (word,) = explained(judged, "Jardins du Confluent", q="tonte").words
    by_origin = {one.origin: one for one in word.alternatives}
    assert by_origin["tel quel"].tokens == ("tont",) and "offres et métiers" in by_origin["tel quel"].found_in
    assert by_origin["synonyme"].tokens == ("tondr",)
    assert by_origin["tel quel"].suppliers == judged.ask(q="tonte", per_page="1").total + 1  # one is closed


def test_a_correction_is_told_as_such(judged: House) -> None:
    found = explained(judged, "Éclat d'Armor", q="Eclat d'Armore")
    corrected = [(word.typed, one) for word in found.words for one in word.alternatives if one.origin == "correction"]
    assert {typed for typed, _ in corrected} == {"armore"}
    assert [one.tokens for _, one in corrected if one.found_in] == [("armo",)]


def test_a_name_of_little_words_is_explained_too(judged: House) -> None:
    found = explained(judged, "Jardins du Confluent", q="les uns et les autres")
    assert all(one.origin == "tel quel" and not one.found_in for word in found.words for one in word.alternatives[:1])


def test_candidates_are_counted_in_all_and_by_condition(judged: House) -> None:
    asked = {"trade": "entretien-espaces-verts", "territory": "commune:69123"}
    found = explained(judged, "Les Prés de la Dombes", **asked)
    assert found.candidates == judged.ask(**asked).total
    assert found.indexed == len(judged.suppliers)
    by_name = {condition.name: condition.suppliers for condition in found.conditions}
    assert all(count >= found.candidates for count in by_name.values())


def test_what_is_known_of_the_supplier_stands_beside_the_condition_that_fails(judged: House) -> None:
    found = explained(
        judged, "Encres du Vieux Pont", trade="impression", label="IMPRIM_VERT", kind="ESAT", network="Unai"
    )
    known = {condition.name: condition.known for condition in found.conditions}
    assert "expiré depuis le" in known["Label"]
    assert known["Réseau"] == "non publié"
    assert "Impression" in known["Métier"] or "mpression" in known["Métier"]


def test_codes_read_as_others_are_told(judged: House) -> None:
    found = explained(judged, "Jardins du Confluent", cpv="77310000", article="L2113-12")
    asked = {condition.name: condition.text for condition in found.conditions}
    assert "entretien-espaces-verts" in asked["Code CPV"]
    assert "ESAT" in asked["Article de réservation"]


def test_every_condition_a_query_may_hold_has_something_to_say(judged: House) -> None:
    """A filter on a plain member of a supplier says its value; any other needs words of its own."""
    conditions = {*filters(SupplierQuery), "seat", "near", "polygon", "closed", "territory", "same_offer"} - {"q"}
    conditions -= {name for name, declared in filters(SupplierQuery).items() if declared.wish}
    assert [name for name in sorted(conditions) if reader_of(name) is None] == []


def test_every_value_of_a_member_that_has_several_is_told(demo: House) -> None:
    supplier = next(supplier for supplier in demo.suppliers if len(supplier.networks) > 1)
    found = explained(demo, supplier.name.value, network="Hosmoz")
    known = {condition.name: condition.known for condition in found.conditions}
    assert known["Réseau"] == " ; ".join(network.value for network in supplier.networks)


def test_a_supplier_that_does_not_answer_has_its_parts_too(judged: House) -> None:
    found = explained(judged, "Les Prés de la Dombes", trade="entretien-espaces-verts", territory="commune:69123")
    assert any(line.startswith("Points pour « métier et force de sa preuve »") for line in found.ranking)
    assert any(line.startswith("Raison : ") for line in found.ranking)


def test_a_correction_is_told(judged: House) -> None:
    found = explained(judged, "Éclat d'Armor", q="Eclat d'Armore")
    assert found.matches
    assert any("recherche élargie" in line for line in found.ranking)


def test_another_order_is_told_and_has_no_points(judged: House) -> None:
    found = explained(judged, "Éclat d'Armor", sort="name")
    assert "Ordre demandé : name." in found.ranking
    assert not any(line.startswith("Points") for line in found.ranking)


def test_an_unknown_supplier_is_said_unknown(judged: House) -> None:
    with pytest.raises(NotFound, match="Fournisseur inconnu"):
        explain("v000000000000", parse_query([], judged.lexicon), Snapshot(judged.engine), judged.lexicon, TODAY)

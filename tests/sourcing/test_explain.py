"""Why one supplier answers a query, or does not."""

from __future__ import annotations

import re

import pytest

from tests.sourcing.conftest import TODAY, House
from vivier.errors import NotFound
from vivier.query import parse_query
from vivier.sourcing.explain import Explanation, explain


def told(house: House, name: str, **asked: str) -> Explanation:
    query = parse_query(asked.items(), house.lexicon)
    return explain(house.named(name).id, query, house.engine, house.lexicon, TODAY)


def failed(explanation: Explanation) -> list[str]:
    return [condition.name for condition in explanation.conditions if not condition.holds]


def test_a_supplier_that_answers_holds_every_condition(judged: House) -> None:
    found = told(judged, "Jardins du Confluent", trade="entretien-espaces-verts", territory="commune:69123", q="tonte")
    assert found.matches
    assert failed(found) == []
    assert found.words == ("tont",)
    assert found.name == "Jardins du Confluent"


def test_each_condition_shows_what_was_asked(judged: House) -> None:
    found = told(judged, "Jardins du Confluent", kind="ESAT,EA", near="4.83,45.75", radius_km="10")
    asked = {condition.name: condition.text for condition in found.conditions}
    assert asked["Type de structure"] == "ESAT, EA"
    assert asked["siège dans le rayon"] == "4.83,45.75 à 10 km"


def test_points_of_the_parts_add_up_to_the_score_of_the_search(judged: House) -> None:
    asked = {"trade": "entretien-espaces-verts", "territory": "commune:69123", "lot_amount": "50000"}
    score, *parts = (
        int(points)
        for line in told(judged, "Jardins du Confluent", **asked).ranking
        for points in re.findall(r"^Points[^:]*: (\d+)", line)
    )
    assert score == sum(parts)
    found = {one.record["name"]["value"]: one.score for one in judged.ask(**asked).results}
    assert found["Jardins du Confluent"] == score


def test_the_wrong_territory_is_named(judged: House) -> None:
    found = told(judged, "Les Prés de la Dombes", trade="entretien-espaces-verts", territory="commune:69123")
    assert not found.matches
    assert "territoire servi" in failed(found)
    assert "Métier" not in failed(found)


def test_the_trade_here_and_the_zone_elsewhere_is_told(judged: House) -> None:
    """Each condition holds on some offer; none holds them together."""
    found = told(judged, "Double Jeu", trade="nettoyage-locaux", territory="departement:35")
    assert not found.matches
    assert failed(found) == ["métier, prestation et territoire sur la même offre"]


def test_a_closed_structure_is_told_as_closed(judged: House) -> None:
    found = told(judged, "Les Jardiniers de Gerland", trade="entretien-espaces-verts", territory="commune:69123")
    assert failed(found) == ["structure ouverte"]


def test_an_expired_label_is_the_condition_that_fails(judged: House) -> None:
    found = told(judged, "Encres du Vieux Pont", trade="impression", label="IMPRIM_VERT")
    assert failed(found) == ["Label"]
    assert told(judged, "Encres du Vieux Pont", label="IMPRIM_VERT", as_of="2025-06-30").matches


def test_words_not_found_are_told(judged: House) -> None:
    found = told(judged, "Jardins du Confluent", q="blanchisserie")
    assert failed(found) == ["mots cherchés"]


def test_a_supplier_that_does_not_answer_has_its_parts_too(judged: House) -> None:
    found = told(judged, "Les Prés de la Dombes", trade="entretien-espaces-verts", territory="commune:69123")
    assert any(line.startswith("Points pour « métier et force de sa preuve »") for line in found.ranking)
    assert any(line.startswith("Raison : ") for line in found.ranking)


def test_a_correction_is_told(judged: House) -> None:
    found = told(judged, "Éclat d'Armor", q="Eclat d'Armore")
    assert found.matches
    assert any("recherche élargie" in line for line in found.ranking)


def test_another_order_is_told_and_has_no_points(judged: House) -> None:
    found = told(judged, "Éclat d'Armor", sort="name")
    assert "Ordre demandé : name." in found.ranking
    assert not any(line.startswith("Points") for line in found.ranking)


def test_an_unknown_supplier_is_said_unknown(judged: House) -> None:
    with pytest.raises(NotFound, match="Fournisseur inconnu"):
        explain("v000000000000", parse_query([], judged.lexicon), judged.engine, judged.lexicon, TODAY)

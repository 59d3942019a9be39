"""The score: its parts, their steps, their weights; seen on living documents where it can be."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import pytest

from tests.suppliers.conftest import House
from vivier.search.operators import All, Exists, Terms
from vivier.search.scoring import (
    COVERAGE_STEPS,
    DISTANCE_STEPS_KM,
    EVIDENCE_STEPS,
    FIELD_VALUES,
    FRESHNESS_STEPS_DAYS,
    NARROWER_KEEPS,
    POINTS,
    SUPPOSED_VALUE,
    UNSTATED_VALUE,
    WEIGHTS,
    annual_amount,
    capacity_part,
    components,
    coverage_part,
    distance_part,
    freshness_part,
    idf,
    trade_part,
    valid_part,
    weights_of,
    word_points,
)
from vivier.vocabulary import COMPONENTS, EVIDENCES, WITHOUT_TRADE

EV_LYON = {"trade": "entretien-espaces-verts", "territory": "commune:69123"}


def part_of(house: House, name: str, part: str, **parameters: str) -> float:
    """The value (0–1) of one part of the score of one supplier."""
    found = house.ask(**parameters, per_page="100")
    result = next(result for result in found.results if result.record["name"]["value"] == name)
    return next(component.value for component in result.components if component.name == part)


# --- weights


def test_the_weights_of_the_table_are_shares_of_one_but_for_what_is_not_built_yet() -> None:
    """Experience (.05 in the method) waits for contracts; what is called for is brought to 1 anyway."""
    others = sum(weight for name, weight in WEIGHTS.items() if name not in ("wish", "valid"))
    assert others <= 1 == WEIGHTS["wish"]
    assert set(WEIGHTS) == set(COMPONENTS)


@pytest.mark.parametrize("called", [WEIGHTS, ["freshness"], ["trade", "coverage", "freshness"], ["words", "phrase"]])
def test_the_parts_called_for_share_the_whole_weight(called: list[str]) -> None:
    weights = weights_of(called)
    assert set(weights) == set(called)
    assert sum(weights.values()) == pytest.approx(1.0)


def test_parts_keep_their_proportions_whatever_is_called_for() -> None:
    few = weights_of(["trade", "coverage"])
    assert few["trade"] / few["coverage"] == pytest.approx(WEIGHTS["trade"] / WEIGHTS["coverage"])


def test_components_add_up_and_stay_between_0_and_1() -> None:
    weights = weights_of(["trade", "coverage", "freshness"])
    made = components({"trade": 4321, "coverage": 10_000}, weights)
    assert sum(part.points for part in made) == 14_321
    assert [part.name for part in made] == ["trade", "coverage", "freshness"]
    assert all(0 <= part.value <= 1 for part in made)
    assert made[-1].points == 0


# --- steps


def test_proofs_are_worth_less_from_declared_to_a_word_of_the_name() -> None:
    assert list(EVIDENCE_STEPS) == [evidence for evidence in EVIDENCES if evidence not in WITHOUT_TRADE]
    assert list(EVIDENCE_STEPS.values()) == sorted(EVIDENCE_STEPS.values(), reverse=True)
    assert NARROWER_KEEPS * min(EVIDENCE_STEPS.values()) > UNSTATED_VALUE > SUPPOSED_VALUE > 0


def test_the_more_of_the_place_a_zone_covers_the_more_it_is_worth() -> None:
    assert COVERAGE_STEPS["full"] > COVERAGE_STEPS["wide"] > COVERAGE_STEPS["partial"]
    assert min(COVERAGE_STEPS, key=lambda cls: COVERAGE_STEPS[cls]) == "touch"


def test_rings_follow_the_curve_closely() -> None:
    """A ring is worth its outer edge: inside one, nobody loses more than .21 of exp(−d/30 km)."""
    edges = [0.0, *DISTANCE_STEPS_KM]
    losses = [math.exp(-near / 30) - math.exp(-far / 30) for near, far in pairwise(edges)]
    assert max(losses) < 0.21


def test_a_part_gives_the_points_of_its_best_step_and_steps_fall() -> None:
    parts = [
        distance_part(0.12, ((4.8, 45.7),)),
        freshness_part(0.05, date(2026, 11, 24)),
        capacity_part(0.1, 50_000),
        trade_part(0.25, ("traiteur",), (Terms("trade", ("traiteur",)),)),
        valid_part(0.5, "2026-11-24"),
        coverage_part(0.2, {"full": Exists("reach_all"), "seat_only": All()}, ()),
    ]
    for part in parts:
        points = [tier.points for tier in part.tiers]
        assert points == sorted(points, reverse=True)
        assert len(points) == len(set(points))
        assert all(0 < one <= POINTS * WEIGHTS.get(part.name, 1) + 300 for one in points), part.name


def test_freshness_steps_go_from_one_to_nothing_at_two_years() -> None:
    days, values = zip(*FRESHNESS_STEPS_DAYS, strict=True)
    assert list(days) == sorted(days)
    assert values[0] == 1.0
    assert days[-1] < 730


# --- amounts


@pytest.mark.parametrize(
    ("amount", "months", "year"),
    [(120_000, 24, 60_000), (120_000, 12, 120_000), (120_000, None, 120_000), (120_000, 3, 120_000), (0, 48, 0)],
)
def test_an_amount_is_brought_to_a_year_and_never_scaled_up(amount: float, months: int | None, year: float) -> None:
    assert annual_amount(amount, months) == year


# --- words


def test_a_rare_word_tells_more_and_none_tells_less_than_nothing() -> None:
    assert idf(1_000, 1) > idf(1_000, 100) > idf(1_000, 1_000) >= 1.0
    assert idf(0, 0) == 1.0


def test_words_found_everywhere_in_a_name_make_the_whole_part() -> None:
    rarities = [idf(1_000, 3), idf(1_000, 400)]
    points = [word_points(0.2, one, sum(rarities), FIELD_VALUES["text_name"]) for one in rarities]
    assert sum(points) == pytest.approx(POINTS * 0.2, abs=2)


def test_a_word_found_is_worth_one_point_at_least() -> None:
    assert word_points(0.0001, 1.0, 500.0, 0.1) == 1


# --- on suppliers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Jardins du Confluent", 1.0),
        ("Coup de Main Lyonnais", EVIDENCE_STEPS["text"]),
        ("Paysage et Pelouse Services", EVIDENCE_STEPS["name"]),
        ("Cimes et Branches", 0.7),
        ("Patio et Terrasse", 0.7 * EVIDENCE_STEPS["certified"]),
    ],
)
def test_a_trade_is_worth_its_proof_and_a_narrower_one_seven_tenths(judged: House, name: str, value: float) -> None:
    assert part_of(judged, name, "trade", **EV_LYON) == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Jardins du Confluent", 1.0),
        ("Atelier Vert Tendre", 0.7),
        ("Racines Nomades", COVERAGE_STEPS["seat_only"]),
    ],
)
def test_coverage_is_worth_its_class_and_an_assumed_zone_seven_tenths(judged: House, name: str, value: float) -> None:
    assert part_of(judged, name, "coverage", **EV_LYON, coverage="seat") == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "value"), [("Éclat d'Armor", 1.0), ("Propreté du Mail", 0.5), ("Plumeau Services", 0)]
)
def test_capacity_is_whole_half_or_nothing(judged: House, name: str, value: float) -> None:
    asked = {"trade": "nettoyage-locaux", "territory": "commune:35238", "lot_amount": "240000", "lot_months": "24"}
    assert part_of(judged, name, "capacity", **asked) == pytest.approx(value, abs=1e-3)


def test_distance_counts_for_a_point_a_commune_and_a_departement_not_for_a_region(judged: House) -> None:
    asked = {"trade": "demenagement"}
    assert "distance" in judged.ask(**asked, territory="commune:44109").plan.weights
    assert "distance" in judged.ask(**asked, near="-1.55,47.22", radius_km="30").plan.weights
    assert "distance" in judged.ask(**asked, territory="departement:44").plan.weights
    assert "distance" not in judged.ask(**asked, territory="region:52").plan.weights
    assert "distance" not in judged.ask(**asked).plan.weights


def test_a_query_calls_for_the_parts_it_speaks_of_and_for_freshness(judged: House) -> None:
    assert set(judged.ask().plan.weights) == {"freshness"}
    assert set(judged.ask(q="bois").plan.weights) == {"words", "phrase", "freshness"}
    assert set(judged.ask(cpv="77", lot_amount="1").plan.weights) == {"valid", "trade", "capacity", "freshness"}


def test_the_name_asked_for_comes_before_those_who_do_the_trade(judged: House) -> None:
    assert judged.ask(q="jardins confluent").results[0].record["name"]["value"] == "Jardins du Confluent"


def test_size_for_its_own_sake_completeness_and_website_change_nothing(judged: House) -> None:
    """« Horizon », ten times bigger than « Jardins du Confluent », gains nothing of it without an amount; it comes from afar."""
    found = {one.record["name"]["value"]: one for one in judged.ask(**EV_LYON).results}
    big, small = found["Horizon Paysages France"], found["Jardins du Confluent"]
    differences = {part.name for part in big.components} - {"distance", "coverage"}
    assert {part.name: part.points for part in big.components if part.name in differences} == {
        part.name: part.points for part in small.components if part.name in differences
    }

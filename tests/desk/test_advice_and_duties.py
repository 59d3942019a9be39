"""An advice never contradicts a duty of the same lot, and never writes as near-certain what it holds for unsure."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from tests.desk.making import structure
from tests.desk.one_trade import feasibility
from tests.desk.test_law_of_a_lot import DAY
from vivier.desk.consultation import answered_outside
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.duties import exception_errors
from vivier.desk.method.feasibility import LEVERS, Lot, Pool, judged
from vivier.desk.read.line import STATES
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.advice import advice
from vivier.errors import InvalidRequest
from vivier.law.parameters import value
from vivier.law.rules import (
    UNKNOWN_VALUE,
    BuyerClass,
    Category,
    NeedValue,
    applies,
    broken_by,
    in_force,
    owed,
    reserving_rule,
)
from vivier.lexicon import Lexicon

BUYERS: tuple[BuyerClass, ...] = ("central", "other", "entity")
CATEGORIES = ("travaux", "fournitures", "services")


def some_pool(drawn: random.Random) -> list[Candidate]:
    kind = drawn.choice(("EI", "AI", "ESAT", "EA", "ETTI"))
    silent = [
        structure(kinds=(kind,), in_trade=False, trade_known=False, believed=drawn.random() / 3)
        for _ in range(drawn.randrange(30))
    ]
    return [*silent, *(structure(kinds=(kind,)) for _ in range(drawn.choice((0, 0, 1, 3, 60))))]


def some_lot(drawn: random.Random) -> Lot:
    """A lot of any form, amount and day, whose need is the lot, larger than it or not known."""
    amount = drawn.choice(
        (None, 5_000.0, 59_999.0, 60_000.0, 99_999.0, 139_999.0, 216_000.0, 431_999.0, 5_404_000.0, 9e6)
    )
    beside = drawn.choice((0.0, 30_000.0, 400_000.0, 6e6))
    need = UNKNOWN_VALUE if amount is None else NeedValue(amount + beside, drawn.choice((None, amount + beside)))
    return Lot(
        amount,
        drawn.choice((None, 2, 12, 48)),
        drawn.choice(((), ("85312120",), ("80000000",), ("90910000",), ("09331200",))),
        drawn.choice(("marche", "concession")),  # type: ignore[arg-type]
        drawn.choice(CATEGORIES),  # type: ignore[arg-type]
        drawn.choice(BUYERS),
        drawn.choice((None, 0.1, 0.65)),
        drawn.choice((True, False)),
        drawn.choice((True, False)),
        drawn.choice((date(2026, 3, 31), date(2026, 8, 21), in_force(), DAY)),
        need,
        drawn.choice((False, False, True)),
        drawn.choice((None, 8.0, 149.0, 900.0)),
    )


@pytest.mark.slow
def test_no_lever_breaks_a_duty_of_the_law_in_two_thousand_lots() -> None:
    drawn = random.Random(36)
    pools, levers = [some_pool(drawn) for _ in range(40)], set()
    for _ in range(2_000):
        lot = some_lot(drawn)
        made, plan = judged(lot, [Pool(drawn.choice(pools))], DAY), lot.plan(DAY)
        lever = made.lever
        assert not broken_by(lever, plan), (lot, lever)
        if lever in ("criterion", "none"):
            assert applies("social_condition", plan) != "yes" or lot.settled, lot
        if lever == "condition":
            assert [rule.code for rule in owed(plan)] == ["social_condition"], lot
        if lever == "direct":
            assert {applies("direct_purchase", plan), applies("direct_lot", plan)} != {"no"}, lot
        if lever == "clause":
            assert lot.most_hours is None or lot.most_hours >= value("useful_hours"), lot
        reserving = made.recommended or made.to_confirm
        if lever in ("reserve", "reserve_if"):
            assert reserving and applies(reserving_rule(reserving), plan) == "yes", lot
        levers.add(lever)
    assert levers == {*LEVERS}


@pytest.mark.slow
def test_a_criterion_that_does_not_discharge_the_duty_is_never_proposed() -> None:
    drawn, seen = random.Random(37), set()
    pools = [some_pool(drawn) for _ in range(30)]
    for _ in range(1_000):
        lot = some_lot(drawn)
        made = judged(lot, [Pool(drawn.choice(pools))], DAY)
        if broken_by("criterion", lot.plan(DAY)):
            said = advice(made)
            seen.add(said.lever)
            texts = " ".join((said.reason, *said.changes)).replace("Un critère seul n'y suffit pas", "")
            assert "un critère" not in texts.lower(), texts
    assert "condition" in seen


def test_too_few_hours_above_the_threshold_ask_for_a_grouped_lot() -> None:
    lending = [structure(kinds=("AI",), in_trade=False) for _ in range(4)]
    said = advice(feasibility(Lot(240_000, 12, labour_share=0.3, most_hours=81), lending, DAY))
    assert said.lever == "condition" and "sous le repère de 150 : un lot regroupé." in said.reason


@pytest.mark.parametrize(
    ("category", "months", "short"), [("services", 5, False), ("travaux", 5, True), ("travaux", 6, False)]
)
def test_the_condition_due_names_its_article_the_ways_and_the_cases_of_its_category(
    category: Category, months: int, short: bool
) -> None:
    made = advice(feasibility(Lot(6_200_000, months, labour_share=0.05, category=category), [], DAY))
    assert (made.lever, made.article.code if made.article else None) == ("condition", "L2112-2-1")
    assert "embauche directe" in made.reason and "facilitateur" in made.reason
    assert "immédiatement disponible" in made.reason and ("moins de six mois" in made.reason) == short


def test_under_the_threshold_a_buyer_is_first_told_whom_to_buy_from() -> None:
    made = feasibility(Lot(30_000, 12, labour_share=0.65), [structure(kinds=("ESAT",)) for _ in range(8)], DAY)
    said = advice(made)
    assert (said.lever, said.article.code if said.article else None) == ("direct", "R2122-8")
    assert len(made.first_calls) == 5 and "besoin entier" in said.reason
    range_above = Lot(70_000, 12, labour_share=0.65, need=NeedValue(50_000, None))  # « entre 50 000 et 70 000 »
    assert advice(feasibility(range_above, [structure(kinds=("ESAT",)) for _ in range(8)], DAY)).lever != "direct"
    whole = replace(made.lot, need=NeedValue(30_000, 30_000))
    assert "besoin entier" not in advice(feasibility(whole, [structure(kinds=("ESAT",))] * 1, DAY)).reason
    assert advice(feasibility(Lot(30_000, 12, labour_share=0.65), [], DAY)).lever != "direct"
    far = [structure(kinds=("ESAT",), declared=True, nationwide=True, distance_km=500.0)]
    assert advice(feasibility(Lot(30_000, 12, labour_share=0.65), far, DAY)).lever != "direct"


def test_a_clause_of_few_hours_is_never_the_title() -> None:
    lending = [structure(kinds=("AI",), in_trade=False) for _ in range(4)]
    few = advice(feasibility(Lot(120_000, 12, labour_share=0.65, most_hours=149), lending, DAY))
    assert few.lever == "criterion" and "sous le repère de 150" in few.reason
    assert advice(feasibility(Lot(120_000, 12, labour_share=0.65, most_hours=150), lending, DAY)).lever == "clause"


@pytest.mark.parametrize("text", ["assurance responsabilité civile", "Licences Microsoft 365"])
def test_a_lot_out_of_scope_is_answered_and_is_no_error(text: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": text, "amount": "300000", "months": "12"}), lexicon)
    assert (line.state, line.errors, line.counted) == ("outside", (), False)
    assert "ni réservation, ni clause" in STATES[line.state] and line.outside.startswith("Hors du champ")
    told = tuple(answered_outside(line, NeedValue(300_000, 300_000), StudySettings(DAY)))
    assert len(told) == 3 and "condition sociale reste due" in told[1] and "environnementaux" in told[2]
    assert understand(Row(1, {"text": "zzyzx", "place": "Rennes"}), lexicon).state == "to_correct"


@pytest.mark.parametrize("category", CATEGORIES)
def test_short_works_are_a_ground_for_works_only(category: str, lexicon: Lexicon) -> None:
    refused = category != "travaux"
    assert bool(exception_errors("short_works", category, "marche", 5)) == refused
    assert exception_errors("short_works", category, "marche", 6)
    assert exception_errors("immediate", category, "concession", 5) and not exception_errors(
        None, category, "marche", 5
    )
    assert not exception_errors("competition", category, "concession", 5)
    cells = {"text": "nettoyage des locaux", "place": "Rennes", "category": category}
    own = understand(Row(1, {**cells, "exception": "travaux de moins de trois mois"}), lexicon)
    assert [error.field for error in own.errors] == (["exception"] if refused else [])
    settings = StudySettings(DAY, exception="short_works")
    if refused:
        with pytest.raises(InvalidRequest, match="marché de"):
            settings.of(understand(Row(1, cells), lexicon))
    else:
        assert settings.of(understand(Row(1, cells), lexicon)).exception == "short_works"


@pytest.mark.parametrize("count", [0, 3, 12, 60, 200])
@pytest.mark.parametrize("likely", [0.05, 0.3, 0.9])
def test_a_low_confidence_never_stands_beside_a_near_certain_number(count: int, likely: float) -> None:
    pool = [structure(kinds=("EI",), in_trade=False, trade_known=False, believed=likely) for _ in range(count)]
    for doubtful in (True, False):
        made = advice(feasibility(Lot(150_000, 12, labour_share=0.65), pool, DAY), doubtful=doubtful)
        words = " ".join((made.reason, *made.facts)).replace("\u00a0", " ").replace("\u202f", " ")
        assert made.confidence == "low" and "99 %" not in words and "100 % des cas" not in words, words
        assert "moins de 1 %" not in words

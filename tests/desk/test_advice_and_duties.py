"""An advice never contradicts a duty of the same lot, and never writes as near-certain what it holds for unsure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest

from tests.desk.making import structure
from tests.desk.test_law_of_a_lot import DAY
from vivier.desk.consultation import StudySettings
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.duties import (
    IN_FORCE,
    BuyerClass,
    Consultation,
    NeedValue,
    duties,
    eu_threshold,
    exception_errors,
    social_due,
)
from vivier.desk.method.feasibility import Lot, feasibility
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.tell.advice import advice
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon

BUYERS: tuple[BuyerClass, ...] = ("central", "other", "entity")
CATEGORIES = ("travaux", "fournitures", "services")
OPEN = ("missing", "unknown", "to_justify", "to_verify")
"""States of a duty that is left to settle."""


def consultations() -> Iterator[Consultation]:
    """Every kind of consultation, under, at and above each threshold, before and after the law."""
    for buyer, category, kind, day, planned, exception in product(
        BUYERS,
        CATEGORIES,
        ("marche", "concession"),
        (date(2026, 8, 21), IN_FORCE, DAY),
        (None, False, True),
        (None, "unlinked"),
    ):
        given = Consultation(day, kind, category, buyer=buyer, social_condition=planned, exception=exception)  # type: ignore[arg-type]
        for amount in (None, 60_000.0, eu_threshold(given) - 1, eu_threshold(given), 9_000_000.0):
            yield Consultation(
                day,
                kind,  # type: ignore[arg-type]
                category,  # type: ignore[arg-type]
                NeedValue(amount, None),
                buyer,
                planned,
                exception=exception,
            )


def some_pool(drawn: random.Random) -> list[Candidate]:
    kind = drawn.choice(("EI", "AI", "ESAT", "EA", "ETTI"))
    silent = [
        structure(kinds=(kind,), in_trade=False, trade_known=False, believed=drawn.random() / 3)
        for _ in range(drawn.randrange(30))
    ]
    return [*silent, *(structure(kinds=(kind,)) for _ in range(drawn.choice((0, 0, 1, 3))))]


@pytest.mark.slow
def test_no_lever_leaves_a_social_condition_out_where_the_law_asks_one() -> None:
    drawn = random.Random(29)
    levers = set()
    for asked in consultations():
        due = social_due(asked)
        (social,) = (duty for duty in duties(asked) if duty.duty == "social_condition")
        assert not due or social.state in ("missing", "unknown")
        lot = Lot(
            asked.value.least,
            12,
            kind=asked.kind,
            category=asked.category,
            buyer=asked.buyer,
            labour_share=drawn.choice((0.1, 0.65)),
            launched=asked.launched,
            social_due=due,
        )
        made = advice(feasibility(lot, some_pool(drawn), DAY))
        assert not (due and made.lever in ("criterion", "none")), (asked, made.title)
        assert due or made.lever != "condition"
        levers.add(made.lever)
    assert levers >= {"reserve_if", "clause", "condition", "criterion", "none"}


def test_the_condition_due_names_its_article_the_ways_and_the_four_cases() -> None:
    made = advice(feasibility(Lot(1_200_000, 48, labour_share=0.05, social_due=True), [], DAY))
    assert (made.lever, made.article.code if made.article else None) == ("condition", "L2112-2-1")
    assert "embauche directe" in made.reason and "facilitateur" in made.reason
    assert "immédiatement disponible" in made.reason and "courte durée" in made.reason


@pytest.mark.parametrize("category", CATEGORIES)
def test_short_works_are_a_ground_for_works_only(category: str, lexicon: Lexicon) -> None:
    refused = category != "travaux"
    assert bool(exception_errors("short_works", category)) == refused
    cells = {"text": "nettoyage des locaux", "place": "Rennes", "category": category}
    own = understand(Row(1, {**cells, "exception": "travaux de moins de trois mois"}), lexicon)
    assert [error.field for error in own.errors] == (["exception"] if refused else [])
    settings = StudySettings(DAY, exception="short_works")
    if refused:
        with pytest.raises(InvalidRequest, match="que pour des travaux"):
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

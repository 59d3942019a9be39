"""When the call that follows a contract is published: honest when the files do not say, month by month when they do."""

from __future__ import annotations

from datetime import date
from typing import cast

from vivier.contracts.reasons import end_reasons
from vivier.contracts.renewal import Learnt, Step, forecast, forecast_of, learnt
from vivier.model.views import ContractView

DAY = date(2026, 11, 30)
SURE = Learnt((Step(-24, -8, 5_000, 10), Step(-7, -6, 300, 210), Step(-5, 12, 5_000, 10)), proven=True)


def test_without_a_proven_gain_no_month_is_named() -> None:
    found = forecast("2027-03-12", DAY, Learnt(SURE.steps))
    assert found is not None and found["months"] == []
    assert found["text"] == "fin prévue en mars 2027 ; acheteur à appeler dès maintenant"


def test_the_fewest_months_that_are_likely_enough_are_named_with_their_chance() -> None:
    found = forecast("2027-08-31", DAY, SURE)
    assert found is not None
    assert "suite publiée sans doute en janvier 2027 (6 chances sur 10)" in found["text"].replace("\u202f", " ")
    [first] = [month for month in found["months"] if month["month"] == "2027-01"]
    assert first["low"] < first["chance"] < first["high"]


def test_two_months_share_their_year() -> None:
    steps = (Step(-24, -6, 5_000, 10), Step(-5, -4, 600, 240), Step(-3, 12, 5_000, 10))
    found = forecast("2027-08-31", DAY, Learnt(steps, proven=True))
    assert found is not None and "en mars ou avril 2027 (" in found["text"]


def test_chances_of_all_months_are_at_most_one_and_only_of_months_to_come() -> None:
    found = forecast("2027-01-15", DAY, SURE)
    assert found is not None
    assert found["months"][0]["month"] == "2026-11" and sum(month["chance"] for month in found["months"]) <= 1


def test_a_contract_that_has_ended_or_has_no_end_foretells_nothing() -> None:
    assert forecast("2026-11-29", DAY, SURE) is None and forecast(None, DAY, SURE) is None


def test_few_months_watched_are_drawn_towards_the_share_of_all() -> None:
    thin = Learnt((Step(-24, -1, 990, 10), Step(0, 12, 1, 1)))
    share, low, high = thin.hazard(0)
    assert low < share < 0.05 < high < 0.2 and thin.hazard(99)[0] == thin.base


def test_a_contract_that_a_similar_one_follows_foretells_nothing() -> None:
    record = cast(ContractView, {"ends": "2027-08-31", "renewed_on": "2026-11-01"})
    assert forecast_of(record, DAY) is None and forecast_of(record, date(2026, 10, 1)) is not None


def test_a_building_is_not_built_again_but_a_framework_for_works_is_bought_again() -> None:
    works = {"ends": "2027-08-31", "category": "travaux"}
    assert forecast_of(cast(ContractView, works), DAY) is None
    for more in ({"techniques": ["accord_cadre"]}, {"nature": "accord_cadre"}, {"category": "services"}):
        assert forecast_of(cast(ContractView, works | more), DAY) is not None


def test_a_claimed_month_is_a_reason_of_its_own() -> None:
    end = date(2027, 8, 31)
    ends, following = end_reasons(end, DAY, forecast(end.isoformat(), DAY, SURE))
    assert following.code == "renewal" and "sans doute en janvier 2027" in following.text
    [ends] = end_reasons(end, DAY, forecast(end.isoformat(), DAY))
    assert ends.text.startswith("acheteur à appeler")
    [ends] = end_reasons(end, DAY, None)
    assert ends.text.startswith("finit au plus tard le")


def test_the_table_covers_every_month_once_and_its_gain_decides() -> None:
    steps = learnt().steps
    months = [month for step in steps for month in range(step.first, step.last + 1)]
    assert months == list(range(-24, 13)) and all(step.published <= step.watched for step in steps)

"""What follows a contract: its end, and when to call its buyer; nothing for what ended, was followed or is built once."""

from __future__ import annotations

from datetime import date
from typing import cast

from vivier.contracts.reasons import end_reason
from vivier.contracts.renewal import following, following_of
from vivier.model.views import ContractView

DAY = date(2026, 11, 30)


def test_the_end_and_the_day_to_call_the_buyer_are_given_and_no_month_of_publication() -> None:
    found = following("2027-08-31", DAY)
    assert found is not None
    assert found["text"].startswith("fin prévue en août 2027 ; acheteur à appeler") and found["announced"] is None


def test_what_the_buyer_announces_comes_before_the_day_to_call_it() -> None:
    announced = {"first": "2027-01-01", "last": "2027-02-01", "text": "en 2027", "notice": "n"}
    found = following("2027-03-15", DAY, announced)  # type: ignore[arg-type]
    assert found is not None and found["text"].endswith("suite annoncée par l'acheteur : en 2027")


def test_nothing_follows_a_contract_that_has_ended_or_has_no_end() -> None:
    assert following("2026-11-29", DAY) is None and following(None, DAY) is None


def test_nothing_follows_a_contract_that_a_similar_one_follows() -> None:
    record = cast(ContractView, {"ends": "2027-08-31", "renewed_on": "2026-11-01"})
    assert following_of(record, DAY) is None and following_of(record, date(2026, 10, 1)) is not None


def test_a_building_is_not_built_again_but_a_framework_for_works_is_bought_again() -> None:
    works = {"ends": "2027-08-31", "category": "travaux"}
    assert following_of(cast(ContractView, works), DAY) is None
    for more in ({"techniques": ["accord_cadre"]}, {"nature": "accord_cadre"}, {"category": "services"}):
        assert following_of(cast(ContractView, works | more), DAY) is not None


def test_the_end_alone_is_a_reason_when_nothing_follows() -> None:
    end = date(2027, 8, 31)
    assert end_reason(end, DAY, following(end.isoformat(), DAY)).text.startswith("acheteur à appeler")
    assert end_reason(end, DAY, None).text.startswith("finit au plus tard")

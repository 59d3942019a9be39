"""Wrong passwords for the page of the operator are logged, and slow their client only."""

from __future__ import annotations

import logging

import pytest

from search_api.context import Logins
from tests.given.conftest import REVIEW_TOKEN, House


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_wrong_password_after_a_few_doubles_the_wait_of_its_client() -> None:
    clock = Clock()
    logins = Logins(clock)
    waits = []
    for _ in range(20):
        logins.failed("a")
        waits.append(logins.seconds("a"))
        clock.now += waits[-1]
    assert waits[:8] == [0, 0, 0, 0, 1, 2, 4, 8] and waits[-1] == 900
    assert logins.seconds("b") == 0
    logins.passed("a")
    logins.failed("a")
    assert logins.seconds("a") == 0


@pytest.mark.slow
def test_many_clients_take_a_bounded_memory() -> None:
    logins = Logins(Clock())
    for client in range(10_000):
        for _ in range(5):
            logins.failed(str(client))
    assert logins.seconds("9999") == 1 and logins.seconds("0") == 0


@pytest.mark.slow
def test_a_guesser_waits_and_is_logged_without_what_it_gave(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = [house.client.get("/revue", auth=("", f"essai secret {number}")) for number in range(6)]
    assert [answer.status_code for answer in found] == [401] * 5 + [429]
    assert found[-1].headers["retry-after"] == "1" and "seconde" in found[-1].text
    lines = [record.getMessage() for record in caplog.records if "/revue" in record.getMessage()]
    assert len(lines) == 5 and "secret" not in caplog.text


@pytest.mark.slow
def test_a_browser_that_opens_the_page_has_guessed_nothing(house: House) -> None:
    assert [house.client.get("/revue").status_code for _ in range(9)] == [401] * 9
    assert house.client.get("/revue", auth=("", REVIEW_TOKEN)).status_code == 200

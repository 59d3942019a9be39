"""One client reaches its share of what is kept, and never closes the service to another; an opposition always has room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from search_api.app import create_app
from tests.given.conftest import ASKED, House
from tests.given.declaring import structures
from tests.search_api.conftest import today
from vivier.given.queue import MOST_A_DAY, Queue
from vivier.given.quotas import QuotaSpent, is_taken, share, spend
from vivier.given.requests import Subject
from vivier.given.tables import QUOTAS
from vivier.settings import Settings

BAD, GOOD = "203.0.113.77", "198.51.100.20"
Post = Callable[[str, str, dict[str, str]], Response]


@pytest.fixture
def post(house: House) -> Iterator[Post]:
    """Posts a form as an address, to a service whose queue is of 20 requests."""
    own = {"home": house.settings.home, "opposition_salt": house.settings.opposition_salt, "rate": 0}
    bounds = Settings.model_validate(own)
    queue = Queue(house.queue.database, bounds, most=20)
    app = create_app(house.engine, house.lexicon, today=house.clock, queue=queue, rounds=house.rounds, settings=bounds)
    with TestClient(app, client=(BAD, 50_000)) as bad, TestClient(app, client=(GOOD, 50_000)) as good:
        clients = {BAD: bad, GOOD: good}
        yield lambda who, url, data: clients[who].post(url, data=data, follow_redirects=False)


def report(number: int) -> dict[str, str]:
    return {"fact": "name", "right": f"Un autre nom {number}", "source": "son site"}


@pytest.mark.slow
def test_one_client_fills_a_tenth_of_the_queue_at_most(house: House, post: Post) -> None:
    id_, _ = structures(house)[0]
    answers = [post(BAD, f"/fournisseurs/{id_}/signaler", report(number)).status_code for number in range(30)]
    assert answers == [303] * 2 + [429] * 28
    assert post(GOOD, f"/fournisseurs/{id_}/signaler", report(0)).status_code == 303


@pytest.mark.slow
def test_the_clients_of_one_network_share_four_times_what_one_client_has(house: House) -> None:
    with house.queue.database.transaction() as connection:
        taken = [is_taken(connection, f"network.{number}", "report", today(), 2) for number in range(12)]
        assert taken == [True] * 8 + [False] * 4
        assert is_taken(connection, "elsewhere.1", "report", today(), 2)


@pytest.mark.slow
def test_a_structure_opposes_whatever_others_sent_about_it(house: House, post: Post) -> None:
    """Three forged oppositions closed the way of a structure for days, and a full queue that of all."""
    id_, siret = structures(house)[0]
    for number in range(20):
        house.queue.send("report", Subject(f"autre-{number}", "", "Autre"), report(number), today())
    assert post(GOOD, f"/fournisseurs/{id_}/signaler", report(0)).status_code == 503, "the queue is full"
    forged = {"siret": siret, "role": "gérante inventée"}
    for _ in range(30):
        assert post(BAD, f"/fournisseurs/{id_}/s-opposer", forged).status_code == 303
    assert post(GOOD, f"/fournisseurs/{id_}/s-opposer", {"siret": siret, "role": "gérante"}).status_code == 303


@pytest.mark.slow
def test_of_requests_at_once_no_more_pass_than_the_quota(house: House) -> None:
    def send(number: int) -> bool:
        try:
            house.queue.send("report", Subject("a", "", "A"), report(number), today(), client="a hash")
        except QuotaSpent:
            return False
        return True

    with ThreadPoolExecutor(14) as pool:
        assert sum(pool.map(send, range(40))) == MOST_A_DAY["report"]
    assert house.queue.count("pending") == MOST_A_DAY["report"]


@pytest.mark.slow
def test_a_client_opens_its_share_of_rounds_a_day(house: House) -> None:
    assert share(10_000, 180, 10) == 27, "taken every day, half of the register"
    house.rounds._most = 40
    app = create_app(house.engine, house.lexicon, today=house.clock, rounds=house.rounds, settings=house.settings)
    with TestClient(app, client=(BAD, 50_000)) as bad, TestClient(app, client=(GOOD, 50_000)) as good:
        answers = [bad.post("/v1/rounds", json=ASKED) for _ in range(12)]
        assert [answer.status_code for answer in answers] == [201] * 10 + [429] * 2
        assert "par jour au plus" in answers[-1].json()["detail"]
        assert good.post("/v1/rounds", json=ASKED).status_code == 201
        house.clock.later(1)
        assert bad.post("/v1/rounds", json=ASKED).status_code == 201


@pytest.mark.slow
def test_a_count_is_forgotten_after_two_days_and_holds_no_address(house: House, post: Post) -> None:
    id_, _ = structures(house)[0]
    post(BAD, f"/fournisseurs/{id_}/signaler", report(0))
    files = [path.read_bytes() for path in house.settings.home.glob("given.sqlite*")]
    assert not any(BAD.encode() in content for content in files)
    with house.queue.database.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(QUOTAS)) == 1
        spend(connection, "another", "report", house.clock.day + timedelta(days=2), 1)
        assert connection.scalar(select(func.count()).select_from(QUOTAS)) == 1


@pytest.mark.slow
def test_counts_are_kept_by_postgresql_too(house_on_postgresql: House) -> None:
    test_of_requests_at_once_no_more_pass_than_the_quota(house_on_postgresql)

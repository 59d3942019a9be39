"""A list in which no word is searched has an order that means something: what ends soon, what is newest."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.search_api.contracts.conftest import Open


def shown(open_page: Open, url: str) -> list[str]:
    """What stands at the right of each card."""
    return [one.text for one in open_page(url).all("p", class_="until")]


def test_contracts_that_still_run_come_first_the_soonest_to_end_before_all(open_page: Open) -> None:
    ends = [re.sub(r"^.*€", "", one) for one in shown(open_page, "/marches")]
    over = [one.startswith("Fini") and "Finit" not in one for one in ends]
    assert ends and over == sorted(over)


@pytest.mark.parametrize(
    ("url", "order"),
    [
        ("/marches", "ends"),
        ("/marches?q=essai", "relevance"),
        ("/marches?sort=amount", "amount"),
        ("/acheteurs", "rank"),
    ],
)
def test_the_order_of_a_list_is_the_one_that_it_says(open_page: Open, url: str, order: str) -> None:
    options = [one.attributes for one in open_page(url).one("select", id="champ-sort").all("option")]
    assert [one["value"] for one in options if "selected" in one] == [order]


def test_links_of_a_list_name_neither_its_order_nor_its_size(open_page: Open) -> None:
    links = [url for url in open_page("/marches?trade=entretien-espaces-verts").links() if url.startswith("/marches?")]
    assert all("per_page" not in url and "sort=" not in url for url in links)


def test_the_deepest_page_of_a_list_counts_its_own_size(client: TestClient) -> None:
    """The links of a list of ten a page go to the thousandth, twice as far as those of the API."""
    statuses = [client.get("/marches", params={"page": at}).status_code for at in (1, 501, 1000, 1001)]
    assert statuses == [200, 200, 200, 422]

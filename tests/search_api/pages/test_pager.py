"""The pages offered around one page of results."""

from __future__ import annotations

import pytest

from search_api.pages.pager import pager
from search_api.pages.state import PageState
from vivier.suppliers.query import SupplierQuery


@pytest.mark.parametrize(
    ("total", "page", "numbers", "before", "after"),
    [
        (0, 1, [], None, None),
        (1, 1, [1], None, None),
        (20, 1, [1], None, None),
        (21, 1, [1, 2], None, 2),
        (400, 1, [1, 2, 3, 20], None, 2),
        (400, 10, [1, 8, 9, 10, 11, 12, 20], 9, 11),
        (400, 20, [1, 18, 19, 20], 19, None),
        (2_000, 49, [1, 47, 48, 49, 50], 48, 50),  # no page beyond the thousandth result
        (2_000, 50, [1, 48, 49, 50], 49, None),
    ],
)
def test_two_pages_are_offered_on_each_side_then_the_first_and_the_last(
    total: int, page: int, numbers: list[int], before: int | None, after: int | None
) -> None:
    state = PageState(SupplierQuery(page=page, per_page=20))
    made = pager(total, state, 1_000)
    assert made["numbers"] == [(number, state.url(page=number)) for number in numbers]
    assert made["prev"] == (None if before is None else state.url(page=before))
    assert made["next"] == (None if after is None else state.url(page=after))
    assert (made["page"], made["pages"]) == (page, -(-total // 20))

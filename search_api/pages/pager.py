"""The pages around one page of results."""

from __future__ import annotations

from math import ceil

from search_api.pages.state import PageState


def pager(total: int, state: PageState, deepest: int) -> dict[str, object]:
    """Template values of the pager: numbers near this page, and its neighbours. No page goes beyond the result ``deepest``."""
    query = state.query
    pages = ceil(total / query.per_page)
    last = min(pages, deepest // query.per_page)
    near = range(max(1, query.page - 2), min(last, query.page + 2) + 1)
    numbers = sorted({1, *near, last}) if last else []
    return {
        "page": query.page,
        "pages": pages,
        "numbers": [(number, state.url(page=number)) for number in numbers],
        "prev": state.url(page=min(query.page - 1, last)) if query.page > 1 and last else None,
        "next": state.url(page=query.page + 1) if query.page < last else None,
    }

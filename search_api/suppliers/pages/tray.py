"""The suppliers chosen to be compared, which follow the reader from page to page in the URL (``choix``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from search_api.pages.facts import shown_name
from search_api.pages.state import COMPARED, PageState
from vivier.search.snapshot import Snapshot
from vivier.suppliers.chosen import MOST_CHOSEN, records_of


@dataclass(frozen=True)
class Chosen:
    """A supplier chosen: ``without`` is the page without it."""

    id: str
    name: str
    without: str | None


@dataclass(frozen=True)
class Tray:
    """The suppliers chosen; the page that compares them, and the page without any."""

    chosen: tuple[Chosen, ...]
    compare: str | None
    none: str | None

    @property
    def is_full(self) -> bool:
        return len(self.chosen) >= MOST_CHOSEN


def tray_of(state: PageState, snapshot: Snapshot, url: Callable[[PageState], str | None] | None = None) -> Tray:
    """The tray of a page. ``url`` makes the address of the page with other suppliers chosen; that of the search by default."""
    make = url or (lambda other: other.url(page=other.query.page))
    chosen = tuple(
        Chosen(id_, shown_name(record), make(state.choosing(*(other for other in state.chosen if other != id_))))
        for id_, record in records_of(state.chosen, snapshot).items()
    )
    return Tray(chosen, state.url(COMPARED), make(state.choosing()))

"""Nothing or little found: the ways out, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass

from search_api.pages.state import PageState
from vivier.french import plural
from vivier.suppliers.beyond import Beyond
from vivier.suppliers.find import SupplierFound


@dataclass(frozen=True)
class Panel:
    """``changes`` and ``trades`` are links with what they give, ``(text, url)``."""

    nothing: bool
    in_pairs: bool
    changes: list[tuple[str, str]]
    trades: list[tuple[str, str]]


def beyond_panel(found: SupplierFound, more: Beyond | None, state: PageState) -> Panel | None:
    """``None`` when enough was found."""
    if more is None:
        return None
    changes = [
        (relaxation.sentence, PageState(relaxation.query, state.besoin).url()) for relaxation in more.relaxations
    ]
    trades = [
        (f"{trade.name} : {plural(trade.total, 'structure')}", PageState(trade.query, state.besoin).url())
        for trade in more.trades
    ]
    return Panel(
        nothing=found.total == 0,
        in_pairs=any(len(relaxation.parameters) > 1 for relaxation in more.relaxations),
        changes=[(text, url) for text, url in changes if url is not None],
        trades=[(text, url) for text, url in trades if url is not None],
    )

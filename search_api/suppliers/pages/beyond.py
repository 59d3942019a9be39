"""Prepares the panel shown when few results or none are found: changes of the query that would give more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_api.pages.state import PageState
from vivier.french import plural
from vivier.suppliers.beyond import Beyond
from vivier.suppliers.find import SupplierFound


@dataclass(frozen=True)
class Panel:
    """The panel. ``changes`` and ``trades``: links, each with a text that says how many results it gives, ``(text, url)``."""

    nothing: bool
    in_pairs: bool
    changes: list[tuple[str, str]]
    trades: list[tuple[str, str]]


def beyond_panel(found: SupplierFound, more: Beyond | None, state: PageState) -> Panel | None:
    """The panel; ``None`` when enough results are found."""
    if more is None:
        return None
    changes = [(relaxation.sentence, replace(state, query=relaxation.query).url()) for relaxation in more.relaxations]
    trades = [
        (f"{trade.name} : {plural(trade.total, 'structure')}", replace(state, query=trade.query).url())
        for trade in more.trades
    ]
    return Panel(
        nothing=found.total == 0,
        in_pairs=any(len(relaxation.parameters) > 1 for relaxation in more.relaxations),
        changes=[(text, url) for text, url in changes if url is not None],
        trades=[(text, url) for text, url in trades if url is not None],
    )

"""Nothing or little found: the ways out, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass

from search_api.pages.state import Asked
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


def beyond_panel(found: SupplierFound, more: Beyond | None, asked: Asked) -> Panel | None:
    """``None`` when enough was found."""
    if more is None:
        return None
    changes = [(one.sentence, Asked(one.query, asked.besoin).url()) for one in more.relaxations]
    trades = [
        (f"{one.name} : {plural(one.total, 'structure')}", Asked(one.query, asked.besoin).url()) for one in more.trades
    ]
    return Panel(
        nothing=found.total == 0,
        in_pairs=any(len(one.parameters) > 1 for one in more.relaxations),
        changes=[(text, url) for text, url in changes if url is not None],
        trades=[(text, url) for text, url in trades if url is not None],
    )

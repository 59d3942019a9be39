"""Nothing or little found: the ways out, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from search_api.pages.facts import town
from search_api.pages.state import RESULTS, Asked
from vivier.french import kilometres, plural
from vivier.suppliers.beyond import Beyond
from vivier.suppliers.find import SupplierFound, SupplierResult

_SAID_BESIDE = ("kind", "distance")
"""Reasons that the line already says, or that do not change between neighbours."""


@dataclass(frozen=True)
class Neighbour:
    """A supplier outside the place asked."""

    name: str
    url: str
    where: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """``changes`` and ``trades`` are links with what they give, ``(text, url)``."""

    nothing: bool
    in_pairs: bool
    changes: list[tuple[str, str]]
    neighbours: list[Neighbour]
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
        neighbours=[_neighbour(one, asked) for one in more.nearest],
        trades=[(text, url) for text, url in trades if url is not None],
    )


def _neighbour(result: SupplierResult, asked: Asked) -> Neighbour:
    day = f"?as_of={asked.query.as_of}" if asked.query.as_of else ""
    distance = result.distance_km or 0.0
    away = f"à {kilometres(distance)}" if distance > 0 else "sur place"
    return Neighbour(
        name=result.record["name"]["value"],
        url=f"{RESULTS}/{quote(result.id, safe='')}{day}",
        where=" · ".join((town(result.record) or "commune inconnue", away)),
        reasons=tuple(one.text for one in result.reasons if one.code not in _SAID_BESIDE),
    )

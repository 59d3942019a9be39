"""Turns what sources say of trades (ROME codes, sectors, names) into codes of the table of trades."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from vivier.trades.table import Trade, load_trades

TOO_MANY = 4
MOSTLY = 2 / 3
"""Share of the trades of a sector that its family must hold."""


@cache
def trades_of_rome(code: str) -> tuple[str, ...]:
    """Codes of the trades that a job of this ROME code is evidence of; empty when the table has none.

    A ROME code is a job, coarser than a trade: the table gives K2204 (cleaner) for office cleaning, hospital cleaning,
    façades, vehicles… A cleaner hired proves the first, not the others. So only the trades that name the code first are
    kept (all of them when none does), and a specialisation is left out when the broader trade is among them. A code
    that still gives more than :data:`TOO_MANY` trades (a shop assistant, a cook's help) proves none.
    """
    listed = load_trades().by_rome(code)
    return _narrowed([trade for trade in listed if trade.rome[0] == code.strip().upper()] or list(listed))


def _narrowed(found: list[Trade]) -> tuple[str, ...]:
    codes = {trade.code for trade in found}
    narrowest = tuple(trade.code for trade in found if not _broader(trade) & codes)
    return narrowest if len(narrowest) <= TOO_MANY else ()


def _broader(trade: Trade) -> set[str]:
    return {ancestor.code for ancestor in load_trades().ancestors(trade.code)}


@cache
def trades_of_sector(slug: str) -> tuple[str, ...]:
    """Codes of the trades a sector of the Marché de l'inclusion means; empty for a catch-all (« autre-57 »).

    Slugs end with a number left by the software, which may be missing: it is not compared. A sector is coarser than a trade,
    as a ROME code is, and is narrowed by the same rule.
    """
    bare = _bare(slug)
    if bare.split("-")[0] == "autre":
        return ()
    listed = _by_bare_slug().get(bare, ())
    return _narrowed([trade for trade in listed if _bare(trade.marche_slugs[0]) == bare] or list(listed))


@cache
def family_of_sector(slug: str) -> str | None:
    """Group of a sector that means too many trades, or everything else of its group (« autre-57 »): that of most of the trades
    listed under it. ``None`` for a slug that is unknown, spreads over groups, or is a catch-all without its number, which may be
    any of twenty."""
    exact, bare = slug.strip(), _bare(slug)
    if bare == "autre":
        listed = load_trades().by_marche_slug(exact) if exact != bare else ()
    else:
        listed = _by_bare_slug().get(bare, ())
    found = Counter(trade.group for trade in listed).most_common(1)
    return found[0][0] if found and found[0][1] >= MOSTLY * len(listed) else None


def _bare(slug: str) -> str:
    return re.sub(r"-\d+$", "", slug.strip())


@cache
def _by_bare_slug() -> Mapping[str, tuple[Trade, ...]]:
    found: dict[str, dict[str, Trade]] = {}
    for trade in load_trades():
        for slug in trade.marche_slugs:
            found.setdefault(_bare(slug), {})[trade.code] = trade
    return {slug: tuple(trades.values()) for slug, trades in found.items()}


@cache
def trade_names() -> Mapping[str, str]:
    """French name of every trade, by code."""
    return {trade.code: trade.name for trade in load_trades()}

"""Trades on a building site: « espaces verts » alone is upkeep, of which nobody speaks among lots of works, where they are made."""

from __future__ import annotations

from collections.abc import Iterable

from vivier.lexicon import Lexicon
from vivier.needs import Need
from vivier.trades.table import Trade


def made_on_site(code: str, need: Need, lexicon: Lexicon) -> Trade | None:
    """The trade under this one that sells works first, and of which the same words of the need speak; ``None`` for a trade that has works itself."""
    trade = lexicon.trades.get(code)
    words = {match.id: {why.term for why in match.why} for match in (*need.sectors, *need.alternatives)}
    spoken = words.get(code) or {""}
    under = (lexicon.trades.get(match.id) for match in need.alternatives if words[match.id] >= spoken)
    return next((made for made in under if made.parent == code and made.nature[0] == "works" not in trade.nature), None)


def is_site(needs: Iterable[Need], lexicon: Lexicon) -> bool:
    """Whether most of the lots, two at least, ask for nothing but trades of works."""
    read = [[lexicon.trades.get(match.id).nature[0] for match in need.sectors] for need in needs]
    works = sum(set(natures) == {"works"} for natures in read)
    return works >= 2 and 2 * works > len(read)

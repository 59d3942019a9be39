"""Finds the trades that a page mentions, by a strict threshold: a wrong trade costs a buyer more than a missing one.

A heading, a menu entry or the name of an offered service gives a trade when the whole of it is read as that need by
:func:`vivier.needs.resolve_need`, surely (:data:`SURE`), and when the words of names or of presentations
(:class:`vivier.trades.words.TradeWords`) say so too: « Agenda » is a need of stationery, and an entry of any menu. The body gives one by two distinct phrases of the trade table at
least. What inclusive structures say of their own mission is not what they sell.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from crawlers.websites.model import EXCERPT, TradeMention
from vivier.identity import fold
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.trades.table import load_trades
from vivier.trades.words import OWN_MISSION, TradeWords, load_trade_words

RULES = "site-2"
SURE = 0.9
PHRASES = 2
LONGEST_HEADING = 8
"""Words: more is a sentence, and says other things besides."""
NEVER_HEADINGS = frozenset(
    (
        "DEVELOPPEMENT DURABLE",
        "EPICERIE SOLIDAIRE",
        "RAPPORT D ACTIVITE",
        "RAPPORTS D ACTIVITE",
        "RSE",
        "VESTIAIRE SOLIDAIRE",
    )
)
"""Entries of a menu that are trades elsewhere, and never trades of the site."""
_MAKERS = re.compile(r"\b(?:SITE|WEB|INTERNET|HEBERGE|WEBMASTER|COOKIES?|DROITS)\b")
"""The foot of a page names who made the site: that is not what the structure sells."""


class SiteTrades:
    """Finds the trades that pages mention. Headings already read are remembered, because menus come back on each page."""

    def __init__(self, lexicon: Lexicon, words: TradeWords | None = None) -> None:
        self._lexicon = lexicon
        self._words = words or load_trade_words()
        self._of_heading = lru_cache(maxsize=20_000)(self._heading)

    def mentions(self, headings: Iterable[str], text: str) -> tuple[TradeMention, ...]:
        """Each trade once, with a heading that mentions it when there is one, else with the body."""
        found: dict[str, TradeMention] = {}
        for heading in headings:
            for piece in _pieces(heading):
                for trade in self._of_heading(piece):
                    found.setdefault(trade, TradeMention(trade=trade, excerpt=heading[:EXCERPT], heading=True))
        for mention in self._body(text):
            found.setdefault(mention.trade, mention)
        return tuple(found.values())

    def _heading(self, heading: str) -> tuple[str, ...]:
        folded = fold(heading)
        if not folded or folded in NEVER_HEADINGS or _MAKERS.search(folded) or len(folded.split()) > LONGEST_HEADING:
            return ()
        need = resolve_need(heading, self._lexicon)
        if need.status != "auto":
            return ()
        sure = SURE / len(need.sectors)
        confirmed = {*self._words.names.found(heading), *self._words.presentations.found(heading)} - OWN_MISSION
        return tuple(sector.id for sector in need.sectors if sector.confidence >= sure and sector.id in confirmed)

    def _body(self, text: str) -> Iterator[TradeMention]:
        for trade, phrases in self._words.presentations.found(text).items():
            if len(phrases) >= PHRASES:
                yield TradeMention(trade=trade, excerpt=self._excerpt(text, trade))

    def _excerpt(self, text: str, trade: str) -> str:
        lines = (line for line in text.splitlines() if trade in self._words.presentations.found(line))
        return next(lines, "")[:EXCERPT]


def _pieces(heading: str) -> Iterator[str]:
    """The headings in a text: « Espaces verts | ESAT du Lac » is two."""
    yield from (piece.strip() for piece in re.split(r"\s[|–—•·:]\s|\s-\s", heading) if piece.strip())


@lru_cache(maxsize=1)
def method() -> str:
    """Version of the rules of reading: it changes with these rules and with the table of trades they read."""
    table = repr(list(load_trades()))
    return f"{RULES}-{hashlib.sha256(table.encode()).hexdigest()[:12]}"

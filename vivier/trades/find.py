"""Trades by the words a buyer types."""

from __future__ import annotations

from functools import lru_cache

from vivier.lexicon import Lexicon
from vivier.trades.table import Trade

_NEAREST = 10


def find_trades(text: str, lexicon: Lexicon) -> tuple[Trade, ...]:
    """Trades whose name or words hold every word of the text, those named so first; else the nearest by spelling.

    Words are compared as the search compares them: « tontes » finds « tonte », synonyms included.
    """
    groups = lexicon.analysis.query_groups(text)
    named: list[Trade] = []
    known: list[Trade] = []
    for trade, name, words in _indexed(lexicon):
        if groups and _all_in(groups, name):
            named.append(trade)
        elif groups and _all_in(groups, words):
            known.append(trade)
    if named or known:
        return (*named, *known)
    return tuple(lexicon.trades.get(code) for code in lexicon.trades.suggest(text, _NEAREST))


def _all_in(groups: tuple[tuple[tuple[str, ...], ...], ...], words: frozenset[str]) -> bool:
    return all(any(words.issuperset(phrase) for phrase in group) for group in groups)


@lru_cache(maxsize=2)
def _indexed(lexicon: Lexicon) -> tuple[tuple[Trade, frozenset[str], frozenset[str]], ...]:
    def tokens(*texts: str) -> frozenset[str]:
        return frozenset(token for text in texts for token in lexicon.analysis.tokens("french", text))

    return tuple((trade, tokens(trade.name), tokens(trade.name, *trade.words)) for trade in lexicon.trades)

"""Finds trades and CPV codes by what a buyer types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from vivier.text import Analysis
from vivier.trades.cpv import Cpv, CpvCode, significant
from vivier.trades.table import Trade, Trades, fold, likeness

_NEAREST = 10


def find_trades(text: str, trades: Trades, analysis: Analysis) -> tuple[Trade, ...]:
    """Trades whose name or words hold every word of the text, those named so first; else those that hold most of its words, the nearest by
    spelling first; else the nearest by spelling alone.

    Words are compared as the search compares them: « tontes » finds « tonte », synonyms included.
    """
    groups = analysis.query_groups(text)
    named: list[Trade] = []
    known: list[Trade] = []
    for trade, name, words in _indexed(trades, analysis):
        if groups and _all_in(groups, name):
            named.append(trade)
        elif groups and _all_in(groups, words):
            known.append(trade)
    if named or known:
        return (*named, *known)
    held = {
        trade: tuple(sum(_all_in((group,), each) for group in groups) for each in (words, name))
        for trade, name, words in _indexed(trades, analysis)
    }
    some = [trade for trade, counts in held.items() if counts[0]]
    some.sort(key=lambda trade: (*held[trade], likeness(text, trade)), reverse=True)
    return tuple(some[:_NEAREST]) or tuple(trades.get(code) for code in trades.suggest(text, _NEAREST))


def _all_in(groups: Iterable[tuple[tuple[str, ...], ...]], words: frozenset[str]) -> bool:
    return all(any(words.issuperset(phrase) for phrase in group) for group in groups)


@lru_cache(maxsize=2)
def _indexed(trades: Trades, analysis: Analysis) -> tuple[tuple[Trade, frozenset[str], frozenset[str]], ...]:
    def tokens(*texts: str) -> frozenset[str]:
        return frozenset(token for text in texts for token in analysis.tokens("french", text))

    return tuple((trade, tokens(trade.name), tokens(trade.name, *trade.words)) for trade in trades)


def find_cpv(text: str, table: Cpv) -> tuple[CpvCode, ...]:
    """Codes that begin with the digits given, else whose French label holds every word (or its beginning).

    Digits keep the order of the nomenclature; words put the broadest codes first. Accents and case are free.
    """
    plain = text.replace(" ", "").partition("-")[0]
    if plain.isdigit():
        return tuple(table.get(code) for code in table.descendants(plain))
    words = [f" {word}" for word in _words(text).split()]
    found = [entry for entry, label in _cpv_labels(table) if words and all(word in label for word in words)]
    return tuple(sorted(found, key=lambda entry: (len(significant(entry.code)), entry.code)))


@lru_cache(maxsize=2)
def _cpv_labels(table: Cpv) -> tuple[tuple[CpvCode, str], ...]:
    return tuple((entry, f" {_words(entry.label_fr)}") for entry in table)


def _words(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in fold(text)).split())

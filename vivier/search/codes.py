"""Gives the closed lists of codes that a filter accepts, with their French names, and turns a code into the values of the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Final

from vivier import vocabulary
from vivier.law.kinds import kinds_answering
from vivier.lexicon import Lexicon
from vivier.trades.cpv import significant

Names = Callable[[Lexicon], Mapping[str, str]]
kinds: Final[Names] = attrgetter("kinds")
labels: Final[Names] = attrgetter("labels")
trades: Final[Names] = attrgetter("trade_names")
departements: Final[Names] = attrgetter("departements")
regions: Final[Names] = attrgetter("regions")


def evidence_from(lexicon: Lexicon, weakest: str) -> tuple[str, ...]:
    """The codes of an evidence and of all stronger ones, the strongest first."""
    ladder = tuple(vocabulary.EVIDENCES)
    return ladder[: ladder.index(weakest) + 1]


def kinds_of_article(lexicon: Lexicon, article: str) -> tuple[str, ...]:
    return kinds_answering(article)


CPV_FLOOR = 0.5
"""The least weight at which a trade answers a CPV. When no trade reaches it, only the best one answers."""


def trades_of_cpv(lexicon: Lexicon, cpv: str) -> tuple[str, ...]:
    """Codes of the trades that answer a CPV, given as 8 digits or as the beginning of a code; empty when no trade does."""
    found = lexicon.trades.by_cpv(cpv)
    sure = [trade.code for trade, weight in found if weight >= CPV_FLOOR]
    return tuple(sure or [trade.code for trade, _ in found[:1]])


def trades_meant_by_cpv(lexicon: Lexicon, cpv: str) -> tuple[str, ...]:
    """The trades of :func:`trades_of_cpv` that the CPV itself means: it stands under one of their own codes. A broader code only may
    mean them (15000000, « foods », is bought for butcher's meat and for vegetables)."""
    stem = significant(cpv)
    return tuple(
        code
        for code in trades_of_cpv(lexicon, cpv)
        if any(stem.startswith(prefix.digits) for prefix in lexicon.trades.get(code).cpv)
    )


def groups(lexicon: Lexicon) -> Mapping[str, str]:
    return {group.code: group.name for group in lexicon.trades.groups()}

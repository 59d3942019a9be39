"""Finds the trades that an object asks for beside those that its reading retained: « curage et débroussaillage des fossés ».

A need is read as a whole, which is right for a search and may drop half of a lot. Here each part of the object is read by itself;
a trade that only a part gives is proposed to the user, never added for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need

LEAST: Final = 0.6
"""Least confidence of a part read by itself."""
MOST_PARTS: Final = 6
_BREAK: Final = re.compile(r"\s*(?:[,;/+]|\bet\b|\bainsi que\b)\s*", re.IGNORECASE)
_COMPLEMENT: Final = re.compile(r"\s((?:des|du|de la|de l'|d'|de|pour|dans)\b.*)$", re.IGNORECASE)


@dataclass(frozen=True)
class SecondTrade:
    """A trade that a part of the object asks for. ``part``: its words. ``sure``: read with enough certainty to be a doubt on the line."""

    code: str
    label: str
    confidence: float
    part: str
    sure: bool


def second_trades(text: str, chosen: Collection[str], lexicon: Lexicon) -> tuple[SecondTrade, ...]:
    """The trades of the parts of ``text`` that are neither among ``chosen`` nor in their families, each once."""
    kin = {code for trade in chosen for code in _family(trade, lexicon)}
    found: dict[str, SecondTrade] = {}
    for part in _parts(text):
        need = resolve_need(part, lexicon)
        if not need.sectors or not chosen:
            continue
        match = need.sectors[0]
        if match.id not in kin and match.id not in found:
            found[match.id] = SecondTrade(match.id, match.label, match.confidence, part, _sure(need))
    return tuple(found.values())


def _sure(need: Need) -> bool:
    return need.status == "auto" and need.sectors[0].confidence >= LEAST


def _family(code: str, lexicon: Lexicon) -> set[str]:
    """A trade and those under the same head: « vitres » is no second trade beside « locaux »."""
    ancestors = [trade.code for trade in lexicon.trades.ancestors(code)]
    kin = (trade.code for ancestor in (code, *ancestors) for trade in lexicon.trades.descendants(ancestor))
    return {code, *ancestors, *kin}


def _parts(text: str) -> Iterator[str]:
    """The parts of an object, if there are several. A part without a complement takes that of the last one: « curage et
    débroussaillage des fossés » has « curage des fossés »."""
    cuts = [part for part in _BREAK.split(text) if len(part) > 3]
    if not 2 <= len(cuts) <= MOST_PARTS:
        return
    last = _COMPLEMENT.search(cuts[-1])
    for part in cuts:
        alone = _COMPLEMENT.search(part) is None and last is not None
        yield f"{part} {last[1]}" if alone and last is not None else part

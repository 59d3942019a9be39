"""Builds the pieces of the answer: trades with their reasons, CPV codes reached through the trades."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from vivier.lexicon import Lexicon
from vivier.needs.evidence import Evidence
from vivier.needs.folded import Folded
from vivier.needs.index import NeedsIndex, stems_of
from vivier.needs.model import CpvMatch, SectorMatch, Span, Why
from vivier.trades.cpv import padded, significant
from vivier.trades.table import Trade

CPV_PER_TRADE = 3
LEAST_CPV_WEIGHT = 0.5
LEAST_WHY = 0.15  # nats: below, a word is not worth showing
_LEVELS = {2: "division", 3: "group", 4: "class", 5: "category"}
_GOODS = frozenset(f"{number:02d}" for number in (*range(3, 45), 48))


def sector(
    row: int, confidence: float, evidence: Evidence, text: Folded, index: NeedsIndex, codes: Iterable[Why] = ()
) -> SectorMatch:
    """A trade and the words that point to it, the heaviest first."""
    why = [*codes, *_whys(row, evidence, text)]
    return SectorMatch(
        id=index.owners[row], label=index.names[row], confidence=_down(confidence), why=tuple(why)
    )  # fmt: skip


def _down(confidence: float) -> float:
    """Rounded down: the confidences of a need must not add up to more than 1."""
    return math.floor(confidence * 1000) / 1000


def _whys(row: int, evidence: Evidence, text: Folded) -> list[Why]:
    found: dict[str, tuple[float, list[Span]]] = {}
    for place, token in enumerate(evidence.tokens):
        hit = evidence.best.get((row, place))
        weight = float(evidence.credit[row, place]) * token.weight
        if hit is not None and weight >= LEAST_WHY:
            field = "words" if hit.phrase.field == "bought" else hit.phrase.field
            via = f"{field}:{hit.phrase.written}"
            total, spans = found.setdefault(via, (0.0, []))
            spans.append(text.span(token.word.start, token.word.end))
            found[via] = (total + weight, spans)
    whys = [
        Why(term=" ".join(span.text for span in spans), via=via, weight=round(weight, 2), spans=tuple(spans))
        for via, (weight, spans) in found.items()
    ]
    return sorted(whys, key=lambda why: -why.weight)


def level(code: str) -> str:
    """The level of a code in the nomenclature, by its significant digits."""
    return _LEVELS.get(len(significant(code)), "subcategory")


def cpv_of(
    trade: Trade, confidence: float, stems: frozenset[str], goods: bool, lexicon: Lexicon, index: NeedsIndex
) -> list[CpvMatch]:
    """Codes of a trade, the nearest to the words of the need first. Codes of supplies are included only when the need asks for
    goods, or when the trade has no other code."""
    least = min(LEAST_CPV_WEIGHT, max((prefix.weight for prefix in trade.cpv), default=0.0))
    weights = {padded(prefix.digits): prefix.weight for prefix in trade.cpv if prefix.weight >= least}
    listed = {code: weight for code, weight in weights.items() if code in index.cpv}
    fit = {code: weight for code, weight in listed.items() if goods or code[:2] not in _GOODS} or listed
    scored = sorted(fit, key=lambda code: _rank(code, fit[code], stems, lexicon, index))[:CPV_PER_TRADE]
    best = -_rank(scored[0], fit[scored[0]], stems, lexicon, index)[0] if scored else 1.0
    return [
        CpvMatch(
            code=code,
            label=index.cpv.label(code),
            # The first code is as sure as its trade; the others are less sure, as they share fewer words with the need.
            confidence=_down(confidence * fit[code] * -_rank(code, fit[code], stems, lexicon, index)[0] / best),
            level=level(code),
        )
        for code in scored
    ]


def _rank(
    code: str, weight: float, stems: frozenset[str], lexicon: Lexicon, index: NeedsIndex
) -> tuple[float, int, str]:
    """The sort key of codes: the best first; of two codes as good as each other, the broader."""
    return -weight * (0.4 + _overlap(code, stems, lexicon, index)), len(significant(code)), code


def _overlap(code: str, stems: frozenset[str], lexicon: Lexicon, index: NeedsIndex) -> float:
    """Share of the words of a label that are in the need."""
    label = _label_stems(code, lexicon, index)
    return len(label & stems) / len(label) if label else 0.0


@lru_cache(maxsize=4096)
def _label_stems(code: str, lexicon: Lexicon, index: NeedsIndex) -> frozenset[str]:
    return frozenset(stems_of(index.cpv.label(code), lexicon.analysis))

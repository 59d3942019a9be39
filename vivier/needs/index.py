"""The index that needs are read with, built once from the tables: phrases, vocabulary, votes of CPV labels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mappings import read_table
from vivier.lexicon import Lexicon
from vivier.needs.folded import folded
from vivier.needs.lexis import Lexis, Word, read_words
from vivier.needs.phrases import Phrase, PhraseIndex
from vivier.needs.written import WORD, TableWords
from vivier.text import Analysis
from vivier.trades.cpv import Cpv, load_cpv
from vivier.trades.table import Trade, fold, load_out_of_scope

Votes = dict[str, tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]]
"""Stem -> rows of the trades it votes for, with the share of each (they add up to 1)."""

_SPELT = re.compile(r"\w+")
_GOODS_DIVISIONS = frozenset(f"{number:02d}" for number in (*range(3, 45), 48))


@dataclass(frozen=True, eq=False)
class NeedsIndex:
    """What needs are read with. ``owners``: codes of the trades, then of the themes out of scope, in row order; ``trades``: how many
    of them are trades."""

    owners: tuple[str, ...]
    names: tuple[str, ...]
    trades: int
    phrases: PhraseIndex
    lexis: Lexis
    cpv_votes: Votes
    cpv: Cpv
    tables: TableWords
    rows: Mapping[str, int]
    exact: Mapping[str, int]


@lru_cache(maxsize=2)
def needs_index(lexicon: Lexicon) -> NeedsIndex:
    """The index of a lexicon, built once (about half a second)."""
    themes = load_out_of_scope()
    trades = tuple(lexicon.trades)
    vocabulary = _vocabulary()
    owners = (*(trade.code for trade in trades), *(theme.code for theme in themes))
    rows = {code: row for row, code in enumerate(owners)}
    texts = [*((t.name, t.words, t.exclusions) for t in trades), *((t.name, t.words, t.exclusions) for t in themes)]
    phrases = [phrase for row, (name, words, out) in enumerate(texts) for phrase in _phrases(row, name, words, out, lexicon.analysis)]  # fmt: skip
    context = _stems(vocabulary["context"], lexicon.analysis)
    cpv = load_cpv()
    surface = _surface(texts, lexicon.analysis)
    cpv_votes = _cpv_votes(trades, rows, cpv, lexicon.analysis)
    also_known = frozenset(cpv_votes) | context | _naf_stems(lexicon.analysis)
    also_known |= _stems(vocabulary["known"], lexicon.analysis)
    return NeedsIndex(
        owners=owners,
        names=(*(trade.name for trade in trades), *(theme.name for theme in themes)),
        trades=len(trades),
        phrases=PhraseIndex(phrases, len(owners), context),
        lexis=Lexis(
            surface,
            _counts(texts, lexicon.analysis),
            families=_groups(vocabulary["family"], lexicon),
            synonyms=_groups(vocabulary["synonym"], lexicon),
            also_known=also_known,
            distinct=_groups(vocabulary["distinct"], lexicon),
        ),
        cpv_votes=cpv_votes,
        cpv=cpv,
        tables=_table_words(
            frozenset(surface)
            | {word.written for word in _words(vocabulary["context"] + vocabulary["known"], lexicon.analysis)},
            texts,
        ),
        rows=rows,
        exact={key: row for row, trade in enumerate(trades) for key in (trade.code, fold(trade.name))},
    )


def _vocabulary() -> dict[str, list[str]]:
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_table("need_vocabulary"):
        roles[row["role"]].append(row["patterns"])
    return roles


def _groups(lines: Iterable[str], lexicon: Lexicon) -> list[tuple[str, ...]]:
    """Groups of stems; a group of a single stem is dropped."""
    groups = [tuple(dict.fromkeys(w.stem for w in _words([line], lexicon.analysis))) for line in lines]
    return [group for group in groups if len(group) > 1]


def _words(lines: Iterable[str], analysis: Analysis) -> Iterator[Word]:
    for line in lines:
        for part in line.split("|"):
            yield from read_words(folded(part).text, analysis)


def _stems(lines: Iterable[str], analysis: Analysis) -> frozenset[str]:
    return frozenset(word.stem for word in _words(lines, analysis))


def stems_of(text: str, analysis: Analysis) -> tuple[str, ...]:
    """Stems of a label or a phrase, in order."""
    return tuple(word.stem for word in read_words(folded(text).text, analysis))


def _phrases(
    row: int, name: str, words: Iterable[str], exclusions: Iterable[str], analysis: Analysis
) -> Iterator[Phrase]:
    fields = (("words", words), ("name", (name,)), ("exclusion", exclusions))
    for field, texts in fields:
        for text in texts:
            stems = stems_of(text, analysis)
            if stems:
                yield Phrase(row, field, text, stems)


def _surface(texts: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]], analysis: Analysis) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words, exclusions in texts:
        for text in (name, *words, *exclusions):
            found.update((word.written, word.stem) for word in read_words(folded(text).text, analysis))
    return found


def _table_words(words: frozenset[str], texts: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> TableWords:
    phrases: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, listed, exclusions in texts:
        for phrase in (folded(text).text for text in (name, *listed, *exclusions)):
            first, *others = WORD.findall(phrase) or [""]
            if others:
                phrases[first][phrase] = None
    written = (
        word.casefold() for name, listed, _ in texts for text in (name, *listed) for word in _SPELT.findall(text)
    )
    accented = frozenset(word for word in written if not word.isascii())
    return TableWords(words, accented, {first: tuple(found) for first, found in phrases.items()})


def _counts(texts: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]], analysis: Analysis) -> Counter[str]:
    """How many phrases contain each word: of two likely spellings, the more frequent is chosen."""
    phrases = (folded(text).text for name, words, _ in texts for text in (name, *words))
    return Counter(word.written for phrase in phrases for word in read_words(phrase, analysis))


def _cpv_votes(trades: Iterable[Trade], rows: Mapping[str, int], cpv: Cpv, analysis: Analysis) -> Votes:
    """Votes of the words of CPV labels, for the trades whose codes are sure. Divisions of supplies vote only for trades that sell
    goods: matching a text with CPV labels favours supplies (« imprimer des flyers » does not buy ink)."""
    weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for trade in trades:
        for prefix in trade.cpv:
            for code in cpv.descendants(prefix.digits):
                if code[:2] not in _GOODS_DIVISIONS or "goods" in trade.nature:
                    _keep_best(weights[code], trade.code, prefix.weight * len(prefix.digits))
    counts: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for code, found in weights.items():
        best = max(found.values())
        closest = [trade for trade, weight in found.items() if weight >= 0.8 * best]
        for stem in set(stems_of(cpv.label(code), analysis)):
            for trade_code in closest:
                counts[stem][rows[trade_code]] += 1 / len(closest)
    return _as_votes(counts)


def _keep_best(weights: dict[str, float], code: str, weight: float) -> None:
    weights[code] = max(weight, weights.get(code, 0.0))


def _as_votes(counts: Mapping[str, Mapping[int, float]]) -> Votes:
    votes: Votes = {}
    for stem, found in counts.items():
        total = sum(found.values()) + 1.0  # a word seen once is not a certainty
        votes[stem] = (np.fromiter(found, np.intp), np.fromiter(found.values(), np.float64) / total)
    return votes


def _naf_stems(analysis: Analysis) -> frozenset[str]:
    """Words of the labels of activities: they are French, hence never « corrected », and are no evidence of a trade."""
    return frozenset(stem for row in read_table("naf") for stem in stems_of(row["label"], analysis))

"""The index that needs are read with, built once from the tables: phrases, vocabulary, contexts.

What the words of a need say together of its trade, as objects of real contracts use them: « reprise » beside « enrobés » is no sewing.

The table of weights is fitted by ``python -m benchmarks fit_need_words`` (docs/methods.md (k)): a word, or two words side by side, adds its
weight to each trade, to each theme out of scope, and to « none of them ».
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mappings import ROOT, digest_of, read_built, read_table, table_path
from vivier.lexicon import Lexicon
from vivier.needs.folded import folded
from vivier.needs.lexis import Lexis, Word, read_words
from vivier.needs.phrases import Phrase, PhraseIndex
from vivier.needs.written import WORD, TableWords
from vivier.text import Analysis, load_analysis
from vivier.trades.cpv import Cpv, load_cpv
from vivier.trades.table import OutOfScope, Trade, fold, load_out_of_scope, load_trades

Floats = npt.NDArray[np.float64]
TABLE = "need_words.npz"
NONE = "none"
"""Code of « none of them »: what is bought is neither a trade nor a theme of our tables."""
SCALE = 16
"""The table stores a weight times this, as a whole number."""
LEAST = -7.0
"""Log-probability under which an owner is not told from another: the least chance that counts is one in a thousand."""


@dataclass(frozen=True, eq=False)
class Contexts:
    """Weights by word. ``owners``: the codes of trades and themes, then « none »; ``base``: the weight of each when no word is known;
    ``features``: number of each word or pair; its weights are ``weights[starts[n]:starts[n + 1]]``, for the owners ``rows`` there."""

    owners: tuple[str, ...]
    base: Floats
    features: Mapping[str, int]
    starts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.int8]

    def likely(self, stems: Sequence[str]) -> Floats:
        """How likely each owner is, then an owner that the table lacks, then « none »: from 0 (one chance in a thousand or less) to 7
        (certain), its log-probability, shifted. All 0 when no word is known."""
        known = [self.features[word] for word in dict.fromkeys(words_and_pairs(stems)) if word in self.features]
        if not known:
            return np.zeros(len(self.owners) + 1)
        found = np.zeros(len(self.owners))
        for number in known:
            among = slice(self.starts[number], self.starts[number + 1])
            found[self.rows[among]] += self.weights[among]
        found = found / (SCALE * math.sqrt(len(known))) + self.base
        chances = np.exp(found - found.max())
        shifted = np.maximum(np.log(chances / chances.sum() + 1e-9), LEAST) - LEAST
        return np.insert(shifted, -1, 0.0)

    def row_of(self, owner: str) -> int:
        """The row of an owner in :meth:`likely`."""
        return self.owners.index(owner) if owner in self.owners[:-1] else len(self.owners) - 1


def words_and_pairs(stems: Sequence[str]) -> Iterable[str]:
    """Each stem, then each two that follow one another, joined by a space."""
    yield from stems
    yield from map(" ".join, itertools.pairwise(stems))


@lru_cache(maxsize=1)
def load_contexts() -> Contexts:
    """The table of ``mappings``. Raises ``FileNotFoundError`` when it is absent."""
    with np.load(table_path(TABLE)) as found:
        return Contexts(
            owners=tuple(str(found["owners"]).split("\n")),
            base=found["base"].astype(np.float64),
            features={word: number for number, word in enumerate(str(found["features"]).split("\n"))},
            starts=found["starts"],
            rows=found["rows"],
            weights=found["weights"],
        )


BUILT = "needs"
"""Name of the table that :func:`needs_index` reads, in ``mappings/built``."""
_TABLES = ("trades", "need_phrases", "trades_out_of_scope", "need_vocabulary", "cpv", "naf")
_SPELT = re.compile(r"\w+")


@dataclass(frozen=True, eq=False)
class NeedsIndex:
    """What needs are read with. ``owners``: codes of the trades, then of the themes out of scope, in row order; ``trades``: how many
    of them are trades."""

    owners: tuple[str, ...]
    names: tuple[str, ...]
    trades: int
    phrases: PhraseIndex
    lexis: Lexis
    cpv: Cpv
    tables: TableWords
    rows: Mapping[str, int]
    barred: Mapping[str, frozenset[int]]
    """Rows of the trades that sell services alone (``services``), services or works and no thing (``makers``), things alone (``goods``)."""
    exact: Mapping[str, int]
    contexts: Contexts
    context_rows: npt.NDArray[np.intp]
    """By row of owner, its row among those of the contexts."""


@dataclass(frozen=True)
class NeedTables:
    """What the index has of the tables that took reading thousands of texts: stems of phrases, words as written. It is made
    once, by ``python -m scripts.build_needs``, and read from ``mappings/built``."""

    phrases: list[tuple[int, str, str, list[str]]]
    context: list[str]
    surface: dict[str, str]
    counts: dict[str, int]
    families: list[list[str]]
    synonyms: list[list[str]]
    distinct: list[list[str]]
    also_known: list[str]
    words: list[str]
    accented: list[str]
    beginnings: dict[str, list[str]]


@lru_cache(maxsize=2)
def needs_index(lexicon: Lexicon) -> NeedsIndex:
    """The index of a lexicon, built once: from the tables made before, in some hundredths of a second; from the lexicon itself (two seconds) when
    it is another one, or when a table changed since."""
    made = read_built(BUILT, digest()) if _is_of_the_house(lexicon) else None
    tables = need_tables(lexicon) if made is None else NeedTables(**made)
    themes = load_out_of_scope()
    trades = tuple(lexicon.trades)
    owners = (*(trade.code for trade in trades), *(theme.code for theme in themes))
    phrases = (Phrase(row, field, written, tuple(stems)) for row, field, written, stems in tables.phrases)
    contexts = load_contexts()
    return NeedsIndex(
        owners=owners,
        names=(*(trade.name for trade in trades), *(theme.name for theme in themes)),
        trades=len(trades),
        phrases=PhraseIndex(phrases, len(contexts.owners) - 1, frozenset(tables.context)),
        lexis=Lexis(
            tables.surface,
            Counter(tables.counts),
            families=map(tuple, tables.families),
            synonyms=map(tuple, tables.synonyms),
            also_known=(*tables.also_known, *contexts.features),
            distinct=map(tuple, tables.distinct),
        ),
        cpv=load_cpv(),
        tables=TableWords(
            frozenset(tables.words),
            frozenset(tables.accented),
            {first: tuple(found) for first, found in tables.beginnings.items()},
        ),
        rows={code: row for row, code in enumerate(owners)},
        barred={
            "services": frozenset(row for row, trade in enumerate(trades) if not {"goods", "works"} & {*trade.nature}),
            "makers": frozenset(row for row, trade in enumerate(trades) if "goods" not in trade.nature),
            "goods": frozenset(row for row, trade in enumerate(trades) if {*trade.nature} == {"goods"}),
        },
        exact={key: row for row, trade in enumerate(trades) for key in (trade.code, fold(trade.name))},
        contexts=contexts,
        context_rows=np.array([contexts.row_of(_known(code, lexicon, contexts)) for code in owners], np.intp),
    )


def _known(owner: str, lexicon: Lexicon, contexts: Contexts) -> str:
    """The owner, or its broader trade when the contexts know this one alone."""
    above = lexicon.trades.get(owner).parent if owner in lexicon.trades else None
    return above if above is not None and owner not in contexts.owners else owner


def digest() -> str:
    """The digest of every table that :func:`need_tables` reads."""
    return digest_of(*map(table_path, _TABLES), ROOT / "analysis.json")


def _is_of_the_house(lexicon: Lexicon) -> bool:
    """Whether the trades and the analysis of a lexicon are those of ``mappings``."""
    return lexicon.trades is load_trades() and lexicon.analysis is load_analysis()


def need_tables(lexicon: Lexicon) -> NeedTables:
    """The tables of a lexicon, read anew."""
    themes = load_out_of_scope()
    trades = tuple(lexicon.trades)
    vocabulary = _vocabulary()
    bought, each = _bought(), list[Trade | OutOfScope]((*trades, *themes))
    texts = [
        *((t.name, (*t.words, *bought.get(t.code, ())), t.exclusions) for t in trades),
        *((t.name, t.words, t.exclusions) for t in themes),
    ]
    phrases = [phrase for row, owner in enumerate(each) for phrase in _phrases(row, owner, bought.get(owner.code, ()), lexicon.analysis)]  # fmt: skip
    context = _stems(vocabulary["context"], lexicon.analysis)
    surface = _surface(texts, lexicon.analysis)
    also_known = context | _label_stems(lexicon.analysis)
    also_known |= _stems(vocabulary["known"], lexicon.analysis)
    known = {word.written for word in _words(vocabulary["context"] + vocabulary["known"], lexicon.analysis)}
    written = _table_words(frozenset(surface) | known, texts)
    return NeedTables(
        phrases=[(phrase.owner, phrase.field, phrase.written, list(phrase.stems)) for phrase in phrases],
        context=sorted(context),
        surface=surface,
        counts=dict(_counts(texts, lexicon.analysis)),
        families=_groups(vocabulary["family"], lexicon),
        synonyms=_groups(vocabulary["synonym"], lexicon),
        distinct=_groups(vocabulary["distinct"], lexicon),
        also_known=sorted(also_known),
        words=sorted(written.words),
        accented=sorted(written.accented),
        beginnings={first: list(found) for first, found in written.phrases.items()},
    )


def _bought() -> dict[str, tuple[str, ...]]:
    """By trade, what buyers type for it. They are words of needs alone: a supplier or a contract is not read with them."""
    return {row["trade"]: tuple(row["phrases"].split("|")) for row in read_table("need_phrases")}


def _vocabulary() -> dict[str, list[str]]:
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_table("need_vocabulary"):
        roles[row["role"]].append(row["patterns"])
    return roles


def _groups(lines: Iterable[str], lexicon: Lexicon) -> list[list[str]]:
    """Groups of stems; a group of a single stem is dropped."""
    groups = [list(dict.fromkeys(w.stem for w in _words([line], lexicon.analysis))) for line in lines]
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


def _phrases(row: int, owner: Trade | OutOfScope, bought: Iterable[str], analysis: Analysis) -> Iterator[Phrase]:
    own = (*owner.words, owner.name)
    fields = (
        ("words", owner.words),
        ("bought", [phrase for phrase in bought if phrase not in own]),
        ("name", (owner.name,)),
        ("exclusion", owner.exclusions),
    )
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


def _label_stems(analysis: Analysis) -> frozenset[str]:
    """Words of the labels of activities and of the CPV: they are French, hence never « corrected », and are no evidence of a trade."""
    labels = (*(row["label"] for row in read_table("naf")), *(row["label_fr"] for row in read_table("cpv")))
    return frozenset(stem for label in labels for stem in stems_of(label, analysis))

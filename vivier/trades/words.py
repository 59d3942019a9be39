"""Finds trades in the words of a name or a presentation. This is weak evidence, and is shown as such.

Names are read with a short table of their own (``trade_name_words.csv``): in names, most words of the trade table have
another meaning (« Insert », « Accueil », « Restaurants du Cœur »), and so do roots (« ressources », « ressourcerie »).
Presentations are read with the phrases of several words of the trade table, by roots, and with the words of
``trade_text_words.csv``, as written (« propreté », « ressourcerie »); a phrase that two trades would share proves nothing, nor
does one that this table gives to no trade (« notre site Web », « le développement durable »). In a name and in the object of a contract, which are short and speak of one thing, a look-alike listed for a
trade vetoes it; a presentation speaks of several things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from mappings import read_table
from vivier.text import Analysis, load_analysis
from vivier.trades.table import Trades, load_trades

Tokens = tuple[str, ...]
LONGEST_PHRASE = 5
MOST_TRADES = 9
"""A presentation that names more trades than this is a list of publics or a programme, and proves none. Real ones name up to
eight (``benchmarks/presentations.py``)."""
OWN_MISSION = frozenset(("action-sociale", "ressources-humaines", "formation", "soins-accompagnement"))
"""Trades that inclusive structures use to describe their own mission: in their presentations, they are not what they sell."""


class Phrases:
    """Finds phrases that mean one trade each in a text; the longest at each position wins."""

    def __init__(
        self, phrases: Iterable[tuple[str, str]], vetoes: Mapping[str, Iterable[str]], analysis: Analysis, analyzer: str
    ) -> None:
        """``phrases``: (phrase, trade code), as written; without a code, it means no trade, and its words are not read
        otherwise. ``vetoes``: look-alikes by trade. ``analyzer``: the analyzer
        that reads both."""
        self._analysis, self._analyzer = analysis, analyzer
        meant: dict[Tokens, set[str]] = defaultdict(set)
        for phrase, code in phrases:
            tokens = self._tokens(phrase)
            if 0 < len(tokens) <= LONGEST_PHRASE:
                meant[tokens].add(code)
        self._trades = {tokens: next(iter(codes)) for tokens, codes in meant.items() if len(codes) == 1}
        lengths: dict[str, set[int]] = defaultdict(set)
        for tokens in self._trades:
            lengths[tokens[0]].add(len(tokens))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._vetoes = {code: {_spaced(self._tokens(phrase)) for phrase in given} for code, given in vetoes.items()}
        self._look_alikes = {
            spaced.split()[0] for phrases in self._vetoes.values() for spaced in phrases if spaced.strip()
        }
        """The first word of each look-alike: most texts have none of them."""

    def _tokens(self, text: str) -> Tokens:
        return tuple(self._analysis.tokens(self._analyzer, text))

    def found(self, text: str) -> dict[str, set[Tokens]]:
        """The trades that a text names, and the phrases (as index tokens) that name them."""
        return self.found_in(self._tokens(text))

    def found_in(self, tokens: Tokens) -> dict[str, set[Tokens]]:
        """The same for a text that is already analysed."""
        if self._lengths.keys().isdisjoint(tokens):
            return {}
        found: dict[str, set[Tokens]] = defaultdict(set)
        place = 0
        while place < len(tokens):
            lengths = self._lengths.get(tokens[place])
            phrase = None if lengths is None else self._longest(tokens, place, lengths)
            if phrase is not None:
                found[self._trades[phrase]].add(phrase)
            place += len(phrase) if phrase is not None else 1
        found.pop("", None)
        spaced = _spaced(tokens) if found else ""
        return {code: phrases for code, phrases in found.items() if not self._is_vetoed(code, spaced)}

    def vetoed(self, codes: Iterable[str], tokens: Tokens) -> frozenset[str]:
        """The trades, among some, that a look-alike of the text vetoes."""
        if self._look_alikes.isdisjoint(tokens):
            return frozenset()
        listed = [code for code in codes if self._vetoes.get(code)]
        spaced = _spaced(tokens) if listed else ""
        return frozenset(code for code in listed if self._is_vetoed(code, spaced))

    def _longest(self, tokens: Tokens, place: int, lengths: Iterable[int]) -> Tokens | None:
        for length in lengths:
            phrase = tokens[place : place + length]
            if phrase in self._trades:
                return phrase
        return None

    def _is_vetoed(self, code: str, spaced: str) -> bool:
        return any(veto in spaced for veto in self._vetoes.get(code, ()))


def _spaced(tokens: Tokens) -> str:
    """Words with a space around each, so that a phrase is found by searching a text."""
    return f" {' '.join(tokens)} "


class TradeWords:
    """Finds the trades that names, presentations and objects of contracts (``texts``) mention."""

    def __init__(self, trades: Trades, analysis: Analysis) -> None:
        vetoes = {trade.code: trade.exclusions for trade in trades}
        rows = list(read_table("trade_name_words"))
        names = ((word, row["trade"]) for row in rows for word in row["words"].split("|"))
        self.names = Phrases(names, vetoes, analysis, "name")
        texts = (
            (phrase, trade.code)
            for trade in trades
            if trade.code not in OWN_MISSION
            for phrase in (trade.name, *trade.words)
        )
        several = [(phrase, code) for phrase, code in texts if len(analysis.tokens("french", phrase)) > 1]
        written = [(word, row["trade"]) for row in read_table("trade_text_words") for word in row["words"].split("|")]
        silent = [(word, code) for word, code in written if not code]
        self.presentations = Phrases([*several, *silent], {}, analysis, "french")
        self._written = Phrases(written, {}, analysis, "name")
        self.texts = Phrases(several, vetoes, analysis, "french")

    def of_presentation(self, presentation: str) -> tuple[str, ...]:
        """The trades that a presentation names; none when it names more than :data:`MOST_TRADES`."""
        found = tuple(dict.fromkeys((*self.presentations.found(presentation), *self._written.found(presentation))))
        return found if len(found) <= MOST_TRADES else ()


@lru_cache(maxsize=1)
def load_trade_words() -> TradeWords:
    """The reader built on the committed tables, once."""
    return TradeWords(load_trades(), load_analysis())


@lru_cache(maxsize=4096)
def trade_of_words(words: str) -> str | None:
    """The only trade that a few words name: by its name, one of its phrases, or the words structures put in their
    names.

    Words are compared as the search compares them (« Espaces Verts » is « espace vert »). Words that name two trades
    give none.
    """
    named = trades_of_phrase(words)
    if len(named) == 1:
        return next(iter(named))
    codes = [code for code in load_trade_words().names.found(words) if not named or code in named]
    return codes[0] if len(codes) == 1 else None


def trades_of_phrase(words: str) -> frozenset[str]:
    """The trades of which some words are the name or one of the phrases, whole."""
    return _by_tokens().get(tuple(load_analysis().tokens("french", words)), frozenset())


@cache
def _by_tokens() -> Mapping[Tokens, frozenset[str]]:
    found: dict[Tokens, set[str]] = {}
    analysis = load_analysis()
    for trade in load_trades():
        for words in (trade.name, *trade.words):
            found.setdefault(tuple(analysis.tokens("french", words)), set()).add(trade.code)
    return {tokens: frozenset(codes) for tokens, codes in found.items()}

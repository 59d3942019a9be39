"""Completes what a reader is typing: suggests suppliers, trades and places that begin like it.

The ``prefix`` analyzer indexes the beginnings of the names of suppliers and of the words of trades, so that the text typed is looked
up as it is. Suggestions are not ranked by relevance: those that match equally come in the order of their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import Not, Operator, Part, Phrase, Search, Sort, Terms, Text, Tier, conjunction
from vivier.search.port import Answer
from vivier.search.snapshot import Snapshot
from vivier.territory.resolve import autocomplete, label
from vivier.territory.spelling import begun
from vivier.trades.table import Trade

SuggestionType = Literal["supplier", "trade", "place"]
TYPES: Final[dict[SuggestionType, str]] = {"trade": "Métier", "place": "Lieu", "supplier": "Structure"}
"""The French name of each type, in the order in which types are shown: buyers type a trade or a place more often than a name."""
LEAST_CORRECTED: Final = 3
"""Letters from which a word typed is corrected."""
LONGEST_BEGINNING: Final = 20
"""The ``max_gram`` of the analyzer: a longer word is looked up by its first twenty letters."""


@dataclass(frozen=True)
class Suggestion:
    """One suggestion. ``id``: the id of the supplier, the code of the trade or the typed id of the place. ``detail`` distinguishes
    homonyms, or gives the words by which a trade was found."""

    type: SuggestionType
    id: str
    label: str
    detail: str = ""


def suggest(
    text: str,
    types: Iterable[SuggestionType],
    limit: int,
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> tuple[Suggestion, ...]:
    """At most ``limit`` suggestions of each type, types in the order of :data:`TYPES`.

    Each word typed must begin a word of the name, in any order, whatever the accents and the case. Closed suppliers are not
    suggested. Raises ``NotFound`` when ``types`` has suppliers and no index exists, ``EngineUnavailable``.
    """
    ways: dict[SuggestionType, Callable[[], Iterable[Suggestion]]] = {
        "supplier": lambda: _suppliers(text, limit, snapshot, lexicon),
        "trade": lambda: _trades(text, limit, lexicon),
        "place": lambda: _places(text, limit, lexicon),
    }
    wanted = set(types)
    return tuple(suggestion for type_ in TYPES if type_ in wanted for suggestion in ways[type_]())


def _suppliers(text: str, limit: int, snapshot: Snapshot, lexicon: Lexicon) -> Iterator[Suggestion]:
    words = lexicon.analysis.tokens("name", text)
    if not words:
        return
    for hit in named(words, limit, snapshot, lexicon).hits:
        yield Suggestion("supplier", hit.id, name_of(hit.record), detail_of(hit.record))


def named(words: list[str], limit: int, snapshot: Snapshot, lexicon: Lexicon) -> Answer[SupplierView]:
    """The suppliers whose name has all these words; when there is none, all but the stop words: « ESAT du Pommeret » is « ESAT LE POMMERET »."""
    found = snapshot.suppliers.search(search_of(words, limit))
    telling = [word for word in words if lexicon.analysis.tokens("french", word)]
    return snapshot.suppliers.search(search_of(telling, limit)) if telling and not found.total else found


def search_of(words: list[str], limit: int) -> Search:
    """The search of suppliers by the beginnings of their words: first the names that begin with the first word, then those that have
    the words whole, then the others."""
    begun = [word[:LONGEST_BEGINNING] for word in words]
    parts = (
        Part("first", (Tier(_all_of("text_first", begun[:1]), 2),)),
        Part("whole", (Tier(_all_of("text_name_exact", words), 1),)),
    )
    where = conjunction(_all_of("text_begin", begun), Not(Terms("closed", ("yes",))))
    return Search(where=where, parts=parts, sort=(Sort("score"), Sort("name_sort")), limit=limit)


def _all_of(field: str, words: Iterable[str]) -> Operator:
    return Text(tuple((Phrase(field, (word,)),) for word in words))


def name_of(record: SupplierView) -> str:
    brand = record.get("brand", record.get("acronym"))
    name: str = record["name"]["value"]
    return name if brand is None or brand["value"] == name else f"{name} ({brand['value']})"


def detail_of(record: SupplierView) -> str:
    """Its kinds and its town, to tell homonyms apart."""
    kinds = dict.fromkeys(agreement["value"]["kind"] for agreement in record.get("agreements", ()))
    town = record.get("address", {}).get("value", {}).get("town")
    return " · ".join((*([", ".join(kinds)] if kinds else []), *([town] if town else [])))


def _trades(text: str, limit: int, lexicon: Lexicon) -> Iterator[Suggestion]:
    """Trades found by their name first, then by their other words; phrases that begin like the text come before those that only contain
    its words."""
    words = lexicon.analysis.tokens("name", text)
    index = _beginnings(lexicon)
    found: dict[str, Suggestion] = {}
    places = index.places(words)
    if not places:
        words = [index.corrected(word) for word in words]
        places = index.places(words)
    for place in sorted(places, key=lambda place: index.rank(place, words)):
        trade, phrase, _ = index.phrases[place]
        detail = "" if phrase == trade.name else phrase
        found.setdefault(trade.code, Suggestion("trade", trade.code, trade.name, detail))
    yield from list(found.values())[:limit]


@dataclass(frozen=True)
class _Beginnings:
    """An index of trades by the beginnings of their words. ``phrases``: every name and word of every trade, with its first word;
    ``by_word``: positions of the phrases that have a word with this beginning; ``little``: whether a word is a stop word."""

    phrases: tuple[tuple[Trade, str, str], ...]
    by_word: Mapping[str, frozenset[int]]
    little: Callable[[str], bool]

    def places(self, words: list[str]) -> frozenset[int]:
        """Positions of the phrases that match every word typed. Stop words are ignored, unless all the words are stop words."""
        telling = [word for word in words if not self.little(word)] or words
        found = [self.by_word.get(word[:LONGEST_BEGINNING], frozenset()) for word in telling]
        return frozenset.intersection(*found) if found else frozenset()

    def corrected(self, word: str) -> str:
        """The beginning of a word of a trade that is one typing error away, that of most phrases; the word itself when there is none."""
        if len(word) < LEAST_CORRECTED or word in self.by_word:
            return word
        near = [key for key in self.by_word if key[0] == word[0] and abs(len(key) - len(word)) <= 1]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=1, limit=20)
        return max((key for key, _, _ in found), key=lambda key: (len(self.by_word[key]), key), default=word)

    def rank(self, place: int, words: list[str]) -> tuple[bool, bool, int]:
        """The sort key of a phrase: names of trades first, then phrases that begin like the text, then the order of the table."""
        trade, phrase, first = self.phrases[place]
        return phrase != trade.name, not first.startswith(words[0]), place


@lru_cache(maxsize=2)
def _beginnings(lexicon: Lexicon) -> _Beginnings:
    tokens = lexicon.analysis.tokens
    written = [(trade, phrase) for trade in lexicon.trades for phrase in (trade.name, *trade.words)]
    phrases = tuple((trade, phrase, next(iter(tokens("name", phrase)), "")) for trade, phrase in written)
    by_word: dict[str, set[int]] = defaultdict(set)
    for place, (_, phrase, _) in enumerate(phrases):
        for beginning in tokens("prefix", phrase):
            by_word[beginning].add(place)
    return _Beginnings(
        phrases, {word: frozenset(places) for word, places in by_word.items()}, lambda word: not tokens("french", word)
    )


def _places(text: str, limit: int, lexicon: Lexicon) -> Iterator[Suggestion]:
    """Territories whose name begins so; when none does, those whose name begins nearly so (« monpel »)."""
    found = autocomplete(text, lexicon.gazetteer, limit, alike=False)
    for candidate in found:
        yield Suggestion("place", candidate.territory.id, candidate.label_fr)
    for id_ in () if found else begun(text, lexicon.gazetteer, limit):
        yield Suggestion("place", id_, label(lexicon.gazetteer.get(id_), lexicon.gazetteer))

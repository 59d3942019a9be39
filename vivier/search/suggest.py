"""What a reader may be about to write: suppliers, trades and places that begin like it.

Names of suppliers and words of trades are cut by the ``prefix`` analyzer, so that what is typed is looked up as it is.
A completion is no ranking: equals come in the order of their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.operators import Not, Operator, Part, Phrase, Search, Sort, Terms, Text, Tier, conjunction
from vivier.territory.resolve import autocomplete
from vivier.trades.table import Trade

SuggestionType = Literal["supplier", "trade", "place"]
TYPES: Final[dict[SuggestionType, str]] = {"supplier": "Structure", "trade": "Métier", "place": "Lieu"}
"""In the order they are shown."""
LONGEST_BEGINNING: Final = 20
"""``max_gram`` of the analyzer: longer words are looked up by their first twenty letters."""


@dataclass(frozen=True)
class Suggestion:
    """``id``: of the supplier, code of the trade, typed id of the place. ``detail`` tells homonyms apart, or says by which
    words of its own a trade was found."""

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

    Every word typed must begin a word of the name, in any order, accents and case free. A closed supplier is none.
    Raises ``NotFound`` when suppliers are asked and nothing is indexed, ``EngineUnavailable``.
    """
    ways: dict[SuggestionType, Callable[[], Iterable[Suggestion]]] = {
        "supplier": lambda: _suppliers(text, limit, snapshot, lexicon),
        "trade": lambda: _trades(text, limit, lexicon),
        "place": lambda: _places(text, limit, lexicon),
    }
    wanted = set(types)
    return tuple(suggestion for type_, way in ways.items() if type_ in wanted for suggestion in way())


def _suppliers(text: str, limit: int, snapshot: Snapshot, lexicon: Lexicon) -> Iterator[Suggestion]:
    words = lexicon.analysis.tokens("name", text)
    if not words:
        return
    for hit in snapshot.suppliers.search(search_of(words, limit)).hits:
        yield Suggestion("supplier", hit.id, _name(hit.record), _detail(hit.record))


def search_of(words: list[str], limit: int) -> Search:
    """Names that begin so first, then those that hold the words whole, then the others."""
    begun = [word[:LONGEST_BEGINNING] for word in words]
    parts = (
        Part("first", (Tier(_all_of("text_first", begun[:1]), 2),)),
        Part("whole", (Tier(_all_of("text_name_exact", words), 1),)),
    )
    where = conjunction(_all_of("text_begin", begun), Not(Terms("closed", ("yes",))))
    return Search(where=where, parts=parts, sort=(Sort("score"), Sort("name_sort")), limit=limit)


def _all_of(field: str, words: Iterable[str]) -> Operator:
    return Text(tuple((Phrase(field, (word,)),) for word in words))


def _name(record: SupplierView) -> str:
    brand = record.get("brand", record.get("acronym"))
    name: str = record["name"]["value"]
    return name if brand is None or brand["value"] == name else f"{name} ({brand['value']})"


def _detail(record: SupplierView) -> str:
    kinds = dict.fromkeys(agreement["value"]["kind"] for agreement in record.get("agreements", ()))
    town = record.get("address", {}).get("value", {}).get("town")
    return " · ".join((*([", ".join(kinds)] if kinds else []), *([town] if town else [])))


def _trades(text: str, limit: int, lexicon: Lexicon) -> Iterator[Suggestion]:
    """By their name first, then by other words they are known by; phrases that begin so before those that hold the words."""
    words = lexicon.analysis.tokens("name", text)
    index = _beginnings(lexicon)
    found: dict[str, Suggestion] = {}
    for place in sorted(index.places(words), key=lambda place: index.rank(place, words)):
        trade, phrase, _ = index.phrases[place]
        detail = "" if phrase == trade.name else phrase
        found.setdefault(trade.code, Suggestion("trade", trade.code, trade.name, detail))
    yield from list(found.values())[:limit]


@dataclass(frozen=True)
class _Beginnings:
    """``phrases``: every name and word of every trade, with its first word; ``by_word``: those that hold a word that
    begins so; ``little``: words that say nothing by themselves."""

    phrases: tuple[tuple[Trade, str, str], ...]
    by_word: Mapping[str, frozenset[int]]
    little: Callable[[str], bool]

    def places(self, words: list[str]) -> frozenset[int]:
        """Phrases that answer every word typed; little words count only when there is no other."""
        telling = [word for word in words if not self.little(word)] or words
        found = [self.by_word.get(word[:LONGEST_BEGINNING], frozenset()) for word in telling]
        return frozenset.intersection(*found) if found else frozenset()

    def rank(self, place: int, words: list[str]) -> tuple[bool, bool, int]:
        """Order of a phrase: names, then what begins like the text, then as in the table."""
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
    for candidate in autocomplete(text, lexicon.gazetteer, limit, alike=False):
        yield Suggestion("place", candidate.territory.id, candidate.label_fr)

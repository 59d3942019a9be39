"""The analyzers of ``mappings/analysis.json``, run in Python."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mappings import load_json
from vivier.text.filters import TEXT_FILTERS, TOKENIZERS, WORD_FILTERS, TextFilter, WordFilter, make
from vivier.text.settings import AnalysisError, Spec, only
from vivier.text.synonyms import Phrase, Segment, Synonyms, Token

#: The analyzer of a user's query; its synonyms are what :meth:`Analysis.query_groups` returns.
SEARCH = "french_search"

#: Distinct words kept with their analysis, for each analyzer: few texts in French use more.
WORD_CACHE = 1 << 15

#: The one character our patterns look at beyond a space (« R & D » is « R&D »): a text without it may be cut at spaces.
_ACROSS = "&"

#: Cleaned texts kept: those of the few documents at work.
CLEAN_CACHE = 1 << 10


def nfc(text: str) -> str:
    """The text with composed letters: « é » is one character, whatever the keyboard or the file system wrote."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


class Analysis:
    """Every analyzer and normalizer of one ``settings.analysis``, ready to run.

    Raises AnalysisError, naming the entry, when the settings ask for what is not done here exactly as by OpenSearch.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings: dict[str, Mapping[str, Spec]] = dict(settings)
        self._cleaners: dict[tuple[str, ...], TextFilter] = {}
        self._analyzers = {
            name: _Analyzer(name, spec, self._settings, self._cleaner(spec["char_filter"]))
            for name, spec in settings["analyzer"].items()
        }
        self._normalizers = {
            name: _normalizer(name, spec, self._settings) for name, spec in settings.get("normalizer", {}).items()
        }

    def _cleaner(self, names: Sequence[str]) -> TextFilter:
        """Character filters, shared by the analyzers that list the same ones: a name is cleaned once for all its fields."""
        key = tuple(names)
        if key not in self._cleaners:
            self._cleaners[key] = functools.lru_cache(CLEAN_CACHE)(_text_filters(names, self._settings))
        return self._cleaners[key]

    @property
    def settings(self) -> dict[str, object]:
        """The settings as they were given: the value of ``settings.analysis`` of an OpenSearch index."""
        return dict(self._settings)

    def tokens(self, analyzer: str, text: str) -> list[str]:
        """The words of a text, in order. With synonyms, in the order of OpenSearch's ``_analyze``."""
        return self._analyzers[analyzer].tokens(nfc(text))

    def joined(self, analyzer: str, text: str) -> str:
        """The words of a text joined by spaces, as texts of documents are indexed: without synonyms."""
        return self._analyzers[analyzer].joined(nfc(text))

    def positions(self, analyzer: str, text: str) -> list[Token]:
        """The same words, each with its position. Alternatives share one position. Stop words leave no gap."""
        return self._analyzers[analyzer].positions(nfc(text))

    def normalize(self, normalizer: str, text: str) -> str:
        """A keyword in its comparable form: « Île-de-France » → « ile-de-france » with ``folded``."""
        return self._normalizers[normalizer](nfc(text))

    def query_groups(self, text: str) -> tuple[tuple[Phrase, ...], ...]:
        """The search form of a query: for each stretch of it, the alternatives, each of one or several index tokens.

        The user's own words come first. An alternative of several tokens is a phrase: they follow one another in the
        text. « tonte et DEEE » → ``((("tont",), …), (("deee",), ("d3e",), ("dechet", "equip", …)))``. A text of stop
        words alone gives no group.
        """
        return tuple(segment.alternatives for segment in self._analyzers[SEARCH].segments(nfc(text)))


@functools.cache
def load_analysis() -> Analysis:
    """The analysis of the house, read once from ``mappings/analysis.json``."""
    return Analysis(load_json("analysis"))


class _Analyzer:
    def __init__(self, name: str, spec: Spec, settings: Mapping[str, Mapping[str, Spec]], clean: TextFilter) -> None:
        only(name, spec, "char_filter", "tokenizer", "filter")
        self._clean = clean
        self._cut = make(TOKENIZERS, spec["tokenizer"], settings.get("tokenizer", {}))
        filters = list(spec["filter"])
        synonyms = filters.pop() if _kind(filters[-1:], settings) == "synonym_graph" else None
        self._word = functools.lru_cache(WORD_CACHE)(_word_chain(filters, settings))
        self._pieces = _Pieces(self._read)
        # Built last: the filters before them in the chain analyse the rules.
        self._synonyms = self._read_synonyms(synonyms, settings["filter"]) if synonyms is not None else None

    def tokens(self, text: str) -> list[str]:
        if self._synonyms is not None:
            return [token.text for token in self._synonyms.graph(self._plain(text))]
        return self._plain(text)

    def positions(self, text: str) -> list[Token]:
        if self._synonyms is not None:
            return self._synonyms.graph(self._plain(text))
        words = enumerate(map(self._word, self._cut(self._clean(text))))
        return [Token(token, position) for position, replaced in words for token in replaced]

    def segments(self, text: str) -> list[Segment]:
        if self._synonyms is None:
            raise AnalysisError(f"analysis.json : l'analyseur « {SEARCH} » doit finir par un filtre synonym_graph.")
        return list(self._synonyms.segments(self._plain(text)))

    def joined(self, text: str) -> str:
        """The words of a text joined by spaces, without synonyms. The text is cut at spaces and each distinct piece is analysed once,
        because the same pieces come back in every text."""
        if _ACROSS in text:
            return self._read(text)
        return " ".join(filter(None, map(self._pieces.__getitem__, text.split())))

    def _plain(self, text: str) -> list[str]:
        return self.joined(text).split()

    def _read(self, text: str) -> str:
        return " ".join([token for word in self._cut(self._clean(text)) for token in self._word(word)])

    def _read_synonyms(self, name: str, filters: Mapping[str, Spec]) -> Synonyms:
        return Synonyms(map(nfc, only(name, filters[name], "synonyms")["synonyms"]), self._plain)


class _Pieces(dict[str, str]):
    """The words of each piece of text, analysed when first asked for. All are forgotten together once they are many."""

    def __init__(self, analyse: Callable[[str], str]) -> None:
        super().__init__()
        self._analyse = analyse

    def __missing__(self, piece: str) -> str:
        if len(self) >= WORD_CACHE:
            self.clear()
        found = self[piece] = self._analyse(piece)
        return found


def _kind(names: Sequence[str], settings: Mapping[str, Mapping[str, Spec]]) -> str | None:
    return settings.get("filter", {}).get(names[0], {}).get("type") if names else None


def _text_filters(names: Sequence[str], settings: Mapping[str, Mapping[str, Spec]]) -> TextFilter:
    steps = [make(TEXT_FILTERS, name, settings.get("char_filter", {})) for name in names]

    def clean(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return clean


def _word_chain(names: Sequence[str], settings: Mapping[str, Mapping[str, Spec]]) -> WordFilter:
    steps = [make(WORD_FILTERS, name, settings.get("filter", {})) for name in names]

    def chain(word: str) -> tuple[str, ...]:
        words: tuple[str, ...] = (word,)
        for step in steps:
            words = step(words[0]) if len(words) == 1 else tuple(result for other in words for result in step(other))
        return words

    return chain


def _normalizer(name: str, spec: Spec, settings: Mapping[str, Mapping[str, Spec]]) -> TextFilter:
    only(name, spec, "char_filter", "filter")
    clean, chain = _text_filters(spec["char_filter"], settings), _word_chain(spec["filter"], settings)
    return lambda text: "".join(chain(clean(text)))

"""Turns texts of documents into index words. Texts that come back in thousands of documents are analysed once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from mappings import load_json
from vivier.text.analysis import Analysis

AnalysedTexts = Mapping[str, list[str]]
"""For each text field, its texts as index words joined by spaces."""

_SHORT = 600
"""Characters. Longer texts are not remembered: names and the words of trades come back often, presentations never."""


class TextReader:
    """Analyses the text fields of documents."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._known = lru_cache(maxsize=4096)(analysis.joined)

    def analysed(self, document: Mapping[str, Any], analyzers: Mapping[str, str]) -> AnalysedTexts:
        """The texts of a document, by field, each with its field's analyzer."""
        return {name: self._texts(document.get(name) or (), analyzer) for name, analyzer in analyzers.items()}

    def _texts(self, texts: str | list[str] | tuple[str, ...], analyzer: str) -> list[str]:
        return [
            self._known(analyzer, text) if len(text) <= _SHORT else self._analysis.joined(analyzer, text)
            for text in ((texts,) if isinstance(texts, str) else texts)
        ]


@cache
def text_analyzers(collection: str) -> Mapping[str, str]:
    """The text fields of a collection's mapping and the analyzer of each."""
    properties = load_json(collection)["properties"]
    return {name: spec["analyzer"] for name, spec in properties.items() if spec["type"] == "text"}

"""One small function for each kind of filter that ``mappings/analysis.json`` may use.

Each maker takes the entry's name and settings, and returns the function that does the work. Three kinds:
character filters (text → text), tokenizers (text → words), word filters (word → the words that replace it, all at its
position). The names of the tables below are OpenSearch's own; a kind that is not there is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from vivier.text.folding import fold
from vivier.text.settings import AnalysisError, Spec, only, pattern, replacement
from vivier.text.stemmer import light_stem

TextFilter = Callable[[str], str]
Tokenizer = Callable[[str], list[str]]
WordFilter = Callable[[str], tuple[str, ...]]
Made = TypeVar("Made")


def make(kinds: Mapping[str, Callable[[str, Spec], Made]], name: str, specs: Mapping[str, Spec]) -> Made:
    """The function for the entry ``name``. A name without an entry is itself a kind, as in OpenSearch. Raises
    AnalysisError naming a kind that this package does not support."""
    spec = specs.get(name, {"type": name})
    kind = str(spec.get("type"))
    if kind not in kinds:
        raise AnalysisError(
            f"analysis.json, « {name} » : type « {kind} » non pris en charge (connus : {', '.join(sorted(kinds))})."
        )
    return kinds[kind](name, spec)


def _mapping(name: str, spec: Spec) -> TextFilter:
    table: dict[str, str] = {}
    for rule in only(name, spec, "mappings")["mappings"]:
        source, arrow, target = rule.partition("=>")
        if not arrow or len(source) != 1 or "\\" in rule or target != target.strip():
            raise AnalysisError(f"analysis.json, « {name} » : règle « {rule} » : un seul caractère à gauche de =>.")
        table[source] = target
    # This search seldom finds anything: it is four times faster here than str.translate.
    characters = re.compile(f"[{re.escape(''.join(table))}]")
    return lambda text: characters.sub(lambda found: table[found[0]], text)


def _pattern_replace_text(name: str, spec: Spec) -> TextFilter:
    only(name, spec, "pattern", "replacement")
    found, by = pattern(name, spec["pattern"]), replacement(name, spec["replacement"])
    return lambda text: found.sub(by, text)


def _pattern_tokenizer(name: str, spec: Spec) -> Tokenizer:
    """The matches (group 0) or what they capture (group 1). A match that captures nothing is skipped, without a gap."""
    words = pattern(name, only(name, spec, "pattern", "group")["pattern"])
    if words.groups > 1 or spec["group"] != words.groups:
        raise AnalysisError(
            f"analysis.json, « {name} » : « group » doit être l'unique groupe du motif, ou 0 sans groupe."
        )
    return lambda text: [word for word in words.findall(text) if word]


def _lowercase(name: str, spec: Spec) -> WordFilter:
    only(name, spec)
    return lambda word: (lower(word),)


def lower(word: str) -> str:
    """Lowercase one character at a time, as Java does: no final sigma, and one letter for ``İ``."""
    if "Σ" in word or "İ" in word:
        return "".join("i" if letter == "İ" else letter.lower() for letter in word)
    return word.lower()


def _elision(name: str, spec: Spec) -> WordFilter:
    articles = frozenset(only(name, spec, "articles")["articles"])

    def without_article(word: str) -> tuple[str, ...]:
        article, apostrophe, rest = word.partition("'")
        return (rest,) if apostrophe and article in articles else (word,)

    return without_article


def _pattern_replace_word(name: str, spec: Spec) -> WordFilter:
    replace = _pattern_replace_text(name, spec)
    return lambda word: (replace(word),)


def _asciifolding(name: str, spec: Spec) -> WordFilter:
    only(name, spec)
    return lambda word: (fold(word),)


def _stemmer(name: str, spec: Spec) -> WordFilter:
    language = only(name, spec, "language")["language"]
    if language != "light_french":
        raise AnalysisError(f"analysis.json, « {name} » : seule la langue « light_french » est prise en charge.")
    return lambda word: (light_stem(word),)


def _edge_ngram(name: str, spec: Spec) -> WordFilter:
    only(name, spec, "min_gram", "max_gram", "preserve_original")
    shortest, longest, preserve = spec["min_gram"], spec["max_gram"], spec["preserve_original"]

    def beginnings(word: str) -> tuple[str, ...]:
        grams = tuple(word[:size] for size in range(shortest, min(longest, len(word)) + 1))
        return (*grams, word) if preserve and not shortest <= len(word) <= longest else grams

    return beginnings


TEXT_FILTERS: Mapping[str, Callable[[str, Spec], TextFilter]] = {
    "mapping": _mapping,
    "pattern_replace": _pattern_replace_text,
}
TOKENIZERS: Mapping[str, Callable[[str, Spec], Tokenizer]] = {"pattern": _pattern_tokenizer}
WORD_FILTERS: Mapping[str, Callable[[str, Spec], WordFilter]] = {
    "asciifolding": _asciifolding,
    "edge_ngram": _edge_ngram,
    "elision": _elision,
    "lowercase": _lowercase,
    "pattern_replace": _pattern_replace_word,
    "stemmer": _stemmer,
}

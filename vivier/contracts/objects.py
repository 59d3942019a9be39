"""The object of a contract as text to compare: lot number, consultation, likeness of two objects, words that it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from rapidfuzz import fuzz

from vivier.lexicon import Lexicon
from vivier.names import readable_name
from vivier.search.codes import trades_meant_by_cpv
from vivier.search.operators import Collection, Operator, Phrase, Text
from vivier.text import Analysis
from vivier.text.folding import fold
from vivier.trades.cpv import load_cpv

_LOT: Final = re.compile(r"\blot\s*(?:n\s*[°ºo]?\s*)?:?\s*0*(\d{1,3})\b", re.IGNORECASE)
_PREFIX_ENDS: Final = re.compile(r"\blots?\b")
_WORD: Final = re.compile(r"[^\W\d_]{4}")
"""What tells something in a title: « 21CP05 » tells nothing."""
_YEARS: Final = re.compile(r"\b(?:19|20)\d{2}\b")
SHORTEST_PREFIX: Final = 12
"""Characters; « Travaux » alone does not make one consultation of two contracts."""


@lru_cache(maxsize=16_384)
def lot_of(text: str) -> int | None:
    """The lot number: the last « lot N » of an object (docs/contracts.md, « Key »)."""
    numbers = _LOT.findall(text)
    return int(numbers[-1]) if numbers else None


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Lower case, no accents, single spaces."""
    return " ".join(fold(text).lower().split())


def consultation_prefix(text: str) -> str | None:
    """The text of an object before its first « lot »; ``None`` when it names no lot, or when that text is too short."""
    plain = folded(text)
    stop = _PREFIX_ENDS.search(plain)
    prefix = plain[: stop.start()].strip(" :,;.-(") if stop is not None else ""
    return prefix if len(prefix) >= SHORTEST_PREFIX else None


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """An object without lot numbers and years, for comparing a contract with the one that follows it."""
    return " ".join(_YEARS.sub(" ", _LOT.sub(" ", folded(text))).split())


def likeness(left: str, right: str) -> float:
    """Likeness of two objects, 0–100 (token set ratio), lots and years left out."""
    return float(fuzz.token_set_ratio(bare(left), bare(right)))


def object_title(record: Mapping[str, Any]) -> str:
    """What a contract or a notice buys: its object or title, in readable capitals, with its keywords where it is a number, else
    the label of its CPV code, marked as such."""
    named = record.get("object") or record.get("title")
    if named:
        title = readable_name(str(named))
        keywords = () if _WORD.search(title) else record.get("descriptors") or ()
        return " – ".join((title, *keywords))
    cpv = record.get("cpv")
    code = cpv[0] if isinstance(cpv, (list, tuple)) and cpv else cpv
    known = load_cpv().nearest(code) if isinstance(code, str) else None
    label = None if known is None else load_cpv().label(known)
    return "objet non publié" if label is None else f"objet non publié – {label}"


def trades_of(record: Mapping[str, Any], lexicon: Lexicon) -> Iterator[str]:
    """The trades that the CPV of a record means, with the broader ones."""
    cpv = record.get("cpv") or ()
    for code in (cpv,) if isinstance(cpv, str) else cpv:
        for trade in trades_meant_by_cpv(lexicon, code):
            yield trade
            yield from (broader.code for broader in lexicon.trades.ancestors(trade))


def trades_first_meant(record: Mapping[str, Any], lexicon: Lexicon) -> Iterator[str]:
    """The trades that the CPV of a record means first, with the broader ones: secretarial work comes third under « Centre d'appels »."""
    cpv = record.get("cpv") or ()
    for code in (cpv,) if isinstance(cpv, str) else cpv:
        meant = trades_meant_by_cpv(lexicon, code)
        weights = {trade.code: weight for trade, weight in lexicon.trades.by_cpv(code) if trade.code in meant}
        for trade in (trade for trade, weight in weights.items() if weight == max(weights.values())):
            yield trade
            yield from (broader.code for broader in lexicon.trades.ancestors(trade))


def objects_with(words: Iterable[str], lexicon: Lexicon, collection: Collection) -> Operator:
    """The records whose object or title has one of these words."""
    field = "text_object" if collection == "contracts" else "text_title"
    return Text((tuple(Phrase(field, _tokens(word, lexicon.analysis)) for word in words),))


def has_words(words: Iterable[str], title: str, lexicon: Lexicon) -> bool:
    """Whether :func:`objects_with` finds a title."""
    read = f" {' '.join(lexicon.analysis.tokens('french', title))} "
    return any(f" {' '.join(_tokens(word, lexicon.analysis))} " in read for word in words)


@lru_cache(maxsize=1_024)
def _tokens(word: str, analysis: Analysis) -> tuple[str, ...]:
    """The index words of a rule: the same ones at every lead of every profile."""
    return tuple(analysis.tokens("french", word))

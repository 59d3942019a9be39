"""Purchases of insertion: services of insertion and qualification whose support is some work, for which SIAE are asked whatever their trade.

Read in the object, or in the CPV code of services of reinsertion. They are seldom declared as reserved, and then the lists of
reserved contracts miss them: seven of the sixteen contracts that listed structures hold in the stream are such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vivier.contracts.objects import object_title
from vivier.lexicon import Lexicon
from vivier.search.find import Reason
from vivier.search.operators import AnyOf, Collection, Operator, Phrase, Terms, Text

_WORDS: Final = (
    "prestations d'insertion",
    "prestation d'insertion",
    "marché d'insertion",
    "services d'insertion",
    "service d'insertion",
    "insertion sociale et professionnelle",
    "qualification et d'insertion",
    "insertion et de qualification",
    "action d'insertion",
)
_CPV: Final = ("75231240", "85312510")
"""Services of reinsertion, and of vocational rehabilitation."""


def objects_with(words: Iterable[str], lexicon: Lexicon, collection: Collection) -> Operator:
    """The records whose object or title has one of these words."""
    field = "text_object" if collection == "contracts" else "text_title"
    return Text((tuple(Phrase(field, tuple(lexicon.analysis.tokens("french", word))) for word in words),))


def has_words(words: Iterable[str], title: str, lexicon: Lexicon) -> bool:
    """Whether :func:`objects_with` finds a title."""
    read = f" {' '.join(lexicon.analysis.tokens('french', title))} "
    return any(f" {' '.join(lexicon.analysis.tokens('french', word))} " in read for word in words)


def insertion_bought(lexicon: Lexicon, collection: Collection) -> Operator:
    """The purchases of insertion."""
    return AnyOf((Terms("cpv", _CPV), objects_with(_WORDS, lexicon, collection)))


def insertion_reason(record: Mapping[str, Any], families: Iterable[str], lexicon: Lexicon) -> Iterator[Reason]:
    """Why a purchase of insertion suits an SIAE."""
    cpv = record.get("cpv") or ()
    codes = (cpv,) if isinstance(cpv, str) else cpv
    if "SIAE" in families and (set(codes) & set(_CPV) or has_words(_WORDS, object_title(record), lexicon)):
        yield Reason("insertion", "achète de l'insertion : ces marchés s'adressent aux structures d'insertion")

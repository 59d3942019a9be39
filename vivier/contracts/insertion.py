"""Purchases of insertion: services of insertion and qualification whose support is some work, for which SIAE are asked whatever their trade.

Read in the object, or in the CPV code of services of reinsertion. They are seldom declared as reserved, and then the lists of
reserved contracts miss them: seven of the sixteen contracts that listed structures hold in the stream are such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vivier.contracts.objects import has_words, object_title, objects_with
from vivier.lexicon import Lexicon
from vivier.search.find import Reason
from vivier.search.operators import AnyOf, Collection, Operator, Terms
from vivier.trades.cpv import significant

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
INSERTION_CPV: Final = ("75231240", "85312510")
"""Services of reinsertion, and of vocational rehabilitation [the thirteen contracts of 2018–2019 under them all buy insertion]."""


def insertion_bought(lexicon: Lexicon, collection: Collection) -> Operator:
    """The purchases of insertion."""
    return AnyOf((Terms("cpv", tuple(map(significant, INSERTION_CPV))), objects_with(_WORDS, lexicon, collection)))


def insertion_reason(record: Mapping[str, Any], families: Iterable[str], lexicon: Lexicon) -> Iterator[Reason]:
    """Why a purchase of insertion suits an SIAE."""
    cpv = record.get("cpv") or ()
    codes = (cpv,) if isinstance(cpv, str) else cpv
    if "SIAE" in families and (set(codes) & set(INSERTION_CPV) or has_words(_WORDS, object_title(record), lexicon)):
        yield Reason("insertion", "achète de l'insertion : ces marchés s'adressent aux structures d'insertion")

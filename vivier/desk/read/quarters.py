"""Reads a place finer than a commune: « quartier de Maurepas à Rennes », « QPV de Roubaix », « Rennes - Villejean ».

No contour of a quarter is held here, so that structures are counted for its commune, and it is said. A quarter without its commune is
asked for it: many names are those of a commune elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_CODE: Final = re.compile(r"\bQ[PN] ?\d{3,6}[A-Z]?\b", re.IGNORECASE)
_WORDS: Final = re.compile(
    r"\b(?:qpv|qp|zup|zus|quartiers?(?: prioritaires?)?(?: de la (?:politique de la )?ville)?|faubourg|secteur|cit[ée]|r[ée]sidence|[îi]lot)\b",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(
    r"^\W*(?:les )?(?:qpv|quartiers(?: prioritaires)?(?: de la (?:politique de la )?ville)?) (?:de |d'|du |des )?",
    re.IGNORECASE,
)
_CUTS: Final = re.compile(r"\s*[,;()/]\s*|\s+[-–]\s+|\s+(?:à|a|sur|de|dans)\s+")
_LEAD: Final = re.compile(
    r"^(?:sur |dans )?(?:(?:tout|toute|tous|l'ensemble|ensemble)\b ?)?(?:(?:de |du )?(?:la |le |l'))?"
    r"(?:(?:territoire|commune|ville|département|departement)\b ?)?(?:de la |de |du |d')?",
    re.IGNORECASE,
)
_SAYS_WHOLE: Final = re.compile(
    r"\b(?:sur|dans|tout|toute|ensemble|territoire|commune|ville|d[ée]partement)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Quarter:
    """A commune read in a longer text. ``rest``: what is not located, as written; ``named``: a word says that it is a quarter."""

    place: str
    rest: str
    named: bool


def has_quarter(text: str) -> bool:
    return _WORDS.search(text) is not None or _CODE.search(text) is not None


def quarter_of(text: str, known: Callable[[str], bool]) -> Quarter | None:
    """The commune and the quarter of a place; ``None`` when no piece of the text is a commune by itself. ``known``: whether a name
    is that of one territory, and no other."""
    several = _SEVERAL.match(text)
    if several is not None and known(text[several.end() :].strip()):
        return Quarter(text[several.end() :].strip(), text[: several.end()].strip(), True)
    named = has_quarter(text)
    for piece in _pieces(text):
        rest = text.replace(piece, " ", 1)
        rest = " ".join(re.sub(r"[(),;]|\s[-–]\s|\s(?:à|a)\s*$", " ", rest).split()).strip(" -–")
        if rest and known(piece) and not _CODE.fullmatch(piece):
            return Quarter(piece, rest, named)
    return None


def _pieces(text: str) -> Iterator[str]:
    """The pieces between commas, brackets, dashes and « à »: the last first, where a commune is usually written."""
    cuts = [piece for piece in _CUTS.split(text) if piece and not _WORDS.search(piece)]
    yield from reversed(cuts)


def plain_place(text: str) -> str:
    """The place without the words that say « the whole of »: « tout le département 35 » is « 35 »."""
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead is not None and _SAYS_WHOLE.search(lead[0]) else text

"""Finds, in a title that buys things, the words that serve the purchase and are not bought: whom the things are for, the services around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from vivier.needs.boilerplate import any_pattern

_SEPARATED = r"(?: ?[,/-] ?| et (?:de )?| ou | ainsi que )(?:la |le |les |l'|d')?"
_OF = r" (?:de la |de l'|des? |du |d'une? |d')"
_OBJECT = re.compile(r"\b(?:pour objet|porte sur|portant sur|concerne)\b(?=.{0,6}\b(?:fourniture|achat|acquisition))")
_END = r"(?= - |[;:(]|[.!?](?: |$)| lots? | prestations? | services? (?:associes?|de )|$)"
"""Whom the things are for is written up to there, through commas and « et »."""


class Stretch(NamedTuple):
    """Words of a folded text, from ``start`` to ``end``, that are no evidence of some trades: those that sell services alone, those that sell no
    thing, or those that sell things alone."""

    start: int
    end: int
    barred: Literal["services", "makers", "goods"]


@lru_cache(maxsize=1)
def _worked() -> re.Pattern[str]:
    """A work, and the thing that it is done on: « lavage de draps », « réparer des tables »."""
    noun, verb = any_pattern("supply_work"), any_pattern("supply_work_verb")
    end = r"(?= - | pour | et (?:achat|fourniture|vente)|[,;:(]|[.!?](?: |$)|$)"
    return re.compile(
        rf"\b(?:{noun}(?: (?:et|ou) {noun})?{_OF}|{verb} (?:(?:de )?l[ae]s?|l'|des?|d'|une?|nos|mes|nos|notre|\d+))(?P<thing>.+?){end}"
    )


def worked(text: str) -> Iterator[Stretch]:
    """Stretches of a folded text that name the thing a work is done on: whoever only sells that thing does not do the work. None where a purchase
    is named too."""
    if _patterns()[0].search(text) is None:
        yield from (Stretch(*match.span("thing"), "goods") for match in _worked().finditer(text))


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """How a purchase begins, the services that this beginning or any place names, and whom the things are for."""
    roles = ("supply", "supply_beside", "supply_around", "supply_around_anywhere", "supply_thing", "supply_for")
    bought, beside, around, around_anywhere, thing, purpose = map(any_pattern, roles)
    of_thing = rf"^{_OF}(?:[\w'-]+ ){{0,2}}?{thing}(?: (?!et |ou )[\w'-]+)??{_OF}(?P<of>[^,;:(]+?)(?= et | - |[,;:(]|\. | {purpose}\b|$)"
    listed = rf"(?P<list>(?:{_SEPARATED}(?:{beside}|{around})\b)*)"
    return (
        re.compile(rf"\b{bought}\b{listed}(?= )(?!(?:{_OF}| )(?:prestations?|services?)\b)"),
        re.compile(rf"\b{around}\b"),
        re.compile(rf"{of_thing}|\b{purpose} ?(?P<for>.+?){_END}|\b(?P<around>{around_anywhere})(?!\w)"),
    )


def served(text: str, begins: int, words: Iterable[int]) -> Iterator[Stretch]:
    """Stretches of a folded text that say for what or for whom things are bought, or a service that goes with them (training to use them). None where a word (``words``: their starts) is between ``begins`` and the purchase."""
    opening, around, further = _patterns()
    begins = max((match.end() for match in _OBJECT.finditer(text, begins)), default=begins)
    found = opening.search(text, begins)
    if found is None or any(begins <= start < found.start() for start in words):
        return
    yield from (Stretch(*match.span(), "services") for match in around.finditer(text, *found.span("list")))
    for match in further.finditer(text[found.end() :]):
        start, end = match.span(match.lastgroup or 0)
        yield Stretch(found.end() + start, found.end() + end, "makers" if match.lastgroup == "for" else "services")

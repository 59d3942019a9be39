"""Reads distances in words: « à moins de 40 km de Rennes », « Rennes 40km », « dans un rayon de 40 km », « près de Lyon »."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vivier.needs.folded import Folded
from vivier.needs.model import DistanceMatch, PlaceMatch

NEAR_KM = 20.0
"""Kilometres of « près de », « autour de », « et ses environs », when no number is given. Our convention."""

LEAST_KM, MOST_KM = 0.1, 200.0
"""Bounds of the radius of a search, kilometres."""

_TENS = (
    "dix",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "soixante-dix",
    "quatre-vingts",
    "quatre-vingt-dix",
)
_IN_WORDS = {
    **{word: 10.0 * tens for tens, word in enumerate(_TENS, 1)},
    "un": 1.0,
    "deux": 2.0,
    "trois": 3.0,
    "cinq": 5.0,
    "quinze": 15.0,
    "vingt-cinq": 25.0,
    "cent": 100.0,
}
_COUNT = (
    r"(?P<number>\d{1,4}(?:[.,]\d{1,3})?|" + "|".join(sorted(map(re.escape, _IN_WORDS), key=len, reverse=True)) + ")"
)
_UNIT = r"(?P<unit>kms?|kilometres?|metres?|m)\b"
_AT_MOST = r"(?:de |d'|a )?(?:moins de|maximum de|max\.?(?:imum)?|au plus|jusqu'a|environ|inferieure? a|<=?) ?"
_ROUND = r"(?:dans |sur |a )?(?:(?:un|le|une) )?(?:rayon|perimetre|distance|cercle)(?: (?:maximale?|maximum|max\.?))?(?: (?:de|d'|a))?(?: ?:)? ?"
_AROUND_AFTER = r"(?: ?(?:autour|alentours?|aux alentours|a la ronde|de rayon|de distance|de perimetre))"
_AT_MOST_AFTER = r"(?: ?(?:maximum|max\.?|au plus|a vol d'oiseau|environ))"
_WRITTEN = re.compile(
    rf"(?<![\w.,/])(?P<round>{_ROUND})?(?P<at>a |jusqu'a )?(?P<most>{_AT_MOST})?{_COUNT} ?{_UNIT}"
    rf"(?P<after>(?:{_AROUND_AFTER}|{_AT_MOST_AFTER})*)"
)
# Words that link a distance to the place it is measured from.
_LINK = re.compile(
    r" ?(?:(?:autour|a partir|au depart|aux alentours|alentour|environs?|du centre|centre) ?)?(?:de |du |des |d'|de la |de l')?(?:la |le |les |l')?(?:(?:gare|ville|commune|mairie|agglomeration|centre-ville|centre) (?:de |du |des |d'))?"
)
_OF_THINGS = re.compile(r" (?:de |d'|du |des )")
_NEARBY = re.compile(
    r"\b(?:(?:tout )?pres|autour|proches?|a proximite|(?:aux|dans les) (?:alentours|environs)|alentours|environs|non loin|a cote"
    r"|peripherie|region|secteur)(?: immediate?s?)?(?: (?:de|du|des) | d'| )(?:(?:la |le |les |l')|(?:la )?(?:ville|commune|gare) (?:de |du |d'))?$"
)
_AND_NEARBY = re.compile(
    r" (?:et|ou) (?:(?:ses|les|aux|alentour|la) )?(?:environs|alentours?|peripherie|proche banlieue)\b"
)
_TRAVEL = re.compile(
    r"\b(?:a )?(?:moins (?:de |d')|environ |maximum )?(?:\d{1,3} ?(?:min\b|mn\b|minutes?|h\b|heures?)|une? (?:demi-)?heures?)(?: de (?:route|trajet|voiture|transport))?"
    r"(?: autour)?(?= (?:de |du |des |d'|en voiture))"
)
_BESIDE = re.compile(r"[ ,:(+-]{0,3}(?:a |dans |sur )?")
_CLAUSE_BEFORE = re.compile(r"(?:^|[,;:(+]| - ) ?$")
_CLAUSE_AFTER = re.compile(r" ?(?:$|[,;:).+]| - )")


@dataclass(frozen=True)
class Written:
    """A distance as written: kilometres, its position, how plainly it is a distance. ``after``: it may measure things instead
    (« 40 km de routes »)."""

    km: float
    start: int
    end: int
    is_plain: bool
    is_around: bool


def written_distances(text: Folded) -> list[Written]:
    """Every number of kilometres, or of metres around something. Quantities among them are sorted out by :func:`distances`."""
    return [found for match in _WRITTEN.finditer(text.text) if (found := _written(match)) is not None]


def _written(match: re.Match[str]) -> Written | None:
    is_around = bool(match["round"]) or re.search(_AROUND_AFTER, match["after"]) is not None
    in_metres = match["unit"].startswith("m")
    if in_metres and not (is_around or match["at"]):
        return None
    km = _number(match["number"]) / (1000 if in_metres else 1)
    start, end = match.span()
    while match.string[start] == " ":
        start += 1
    return Written(km, start, end, bool(match["at"] or match["most"] or match["after"]), is_around) if km > 0 else None


def _number(text: str) -> float:
    return _IN_WORDS[text] if text in _IN_WORDS else float(text.replace(",", "."))


def distances(
    text: Folded, written: Sequence[Written], places: Sequence[PlaceMatch]
) -> Iterator[tuple[DistanceMatch, tuple[int, int]]]:
    """Distances with the place each is measured from, and their position in the folded text; then « près de » without a number."""
    taken: set[int] = set()
    for found in written:
        center = _center(text, found, places)
        if center is None and not _is_distance(text, found, bool(places)):
            continue
        taken.add(-1 if center is None else center)
        yield _match(text, found, None if center is None else places[center]), (found.start, found.end)
    if not taken:
        yield from _nearby(text, places)


def _match(text: Folded, found: Written, place: PlaceMatch | None) -> DistanceMatch:
    return DistanceMatch(
        km=found.km,
        is_default=False,
        place=None if place is None else place.text,
        spans=(text.span(found.start, found.end),),
    )


def _center(text: Folded, found: Written, places: Sequence[PlaceMatch]) -> int | None:
    """Index of the place that a distance is measured from: the one that follows « … km de », else the one just before, else the
    only place of the text when the number is plainly a distance."""
    bounds = [_bounds(text, place) for place in places]
    for number, (start, _) in enumerate(bounds):
        if start >= found.end and _LINK.fullmatch(text.text, found.end, start):
            return number
    for number, (_, end) in enumerate(bounds):
        if end <= found.start and _BESIDE.fullmatch(text.text, end, found.start) and not _is_of_things(text, found):
            return number
    is_one = len(places) == 1 and _is_distance(text, found, True)
    return 0 if is_one else None


def _is_distance(text: Folded, found: Written, with_place: bool) -> bool:
    """Whether a number of kilometres is a distance. « rayon de 40 km » and « 40 km autour » always are; « à 40 km » and a clause of
    its own are, unless they measure things (« 40 km de routes »)."""
    if found.is_around:
        return True
    if _is_of_things(text, found):
        return False
    return found.is_plain or (with_place and _is_clause(text, found))


def _is_of_things(text: Folded, found: Written) -> bool:
    return _OF_THINGS.match(text.text, found.end) is not None


def _is_clause(text: Folded, found: Written) -> bool:
    before = _CLAUSE_BEFORE.search(text.text, 0, found.start)
    return before is not None and _CLAUSE_AFTER.match(text.text, found.end) is not None


def _bounds(text: Folded, place: PlaceMatch) -> tuple[int, int]:
    """Start and end of a place in the folded text."""
    return text.place(place.spans[0].start), text.place(place.spans[-1].end - 1) + 1


def _nearby(text: Folded, places: Sequence[PlaceMatch]) -> Iterator[tuple[DistanceMatch, tuple[int, int]]]:
    for place in places:
        start, end = _bounds(text, place)
        before, after = _NEARBY.search(text.text[:start]), _AND_NEARBY.match(text.text, end)
        if before is not None or after is not None:
            stretch = (
                (before.start(), start) if before is not None else after.span() if after is not None else (end, end)
            )
            yield (
                DistanceMatch(km=NEAR_KM, is_default=True, place=place.text, spans=(text.span(*stretch),)),
                stretch,
            )


def within_bounds(km: float) -> float:
    """The radius that a search accepts, nearest to ``km`` kilometres."""
    return min(max(km, LEAST_KM), MOST_KM)


def travel_times(text: Folded) -> Iterator[tuple[int, int]]:
    """Stretches that give a travel time (« à 30 minutes de Tours »), which we do not compute."""
    for match in _TRAVEL.finditer(text.text):
        yield match.span()

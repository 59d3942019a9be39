"""Reads distances in words: « à moins de 40 km de Rennes », « Rennes 40km », « dans un rayon de 40 km », « près de Lyon »."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vivier.needs.folded import Folded
from vivier.needs.model import DistanceMatch, PlaceMatch

NEAR_KM = 20.0
"""Kilometres of « près de », « autour de », « et ses environs », when no number is given. Our convention."""

KM_A_MINUTE = 0.75
"""Kilometres as the crow flies that a minute of road is read as: 60 km/h on roads a third longer. Our convention."""

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
    r"\b(?:(?:tout )?pres|autour|proches?|a proximite|(?:aux|dans les) (?:alentours|environs)|alentours|environs|non loin|a cote|bassin (?:d'emploi|de vie)"
    r"|peripherie|region)(?: immediate?s?)?(?: (?:de|du|des) | d'| )(?:(?:la |le |les |l')|(?:la )?(?:ville|commune|gare) (?:de |du |d'))?$"
)
_AND_NEARBY = re.compile(
    r" (?:et|ou) (?:(?:ses|les|aux|alentour|la) )?(?:environs|alentours?|peripherie|proche banlieue)\b"
)
_TRAVEL = re.compile(
    r"\b(?:a )?(?:moins (?:de |d')|environ |maximum )?(?:(?P<count>\d{1,3}) ?(?P<unit>min\b|mn\b|minutes?|h\b|heures?)|une? (?P<half>demi-)?heures?)"
    r"(?P<by> (?:de (?:route|trajet|voiture|transport)|en voiture))?(?: autour)?"
)
_BESIDE = re.compile(r"[ ,:(+-]{0,3}(?:a |dans |sur )?")
_CLAUSE_BEFORE = re.compile(r"(?:^|[,;:(+]| - ) ?$")
_CLAUSE_AFTER = re.compile(r" ?(?:$|[,;:).+]| - )")


@dataclass(frozen=True)
class Length:
    """A number of kilometres or metres as written, with its position. ``is_around``: « rayon de 40 km », « 40 km autour »;
    ``is_plain``: « à 40 km », « 40 km max », unless it measures things (« 40 km de routes »); ``is_short``: in metres, and then a
    distance only when a place follows."""

    km: float
    start: int
    end: int
    is_plain: bool
    is_around: bool
    is_short: bool


def lengths(text: Folded) -> list[Length]:
    """Every number of kilometres, or of metres around something. Quantities among them are sorted out by :func:`distances`."""
    return [found for match in _WRITTEN.finditer(text.text) if (found := _written(match)) is not None]


def _written(match: re.Match[str]) -> Length | None:
    is_short = match["unit"].startswith("m")
    km = _number(match["number"]) / (1000 if is_short else 1)
    start, end = match.span()
    while match.string[start] == " ":
        start += 1
    is_around = bool(match["round"]) or re.search(_AROUND_AFTER, match["after"]) is not None
    is_plain = bool(match["at"] or match["most"] or match["after"]) and not is_short
    return Length(km, start, end, is_plain, is_around, is_short) if km > 0 else None


def _number(text: str) -> float:
    return _IN_WORDS[text] if text in _IN_WORDS else float(text.replace(",", "."))


def distances(
    text: Folded, written: Sequence[Length], places: Sequence[PlaceMatch]
) -> Iterator[tuple[DistanceMatch, tuple[int, int]]]:
    """Distances with the place each is measured from, and their position in the folded text; then « près de » without a number."""
    taken: set[int] = set()
    for found in written:
        center = _center(text, found, places)
        if center is None and not _is_distance(text, found, bool(places)):
            continue
        taken.add(-1 if center is None else center)
        place = None if center is None else places[center]
        yield _match(text, found, place), (found.start, _end(text, found, place))
    if not taken:
        yield from _nearby(text, places)


def _end(text: Folded, found: Length, place: PlaceMatch | None) -> int:
    """The position where the words of a distance end, linking words included: « de la gare de »."""
    start = found.end if place is None else text.bounds(place.spans)[0]
    is_linked = start > found.end and _LINK.fullmatch(text.text, found.end, start) is not None
    return start if is_linked else found.end


def _match(text: Folded, found: Length, place: PlaceMatch | None) -> DistanceMatch:
    return DistanceMatch(
        km=found.km,
        is_default=False,
        place=None if place is None else place.text,
        spans=(text.span(found.start, found.end),),
    )


def _center(text: Folded, found: Length, places: Sequence[PlaceMatch]) -> int | None:
    """Index of the place that a distance is measured from: the one that follows « … km de », else the one just before, else the
    only place of the text when the number is plainly a distance."""
    bounds = [text.bounds(place.spans) for place in places]
    for number, (start, _) in enumerate(bounds):
        if start >= found.end and _LINK.fullmatch(text.text, found.end, start):
            return number
    for number, (_, end) in enumerate(bounds):
        if end <= found.start and _BESIDE.fullmatch(text.text, end, found.start) and _may_stand_alone(text, found):
            return number
    is_one = len(places) == 1 and _is_distance(text, found, True)
    return 0 if is_one else None


def _is_distance(text: Folded, found: Length, with_place: bool) -> bool:
    """Whether a length is a distance. « rayon de 40 km » and « 40 km autour » always are; « à 40 km » and a clause of its own are,
    unless they measure things (« 40 km de routes »)."""
    if found.is_around:
        return True
    if not _may_stand_alone(text, found):
        return False
    return found.is_plain or (with_place and _is_clause(text, found))


def _may_stand_alone(text: Folded, found: Length) -> bool:
    return not found.is_short and not _is_of_things(text, found)


def _is_of_things(text: Folded, found: Length) -> bool:
    return _OF_THINGS.match(text.text, found.end) is not None


def _is_clause(text: Folded, found: Length) -> bool:
    before = _CLAUSE_BEFORE.search(text.text, 0, found.start)
    return before is not None and _CLAUSE_AFTER.match(text.text, found.end) is not None


def _nearby(text: Folded, places: Sequence[PlaceMatch]) -> Iterator[tuple[DistanceMatch, tuple[int, int]]]:
    for place in places:
        start, end = text.bounds(place.spans)
        before, after = _NEARBY.search(text.text[:start]), _AND_NEARBY.match(text.text, end)
        if before is not None and before.group().startswith("region") and not _is_town(place):
            continue
        if before is not None or after is not None:
            stretch = (
                (before.start(), start) if before is not None else after.span() if after is not None else (end, end)
            )
            yield (
                DistanceMatch(km=NEAR_KM, is_default=True, place=place.text, spans=(text.span(*stretch),)),
                stretch,
            )


def _is_town(place: PlaceMatch) -> bool:
    return place.candidates[0].id.startswith(("commune:", "arrondissement:"))


def within_bounds(km: float) -> float:
    """The radius that a search accepts, nearest to ``km`` kilometres."""
    return min(max(km, LEAST_KM), MOST_KM)


def travel_times(text: Folded, places: Sequence[PlaceMatch]) -> Iterator[tuple[DistanceMatch | None, tuple[int, int]]]:
    """Travel times with their stretch: « à 30 minutes de Tours » is read as a distance by :data:`KM_A_MINUTE`; « à 1 h de route » of no place
    stays a time (``None``). « 2 heures de ménage » is not one."""
    for match in _TRAVEL.finditer(text.text):
        starts = [(text.bounds(place.spans)[0], place) for place in places]
        led = [p for at, p in starts if at >= match.end() and _LINK.fullmatch(text.text, match.end(), at)]
        if led:
            spans = (text.match_span(match),)
            km = round(_minutes(match) * KM_A_MINUTE, 1)
            yield (
                DistanceMatch(km=km, is_default=False, place=led[0].text, minutes=_minutes(match), spans=spans),
                match.span(),
            )
        elif match["by"] is not None:
            yield None, match.span()


def _minutes(match: re.Match[str]) -> float:
    if match["count"] is None:
        return 30.0 if match["half"] else 60.0
    return float(match["count"]) * (60 if match["unit"].startswith("h") else 1)

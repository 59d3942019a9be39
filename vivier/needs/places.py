"""The places a need names: « à Roubaix », « dans l'Isère », « lyon », « département 38 ». Doubt stays doubt."""

from __future__ import annotations

import re
from functools import lru_cache

from vivier.needs.folded import Folded
from vivier.needs.meant import ARTICLES, CONTRACTED, QUALIFIERS, WORD, TableWords, Written, is_meant
from vivier.needs.model import PlaceCandidate, PlaceMatch
from vivier.territory import Gazetteer
from vivier.territory.names import place_key, split_arrondissement
from vivier.territory.place_index import PlaceIndex, epci_bag, place_index
from vivier.territory.resolve import Resolution, resolve

_LONGEST = 8  # words of « communauté de communes du pays de Saint-Flour »
# Rules of the place resolver that read a name as written; the others only suggest.
_NAMED = frozenset(("name", "alias", "arrondissement", "name_and_place", "epci_name", "former_name"))
_CODED = frozenset(("departement_code", "region_code", "post_code", "typed_id"))
_QUALIFIER = re.compile(r"^(?:departement|dept|dpt|region)(?: (?:de|du|des|la|le|les)\b)*[ ]?(?:d'|l')?")
_LISTED = re.compile(r" ?(?:,|/|et|ou|a) (?:a |d'|de )?")
_CODE = re.compile(
    r"\b(?:departement|dept?|dpt|cp|code postal|sdis|ddt|cdg|cpam)[ :]*(?P<a>\d{5}|\d{2,3}|2[ab])\b"
    r"|\bdans le (?P<b>\d{2}|2[ab]|97\d)\b(?! ?(?:eme|e\b|ans|mois))"
    r"|(?P<c>\b\d{5}\b)(?= [a-z])|[(](?P<d>\d{2,3}|2[ab])[)]"
)
_ARTICLE_OF = {"au": "le", "du": "le", "aux": "les", "des": "les"}


def places(text: Folded, tables: TableWords, gazetteer: Gazetteer) -> list[PlaceMatch]:
    """Places in reading order. ``tables``: words that speak of trades, hence seldom a place."""
    index = place_index(gazetteer)
    found: list[PlaceMatch] = []
    words = list(WORD.finditer(text.text))
    position, last = 0, -1
    while position < len(words):
        match, used = _at(text, words, position, tables, index, last)
        if match is not None:
            found.append(match)
            last = words[position + used - 1].end()
        position += used
    return _with_codes(text, found, index)


def _at(
    text: Folded, words: list[re.Match[str]], position: int, tables: TableWords, index: PlaceIndex, last: int
) -> tuple[PlaceMatch | None, int]:
    """The longest place that begins at a word, and the words it takes. ``last``: where the place before ends."""
    first = words[position].group()
    if not _may_begin(first, index):
        return None, 1
    start, refused = words[position].start(), 1
    listed = last >= 0 and _LISTED.fullmatch(text.text, last, start) is not None
    for length in range(min(_LONGEST, len(words) - position), 0, -1):
        end = words[position + length - 1].end()
        written = text.text[start:end]
        if not _is_one_name(written) or not _is_known(written, first, length, index):
            continue
        resolution = _resolved(written, text.text[:start], index)
        name = Written(text, start, end, resolution, tables, listed)
        if resolution.via not in _NAMED or _is_area_after_article(name, index):
            continue
        if is_meant(name, index):
            return _match(text, start, end, resolution), length
        if len(name.telling) > 1:
            refused = max(refused, length)  # « Haute-Loire » refused is not « Loire »
    return None, refused


def _is_area_after_article(name: Written, index: PlaceIndex) -> bool:
    """« la Creuse » is the département, « La Creuse » a commune."""
    first, *others = name.words
    article = first.group() in ARTICLES and name.text.source[name.text.starts[name.start]].islower()
    return article and bool(others) and place_key(name.text.text[others[0].start() : name.end]) in index.areas


def _resolved(written: str, before: str, index: PlaceIndex) -> Resolution:
    """What a name means. « au Luc » is Le Luc, with the communes named Luc as other candidates."""
    plain = resolve(written, index.gazetteer)
    contraction = CONTRACTED.search(before[-5:])
    whole = f"{_ARTICLE_OF[contraction[1]]} {written}" if contraction is not None else written
    if contraction is None or place_key(whole) not in index.places.by_name:
        return plain
    return _united(resolve(whole, index.gazetteer), plain)


def _united(first: Resolution, second: Resolution) -> Resolution:
    """Two readings of a name: certain when they say the same."""
    best = {candidate.territory.id: candidate for candidate in (*second.candidates, *first.candidates)}
    ranked = sorted(best.values(), key=lambda c: (-c.score, -(c.territory.population or 0), c.territory.id))
    sure = {found.territory.id for found in (first, second) if found.territory is not None}
    certain = first.territory if len(sure) == 1 and None not in (first.territory, second.territory) else None
    return Resolution(certain, tuple(ranked), first.via, total=len(ranked))


def _is_one_name(written: str) -> bool:
    return not re.search(r"[,;:/()]|  | - ", written)


def _is_known(written: str, first: str, length: int, index: PlaceIndex) -> bool:
    key = place_key(written)
    if key in _names(index) or split_arrondissement(key)[1] is not None:
        return True
    if length == 1 or first not in QUALIFIERS | {"grand"}:
        return False
    bag = epci_bag(written)
    rest = _QUALIFIER.sub("", written)
    return bag in index.epci_bags or bag in index.epci_untyped or place_key(rest) in index.areas


def _may_begin(word: str, index: PlaceIndex) -> bool:
    return word in _first_words(index)


@lru_cache(maxsize=2)
def _names(index: PlaceIndex) -> frozenset[str]:
    names = index.places
    tables = (names.by_name, names.by_loose_name, names.former_by_name, index.areas, index.aliases, index.epci_keys)
    return frozenset(key for table in tables for key in table)


@lru_cache(maxsize=2)
def one_word_names(gazetteer: Gazetteer) -> frozenset[str]:
    """Folded place names of one word: never taken for a misspelt word."""
    return frozenset(key.lower() for key in _names(place_index(gazetteer)) if " " not in key)


@lru_cache(maxsize=2)
def _first_words(index: PlaceIndex) -> frozenset[str]:
    """First words of every name, their short forms (« st », « ste ») and the words that announce a place."""
    return frozenset(key.partition(" ")[0].lower() for key in _names(index)) | QUALIFIERS | {"st", "ste", "grand"}


def _match(text: Folded, start: int, end: int, resolution: Resolution) -> PlaceMatch:
    span = text.span(start, end)
    candidates = tuple(
        PlaceCandidate(id=candidate.territory.id, label=candidate.label_fr, score=candidate.score)
        for candidate in resolution.candidates
    )
    certain = None if resolution.territory is None else resolution.territory.id
    return PlaceMatch(
        text=span.text, spans=(span,), territory=certain, candidates=candidates, together=resolution.together
    )


def _with_codes(text: Folded, found: list[PlaceMatch], index: PlaceIndex) -> list[PlaceMatch]:
    """Codes beside a name say which of its homonyms; alone they name a place when a word says so."""
    for match in _CODE.finditer(text.text):
        group = next(name for name in "abcd" if match[name] is not None)
        span = text.match_span(match, group)
        beside = next((place for place in found if _touches(place, span.start, span.end)), None)
        if beside is not None:
            found[found.index(beside)] = _narrowed(text, beside, match, group, index)
        elif group in "ab":
            resolution = resolve(match[group], index.gazetteer)
            if resolution.via in _CODED:
                found.append(_match(text, match.start(group), match.end(group), resolution))
    return sorted(found, key=lambda place: place.spans[0].start)


def _touches(place: PlaceMatch, start: int, end: int) -> bool:
    return min(abs(place.spans[-1].end - start), abs(end - place.spans[0].start)) <= 3


def _narrowed(text: Folded, place: PlaceMatch, match: re.Match[str], group: str, index: PlaceIndex) -> PlaceMatch:
    names = (place.text, index.gazetteer.get(place.candidates[0].id).name)  # « au Port (974) » is Le Port
    found = (resolve(f"{name} {match[group]}", index.gazetteer) for name in dict.fromkeys(names))
    resolution = next((reading for reading in found if reading.territory is not None), None)
    if resolution is None:
        return place
    code = text.match_span(match, group)
    narrowed = _match(text, match.start(group), match.end(group), resolution)
    return narrowed.model_copy(update={"text": place.text, "spans": (*place.spans, code)})

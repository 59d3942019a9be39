"""The places a need names: « à Roubaix », « dans l'Isère », « lyon », « département 38 ». Doubt stays doubt."""

from __future__ import annotations

import re
from functools import lru_cache

from vivier.needs.folded import Folded
from vivier.needs.model import PlaceCandidate, PlaceMatch
from vivier.territory import Gazetteer
from vivier.territory.names import loose_key, place_key, split_arrondissement
from vivier.territory.place_index import PlaceIndex, epci_bag, place_index
from vivier.territory.resolve import Resolution, resolve

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 8  # words of « communauté de communes du pays de Saint-Flour »
# Rules of the place resolver that read a name as written; the others only suggest.
_NAMED = frozenset(("name", "alias", "arrondissement", "name_and_place", "epci_name", "former_name"))
_CODED = frozenset(("departement_code", "region_code", "post_code", "typed_id"))
_QUALIFIERS = frozenset(
    (
        "departement",
        "dept",
        "dpt",
        "region",
        "metropole",
        "agglomeration",
        "agglo",
        "communaute",
        "cc",
        "ca",
        "cu",
        "pays",
    )
)
_QUALIFIER = re.compile(r"^(?:departement|dept|dpt|region)(?: (?:de|du|des|la|le|les)\b)*[ ]?(?:d'|l')?")
# After these a name is a place even when it is also a word of the language (« à Bois », « commune de Fosse »).
_LOCATIVE = re.compile(
    r"(?:\b(?:a|au|aux|dans|en|vers|pres|autour|proche|secteur|ville|villes|commune|communes|mairie|agglomeration|agglo"
    r"|metropole|departement|dept|region|canton|prefecture|chu|ch|sdis|ccas|hopital|arrondissement)"
    r"(?: (?:de|du|des|d'|la|le|les|l'))*|\bsur)[ :,(]*(?:l'|la |le |les |d'|de )?$"
)
_STREET = re.compile(
    r"\b(?:rues?|avenues?|bd|boulevards?|quais?|allees?|impasse|residence|place|square|route|faubourg|porte|pont"
    r"|lycee|college|ecole|gymnase|hotel|salle|stade|theatre) (?:de |du |des |d'|la |le |les |l')*$"
)
# A common noun comes after these, never the bare name of a town.
_DETERMINED = re.compile(r"\b(?:des|les|la|le|un|une|nos|vos|leurs|son|sa|ses|ce|cette|ces|deux|trois|\d{1,4}) $")
# One is never « dans la » commune: « dans la citerne » is a tank.
_WITHIN = re.compile(r"\bdans (?:l'|la |le |les )?$")
_LISTED = re.compile(r" ?(?:,|/|et|ou|a) (?:a |d'|de )?")
_CODE = re.compile(
    r"\b(?:departement|dept?|dpt|cp|code postal|sdis|ddt|cdg|cpam)[ :]*(?P<a>\d{5}|\d{2,3}|2[ab])\b"
    r"|\bdans le (?P<b>\d{2}|2[ab]|97\d)\b(?! ?(?:eme|e\b|ans|mois))"
    r"|(?P<c>\b\d{5}\b)(?= [a-z])|[(](?P<d>\d{2,3}|2[ab])[)]"
)
BARE_POPULATION = 3_000
"""Inhabitants from which a commune is heard when named without « à »: below, its name is more often a common word."""

AMBIGUOUS_POPULATION = 20_000
"""The same for a name that several communes bear."""
_ARTICLES = frozenset(("l", "d", "le", "la", "les", "du", "de", "des", "au", "aux"))


def places(text: Folded, common: frozenset[str], gazetteer: Gazetteer) -> list[PlaceMatch]:
    """Places in reading order. ``common``: words (folded) that speak of trades, hence never a bare place name."""
    index = place_index(gazetteer)
    found: list[PlaceMatch] = []
    words = list(_WORD.finditer(text.text))
    position, last = 0, -1
    while position < len(words):
        match, used = _at(text, words, position, common, index, last)
        if match is not None:
            found.append(match)
            last = words[position + used - 1].end()
        position += max(used, 1)
    return _with_codes(text, found, index)


def _at(
    text: Folded, words: list[re.Match[str]], position: int, common: frozenset[str], index: PlaceIndex, last: int
) -> tuple[PlaceMatch | None, int]:
    """The longest place that begins at a word, and the words it takes. ``last``: where the place before ends."""
    first = words[position].group()
    if not _may_begin(first, index):
        return None, 1
    for length in range(min(_LONGEST, len(words) - position), 0, -1):
        start, end = words[position].start(), words[position + length - 1].end()
        written = text.text[start:end]
        if not _is_one_name(written) or not _is_known(written, first, length, index):
            continue
        resolution = resolve(written, index.gazetteer)
        listed = last >= 0 and _LISTED.fullmatch(text.text, last, start) is not None
        if resolution.via in _NAMED and _is_meant(text.text, start, written, resolution, common, listed):
            return _match(text, start, end, resolution), length
    return None, 1


def _is_one_name(written: str) -> bool:
    return not re.search(r"[,;:/()]|  | - ", written)


def _is_known(written: str, first: str, length: int, index: PlaceIndex) -> bool:
    key = place_key(written)
    if key in _names(index) or split_arrondissement(key)[1] is not None:
        return True
    if length == 1 or first not in _QUALIFIERS | {"grand"}:
        return False
    bag = epci_bag(written)
    rest = _QUALIFIER.sub("", written)
    return bag in index.epci_bags or bag in index.epci_untyped or place_key(rest) in index.areas


def _is_meant(
    text: str, start: int, written: str, resolution: Resolution, common: frozenset[str], listed: bool
) -> bool:
    before = text[max(0, start - 40) : start]
    if _STREET.search(before):
        return False
    words = _WORD.findall(written)
    if len(words) > 1 and words[0] in _QUALIFIERS:
        return True
    if _is_loose(written, resolution) and not (resolution.territory and re.search(r"\b(?:au|aux|du) $", before)):
        return False
    weak = len(words[-1]) < 3 or all(word in common or word in _ARTICLES for word in words)
    if _WITHIN.search(before) and _is_commune(resolution):
        return False
    if listed or _LOCATIVE.search(before):
        return not weak or bool(re.search(r"\b(?:ville|commune|mairie) (?:de|d')[ ]?$", before))
    return not weak and not _DETERMINED.search(before) and _is_notable(resolution)


def _is_commune(resolution: Resolution) -> bool:
    return resolution.candidates[0].territory.kind == "commune"


def _is_loose(written: str, resolution: Resolution) -> bool:
    """« Port » for Le Port, « Mans » for Le Mans: a commune named without its article, which « du » and « au » swallow."""
    first = resolution.candidates[0].territory if resolution.candidates else None
    if first is None or first.kind != "commune":
        return False
    name = place_key(first.name)
    return name != loose_key(name) == place_key(written)


def _is_notable(resolution: Resolution) -> bool:
    first = resolution.territory or resolution.candidates[0].territory
    largest = max(candidate.territory.population or 0 for candidate in resolution.candidates)
    return first.kind != "commune" or largest >= (
        AMBIGUOUS_POPULATION if resolution.territory is None else BARE_POPULATION
    )


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
    return frozenset(key.partition(" ")[0].lower() for key in _names(index)) | _QUALIFIERS | {"st", "ste", "grand"}


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
    resolution = resolve(f"{place.text} {match[group]}", index.gazetteer)
    if resolution.territory is None:
        return place
    code = text.match_span(match, group)
    narrowed = _match(text, match.start(group), match.end(group), resolution)
    return narrowed.model_copy(update={"text": place.text, "spans": (*place.spans, code)})

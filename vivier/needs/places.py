"""Reads the places that a need names: « à Roubaix », « dans l'Isère », « lyon », « département 38 ». A doubtful place is offered,
never applied."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from vivier.deadline import check
from vivier.needs.codes import with_codes
from vivier.needs.folded import Folded
from vivier.needs.meant import CONTRACTED, QUALIFIERS, Verdict, verdict
from vivier.needs.model import PlaceCandidate, PlaceMatch, SetAsideName
from vivier.needs.written import ARTICLES, WORD, TableWords, Written, place_match
from vivier.territory import Gazetteer
from vivier.territory.names import loose_key, place_key, split_arrondissement
from vivier.territory.place_index import PlaceIndex, epci_bag, place_index
from vivier.territory.resolve import Resolution, label, resolve
from vivier.territory.spelling import ONE_ERROR, certain, spelt

_LONGEST = 8  # words of « communauté de communes du pays de Saint-Flour »
# Rules of the place resolver that read a name as written; the others only suggest.
_NAMED = frozenset(("name", "alias", "arrondissement", "name_and_place", "epci_name", "former_name"))
_QUALIFIER = re.compile(r"^(?:departement|dept|dpt|region)(?: (?:de|du|des|la|le|les)\b)*[ ]?(?:d'|l')?")
_LISTED = re.compile(r" ?(?:,|/|-|et|ou|a) (?:a |d'|de )?| ?[(]|-")
_LYING_IN = re.compile(r" ?(?:[,(/-] ?)?(?:(?:en|dans|du|de) (?:le |la |les |l')?|des |d'|de l')?")
_ARTICLE_OF = {"au": "le", "du": "le", "aux": "les", "des": "les"}
_TO_A_TOWN = re.compile(r"\b(?:a|commune de|ville de|mairie de|commune d'|ville d'|mairie d') ?$")
_IN_AN_AREA = re.compile(r"\b(?:en |dans (?:le |la |les |l')|(?:de la |du |de l'|des ))$")
_ANNOUNCES = re.compile(
    r"\b(?:a|vers|sur|pres de|autour de|proche de|km de|communes? de|villes? de|mairie de|secteur de) ?$"
)
_ORDINAL = re.compile(r"\d{1,2}(?:er|ere|e|eme)")
_COUNTED = re.compile(r" [a-z]")  # « Lyon 3 sites »: the number counts the words that follow
_COMPOUND = re.compile(
    r"(?<![\w'-])(?:(?:les?|la|saint|sainte|ste?) |l')?[a-z]{2,}(?:(?:-+|')[a-z]+)+(?![\w'-])|(?<![\w'-])(?:(?:les?|la) |l')[a-z]{4,}(?![\w'-])"
)
_INTERCOMMUNALITY = re.compile(
    r"\b(?:agglomeration|agglo|intercommunalite|metropole|communaute (?:d'agglomeration|de communes|urbaine)|com ?com|cc)(?:(?: du)? pays)?(?: (?:de|du|des)| d'| de la| de l')? ?$"
)
_CAPITALS = re.compile(r"(?<=\w[ '’-])[A-ZÀ-Ý][a-zà-ÿ]")  # of a word after the first, which is no acronym
_MOST_TYPED = 9  # words of a need that is typed in haste, where names have no capitals
_AFTER_ARTICLE = re.compile(r"\b(?:la|les?|des|du|aux?|une?) $")
_AGGLOMERATION = re.compile(r" (?:agglo(?:meration)?|metropole)\b(?! (?:d'|de|du)\b)")
_OF_PEOPLE = re.compile(r"(?:I?EN(?:NE)?|OIS(?:E)?|AIS(?:E)?)S?$")
_LONG_WORD = re.compile(r"[a-z]{3,}")
SHORTEST_OFFERED = 4  # letters of a word that is offered a town (« à Lion »)
_OVERSEAS = 3  # digits of the code of a département that takes « à »: à La Réunion, à Mayotte
_SMALL_TOWN = 2_000  # inhabitants under which « à Bretagne » is doubtful
_READ_OTHERWISE = {
    "street": "lu comme le nom d'une voie, d'un quartier ou d'un édifice",
    "river": "lu comme le nom d'un cours d'eau",
}


@dataclass(frozen=True)
class Places:
    """Places in reading order, and the names read as something else."""

    found: tuple[PlaceMatch, ...]
    set_aside: tuple[SetAsideName, ...]


@dataclass(frozen=True)
class _Named:
    """A known name with its verdict, and how many words it has."""

    written: Written
    verdict: Verdict
    length: int


def places(
    text: Folded,
    tables: TableWords,
    gazetteer: Gazetteer,
    taken: Sequence[tuple[int, int]],
    figures: Sequence[tuple[int, int]],
    is_word: Callable[[str], bool],
) -> Places:
    """The places of a text. ``tables``: words of trades, hence seldom places; ``taken``: stretches of distances, whose digits are
    not an arrondissement (« Paris 10 km »); ``figures``: other stretches of figures, which contain no code; ``is_word``: whether a folded word is
    one of the language."""
    index = place_index(gazetteer)
    mended = list(_mended(text, taken, is_word, gazetteer))
    taken = [*taken, *(text.bounds(place.spans) for place in mended)]
    named = _names_of(text, tables, taken, index)
    retained = [name for name in named if name.verdict in ("place", "school", "perhaps")]
    if any(name.verdict == "place" for name in retained):
        retained = [name for name in retained if name.verdict == "place"]
    elif any(name.verdict == "school" for name in retained):
        retained = [name for name in retained if name.verdict == "school"]
    elif not retained:
        retained = [replace(name, verdict="perhaps") for name in named if name.verdict == "river"]
    located = _located(text, sorted([*map(_match, retained), *mended], key=lambda place: place.spans[0].start), index)
    located = [_with_neighbours(text, place, gazetteer) for place in located]
    found = with_codes(text, located, [*taken, *figures], index)
    aside = tuple(_set_aside(name) for name in named if name.verdict in _READ_OTHERWISE)
    return Places(tuple(found), aside)


def _match(name: _Named) -> PlaceMatch:
    written = name.written
    return place_match(written.text, written.start, written.end, written.resolution, doubtful=name.verdict == "perhaps")


def _located(text: Folded, found: list[PlaceMatch], index: PlaceIndex) -> list[PlaceMatch]:
    """Merges a town with the area written after it, when the area contains it: « Valence (Drôme) », « Brest, en Bretagne » are one
    place."""
    merged: list[PlaceMatch] = []
    for place in found:
        town = _town_of(text, merged[-1], place, index) if merged else None
        if town is None:
            merged.append(place)
        else:
            merged[-1] = town
    return merged


def _town_of(text: Folded, town: PlaceMatch, area: PlaceMatch, index: PlaceIndex) -> PlaceMatch | None:
    gap = text.text[text.place(town.spans[-1].end - 1) + 1 : text.place(area.spans[0].start)]
    if area.territory is None or not _LYING_IN.fullmatch(gap):
        return None
    inside = tuple(
        candidate for candidate in town.candidates if area.territory in index.gazetteer.get(candidate.id).parents
    )
    inside = tuple(candidate for candidate in inside if candidate.score == inside[0].score)
    if not inside or not inside[0].id.startswith(("commune:", "arrondissement:")):
        return None
    certain = inside[0].id if len(inside) == 1 else None
    return town.model_copy(
        update={"candidates": inside, "territory": certain, "doubtful": False, "spans": (*town.spans, *area.spans)}
    )


def _with_neighbours(text: Folded, place: PlaceMatch, gazetteer: Gazetteer) -> PlaceMatch:
    """The intercommunality of a town: « agglomération de Saumur », « Vannes agglo ». Another place as it is."""
    start, end = text.bounds(place.spans)
    announced = _INTERCOMMUNALITY.search(text.text[:start], max(0, start - 60)) or _AGGLOMERATION.match(text.text, end)
    if announced is None or place.territory is None or not place.territory.startswith("commune:"):
        return place
    of = next((id_ for id_ in gazetteer.get(place.territory).parents if id_.startswith("epci:")), None)
    if of is None:
        return place
    meant = PlaceCandidate(id=of, label=label(gazetteer.get(of), gazetteer), score=1.0)
    spans = sorted((text.match_span(announced), *place.spans), key=lambda span: span.start)
    others = (candidate for candidate in place.candidates if candidate.id != of)
    return place.changed(territory=of, candidates=(meant, *others), spans=tuple(spans))


def _mended(
    text: Folded, taken: Sequence[tuple[int, int]], is_word: Callable[[str], bool], gazetteer: Gazetteer
) -> Iterator[PlaceMatch]:
    """The misspelt places of names of several words: « Saint-Floent-sur-Cher », « La Gakde ». One of their words is no word of the language."""
    index = place_index(gazetteer)
    for match in _COMPOUND.finditer(text.text):
        start, end = match.span()
        strange = [word for word in _LONG_WORD.findall(match.group()) if not is_word(word)]
        if not strange or _names(index).intersection((place_key(match.group()), loose_key(place_key(match.group())))):
            continue  # well written, or of the language
        if any(begun < end and start < stop for begun, stop in taken):
            continue
        if "-" not in match.group() and is_a_word_there(text, start):
            continue
        found = misspelt(text, start, end, gazetteer)
        if found is not None:
            yield found


def misspelt(text: Folded, start: int, end: int, gazetteer: Gazetteer, *, sure: bool = True) -> PlaceMatch | None:
    """The places whose name is near misspelt words: one that is alone, or far larger than the others, is certain when ``sure``; the others are
    offered. ``None`` when no name is near."""
    span = text.span(start, end)
    found = spelt(span.text, gazetteer, ONE_ERROR if sure else SHORTEST_OFFERED)
    is_named = sure and resolve(span.text, gazetteer, suggest=False).via in _NAMED
    if not found or not found[0].errors or is_named:
        return None  # a name that is well written has been read in its context
    meant = certain(found) if sure and not _is_of_people(span.text, found[0].id, gazetteer) else None
    territories = [gazetteer.get(near.id) for near in found]
    return PlaceMatch(
        text=span.text,
        spans=(span,),
        territory=None if meant is None else meant.id,
        candidates=tuple(
            PlaceCandidate(id=territory.id, label=label(territory, gazetteer), score=1 / (1 + near.errors))
            for territory, near in zip(territories, found, strict=True)
        ),
        doubtful=meant is None,
        read_as=None if meant is None else territories[0].name,
    )


def _is_of_people(written: str, found: str, gazetteer: Gazetteer) -> bool:
    """Whether a word is the adjective of a place, which is larger or is another: « pays bellegardien » is not Bellegarde."""
    key, name = place_key(written), place_key(gazetteer.get(found).name)
    return _OF_PEOPLE.search(key) is not None and len(key) > len(name)


def may_name(text: Folded, start: int, end: int, gazetteer: Gazetteer) -> PlaceMatch | None:
    """The places that words name, though nothing announces them; after a word that announces a place, those whose name begins with them, or is near
    them though few live there: offered, never applied. So is a word that stands alone, unless it is in small letters in a text that has capitals: « chauffeurs »
    is not Chauffours."""
    span = text.span(start, end)
    is_name = end - start > SHORTEST_OFFERED and not (text.has_both_cases and span.text.islower())
    suggest = is_announced(text, start) or (is_name and stands_alone(text, start, end))
    resolution = resolve(span.text, gazetteer, suggest=suggest)
    is_near = resolution.via in ("prefix", "alike")
    return place_match(text, start, end, resolution, doubtful=True) if is_near or resolution.via in _NAMED else None


def is_a_word_there(text: Folded, start: int) -> bool:
    """Whether what is near a town is a word: small letters where names have capitals (« Romans policiers et Science-fiction »). « ESAT nettoyage
    renes », which is typed in haste, may be Rennes, but not after an article, nor may « DES POLICIERS » of a text of one case."""
    is_typed = _CAPITALS.search(text.source) is None and text.source.count(" ") < _MOST_TYPED
    if text.has_both_cases and (text.source[text.starts[start]].isupper() or not is_typed):
        return text.source[text.starts[start]].islower()
    return _AFTER_ARTICLE.search(text.text[max(0, start - 5) : start]) is not None


def stands_alone(text: Folded, start: int, end: int) -> bool:
    """Whether a name that nothing announces begins or ends a need of a few words (« ESAT nettoyage renes »): « progiciel Astre GF » is not in
    Aytré, and a long title has words that no table knows."""
    is_edge = not text.text[:start].strip() or not text.text[end:].strip(" .")
    return is_edge and is_short(text)


def is_short(text: Folded) -> bool:
    """Whether a need has few words, as those that are typed in haste."""
    return text.source.count(" ") < _MOST_TYPED


def is_announced(text: Folded, start: int) -> bool:
    """Whether the words before a position announce a place: « à », « près de », « commune de »."""
    return _ANNOUNCES.search(text.text[max(0, start - 20) : start]) is not None


def _set_aside(name: _Named) -> SetAsideName:
    span = name.written.text.span(name.written.start, name.written.end)
    return SetAsideName(text=span.text, reason=_READ_OTHERWISE[name.verdict], spans=(span,))


def _names_of(text: Folded, tables: TableWords, taken: Sequence[tuple[int, int]], index: PlaceIndex) -> list[_Named]:
    found: list[_Named] = []
    words = list(WORD.finditer(text.text))
    position, last = 0, -1
    while position < len(words):
        check()
        name = _at(text, words, position, tables, index, last, taken)
        position += 1 if name is None else name.length
        if name is not None and name.verdict != "word":
            found.append(name)
            last = words[position - 1].end() if name.verdict == "place" else last
    return found


def _at(
    text: Folded,
    words: list[re.Match[str]],
    position: int,
    tables: TableWords,
    index: PlaceIndex,
    last: int,
    taken: Sequence[tuple[int, int]],
) -> _Named | None:
    """The longest name that begins at a word. When « Haute-Loire » is not a place there, « Loire » is not tried.

    ``last``: the position where the place before ends."""
    first = words[position].group()
    if first not in _first_words(index) and not _ORDINAL.fullmatch(first):
        return None
    start = words[position].start()
    listed = last >= 0 and _LISTED.fullmatch(text.text, last, start) is not None
    for length in range(min(_LONGEST, len(words) - position), 0, -1):
        end = words[position + length - 1].end()
        written = text.text[start:end]
        if not _is_one_name(written) or not _is_known(written, first, length, index):
            continue
        if _is_count(text, written, end) or any(begun < end and start < stop for begun, stop in taken):
            continue  # « Paris 10 km », « à quarante kilomètres » (a commune is called Quarante)
        resolution = _resolved(written, text.text[:start], index)
        name = Written(text, start, end, resolution, tables, listed)
        if resolution.via not in _NAMED or _is_area_after_article(name, index):
            continue
        found = _Named(name, verdict(name, index), length)
        if found.verdict != "word":
            return found
        if len(name.telling) > 1 and (name.has_capitals or not text.has_both_cases):
            return found
    return None


def _is_count(text: Folded, written: str, end: int) -> bool:
    """Whether the number after a name counts something, « Lyon 3 sites », and is not an arrondissement."""
    return written[-1].isdigit() and _COUNTED.match(text.text, end) is not None


def _is_area_after_article(name: Written, index: PlaceIndex) -> bool:
    """Whether a name is that of an area after its article: « la Creuse » is the département, « La Creuse » a commune."""
    first, *others = name.words
    article = first.group() in ARTICLES and (name.is_caseless or not name.begins_with_a_capital)
    return article and bool(others) and place_key(name.text.text[others[0].start() : name.end]) in index.areas


# -- what a name means -------------------------------------------------------------------------------------------------


def _resolved(written: str, before: str, index: PlaceIndex) -> Resolution:
    """What a name means. « au Luc » is Le Luc, with the communes named Luc as other candidates."""
    contraction = CONTRACTED.search(before[-5:])
    whole = f"{_ARTICLE_OF[contraction[1]]} {written}" if contraction is not None else written
    is_contracted = contraction is not None and place_key(whole) in index.places.by_name
    plain = _by_preposition(_read(written, index.gazetteer, is_contracted), before[-20:])
    if not is_contracted:
        return plain
    return _united(_read(whole, index.gazetteer, True), plain)


@lru_cache(maxsize=1_024)
def _read(written: str, gazetteer: Gazetteer, suggest: bool) -> Resolution:
    """Kept, as a text may repeat a name hundreds of times."""
    return resolve(written, gazetteer, suggest=suggest)


def _by_preposition(found: Resolution, before: str) -> Resolution:
    """Orders candidates by the preposition: « à Vienne » is a town, « dans la Vienne » a département. The candidates that it does
    not suit come after."""
    kinds = {candidate.territory.kind for candidate in found.candidates if candidate.score == 1.0}
    if found.via != "name" or "commune" not in kinds or not kinds & {"departement", "region"}:
        return found
    if _IN_AN_AREA.search(before):
        return _decided(found, is_commune=False)
    return _decided(found, is_commune=True) if _TO_A_TOWN.search(before) and not _is_overseas(found) else found


def _is_overseas(found: Resolution) -> bool:
    return any(
        len(candidate.territory.departement or candidate.territory.code) >= _OVERSEAS
        for candidate in found.candidates[:1]
    )


def _decided(found: Resolution, is_commune: bool) -> Resolution:
    """Puts the communes first, or the others. A single candidate of that sort is certain, unless it is a tiny town."""
    suited = [
        candidate
        for candidate in found.candidates
        if candidate.score == 1.0 and (candidate.territory.kind == "commune") == is_commune
    ]
    others = [candidate for candidate in found.candidates if candidate not in suited]
    is_tiny = is_commune and all(candidate.territory.people < _SMALL_TOWN for candidate in suited)
    certain = suited[0].territory if len(suited) == 1 and not is_tiny else None
    ordered = found.candidates if is_tiny else (*suited, *others)
    return replace(found, territory=certain, candidates=tuple(ordered))


def _united(first: Resolution, second: Resolution) -> Resolution:
    """Unites two readings of a name: certain when they agree."""
    best = {candidate.territory.id: candidate for candidate in (*second.candidates, *first.candidates)}
    ranked = sorted(best.values(), key=lambda c: (-c.score, -c.territory.people, c.territory.id))
    sure = {found.territory.id for found in (first, second) if found.territory is not None}
    certain = first.territory if len(sure) == 1 and None not in (first.territory, second.territory) else None
    return Resolution(certain, tuple(ranked), first.via, total=len(ranked))


# -- the names known ---------------------------------------------------------------------------------------------------


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


@lru_cache(maxsize=2)
def _names(index: PlaceIndex) -> frozenset[str]:
    names = index.places
    tables = (names.by_name, names.by_loose_name, names.former_by_name, index.areas, index.aliases, index.epci_keys)
    return frozenset(key for table in tables for key in table) | index.epci_long_names


@lru_cache(maxsize=2)
def one_word_names(gazetteer: Gazetteer) -> frozenset[str]:
    """Folded place names of a single word, which are never read as misspelt words."""
    return frozenset(key.lower() for key in _names(place_index(gazetteer)) if " " not in key)


@lru_cache(maxsize=2)
def _first_words(index: PlaceIndex) -> frozenset[str]:
    """First words of every name, their short forms (« st », « ste ») and the words that announce a place."""
    return frozenset(key.partition(" ")[0].lower() for key in _names(index)) | QUALIFIERS | {"st", "ste", "grand"}

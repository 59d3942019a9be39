"""Words of a need that no table knows: names of places that they misspell, or words said not to be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from vivier.lexicon import Lexicon
from vivier.needs.boilerplate import any_pattern
from vivier.needs.evidence import Token
from vivier.needs.folded import Folded
from vivier.needs.index import NeedsIndex
from vivier.needs.lexis import Word
from vivier.needs.meant import is_of_water
from vivier.needs.model import PlaceMatch, Unread
from vivier.needs.places import is_a_word_there, is_announced, is_short, may_name, misspelt, stands_alone
from vivier.needs.reading import Reading, is_word
from vivier.territory.names import place_key

_OF = re.compile(r"\b(?:de|du|d') ?$")
_CLAUSE_END = re.compile(r" ?(?:$|[,;:).]|- |(?:pour|en|avec|dans)\b)")
_AND = re.compile(r" (?:et|ou) (?:a |de |d')?")
_OPENS = re.compile(r"[(] ?$")
_NAME_ARTICLE = re.compile(r"(?<![\w'])(?P<article>l[ae]s? |l')$")
_HYPHENATED = re.compile(r"[a-z]{2,}(?:-[a-z']+)+")
LEAST_UNREAD = 3
"""Letters from which a word that no table knows is said not to be understood."""
MOST_NEAR = 2
"""Unknown words of a need that are read as names of places."""
MOST_CAPITALS = 0.34
"""Share of the words of a need with a capital over which a capital tells nothing (« Nettoyage Des Locaux »)."""
_SENTENCE = re.compile(r"[.!?:] ?$")
LONGEST_ACRONYM = 4
"""Letters up to which a word in capitals, in a text that is not, is an acronym: « GRPE scolaire » asks for no crane."""
NAMED_TOWN = 5_000
"""Inhabitants from which a town is offered for a word near its name, wherever the word is."""
SMALL_TOWN, LARGE_TOWN = 10_000, 50_000
"""Inhabitants under which the towns of a name leave a doubt, and from which another town is offered too (« à Lion »)."""


def named_there(reading: Reading) -> frozenset[str]:
    """Words written as names, which are never corrected into a word of the tables: « à Lion » is not « lino », « tapissier Vitrmes » no window."""
    return frozenset(word.written for word in reading.words if _is_written_as_a_name(word, reading))


def _is_written_as_a_name(word: Word, reading: Reading) -> bool:
    """Whether a word is an acronym, or has a capital where few have one or where a place is announced. The first capital of a sentence tells
    nothing."""
    text = reading.text
    if not (text.has_both_cases and text.source[text.starts[word.start]].isupper()):
        return False
    if is_announced(text, word.start):
        return True
    if (
        len(word.written) <= LONGEST_ACRONYM
        and text.source[text.starts[word.start] : text.starts[word.end - 1] + 1].isupper()
    ):
        return True
    begins = word.start == 0 or _SENTENCE.search(text.text[: word.start]) is not None
    capitals = sum(text.source[text.starts[other.start]].isupper() for other in reading.words)
    return not begins and capitals <= max(1, MOST_CAPITALS * len(reading.words))


def unread_words(
    weighed: Sequence[Token], reading: Reading, index: NeedsIndex, lexicon: Lexicon
) -> tuple[tuple[Unread, ...], tuple[PlaceMatch, ...]]:
    """The words that no table knows, the towns abroad, and the places whose name is near an unknown word."""
    unread, near = list[Unread](), list(_hyphenated(reading, lexicon))
    figures, kinds = reading.figures.quantities, reading.requirements.kinds
    inside = [
        (reading.text.place(span.start), reading.text.place(span.end - 1))
        for spans in (each.spans for pieces in (near, figures, kinds) for each in pieces)
        for span in spans
    ]
    read_until = -1
    for at, token in enumerate(weighed):
        word = token.word
        if any(start <= word.start <= end for start, end in inside):
            continue
        if word.start < read_until or len(word.written) < LEAST_UNREAD or not word.written.isalpha():
            continue
        if word.start in reading.faint:
            continue
        is_known, is_place = _is_known(token, index), _is_abroad(reading.text, word.start)
        if is_known and not is_place and is_word(word.stem, word.written, index):
            near += _of_a_name(word, reading, index, lexicon)
            continue
        alike = None if is_place or len(near) >= MOST_NEAR else _near_place(weighed, at, reading, lexicon)
        span = reading.text.span(word.start, word.end)
        is_named = any(name.spans[0].start <= span.start < name.spans[0].end for name in reading.where.names_set_aside)
        if alike is None and (is_named or (is_known and not is_place)):
            continue
        if alike is None:
            is_place = is_place or is_announced(reading.text, word.start)
            unread.append(Unread(text=span.text, is_place=is_place, spans=(span,)))
            continue
        near.append(alike)
        start, read_until = (reading.text.place(at) for at in (alike.spans[0].start, alike.spans[0].end))
        unread = [word for word in unread if reading.text.place(word.spans[0].start) < start]
    return tuple(unread), tuple(near)


def _is_abroad(text: Folded, start: int) -> bool:
    """Whether a town or a country abroad is named: « choux de Bruxelles » and « jardin du Luxembourg » name none."""
    is_named = _abroad().match(text.text, start) is not None
    return is_named and (_OF.search(text.text, 0, start) is None or is_announced(text, start))


@lru_cache(maxsize=1)
def _abroad() -> re.Pattern[str]:
    return re.compile(rf"{any_pattern('abroad')}\b")


def _hyphenated(reading: Reading, lexicon: Lexicon) -> Iterator[PlaceMatch]:
    """The places that words tied by hyphens misspell (« Sant-Lô »), in a need that has none: they are announced, written as a name, or end the
    text. A part of such a name is often a word."""
    text = reading.text
    if reading.where.places:
        return
    for match in _HYPHENATED.finditer(text.text):
        start, end = match.span()
        named = text.source[text.starts[start]].isupper() or not text.text[end:].strip(" .")
        found = misspelt(text, start, end, lexicon.gazetteer) if named or is_announced(text, start) else None
        if found is not None:
            yield found


def _is_known(token: Token, index: NeedsIndex) -> bool:
    word = token.word
    return bool(token.alternatives or token.corrected) or index.lexis.is_known(word.stem, word.written)


def _near_place(weighed: Sequence[Token], at: int, reading: Reading, lexicon: Lexicon) -> PlaceMatch | None:
    """The place that an unknown word misspells, with its article, the word before or after it when both make the name (« Sant Brieux »). It is
    applied after a word that announces a place, or where it stands alone or is written as a name in a need without place. Elsewhere it is offered,
    as in a text in capitals, and where the word misspells a trade too."""
    text, word = reading.text, weighed[at].word
    is_alone = not (reading.where.places or is_of_water(text, word.start))
    for start, end in _stretches(weighed, at, text):
        announced = is_announced(text, start) or _is_listed(start, end, reading)
        if not announced and (not is_alone or is_a_word_there(text, start)):
            continue
        found = misspelt(text, start, end, lexicon.gazetteer)
        if found is None:
            continue
        goes_on = place_key(found.read_as or "").startswith(f"{place_key(found.text)} ")
        framed = _is_framed(text, start, end) or stands_alone(text, start, end)
        is_sure = announced or goes_on or (framed and not (text.source.isupper() or weighed[at].corrected))
        people = lexicon.gazetteer.get(found.candidates[0].id).people
        if is_sure or framed or (people >= NAMED_TOWN and _may_be_a_town(text, start, end)):
            return found if is_sure else found.changed(territory=None, doubtful=True, read_as=None)
    announced = is_announced(text, word.start)
    return may_name(text, word.start, word.end, lexicon.gazetteer) if announced or is_alone else None


def _stretches(weighed: Sequence[Token], at: int, text: Folded) -> Iterator[tuple[int, int]]:
    """The words that may make a name with an unknown one, then this one with its article, then alone."""
    word = weighed[at].word
    for other in (*weighed[max(0, at - 1) : at], *weighed[at + 1 : at + 2]):
        if 1 in (other.word.start - word.end, word.start - other.word.end):
            yield min(word.start, other.word.start), max(word.end, other.word.end)
    article = _NAME_ARTICLE.search(text.text, max(0, word.start - 4), word.start)
    if article is not None:
        yield article.start("article"), word.end
    yield word.start, word.end


def _is_framed(text: Folded, start: int, end: int) -> bool:
    """Whether words are written as the name of a place: in brackets, or with a capital after « de »: « gymnase de Perigeux »."""
    if _OPENS.search(text.text, 0, start) and text.text[end : end + 1] == ")":
        return True
    return text.source[text.starts[start]].isupper() and _OF.search(text.text, 0, start) is not None


def _is_listed(start: int, end: int, reading: Reading) -> bool:
    """Whether words written as a name follow or precede a place, with « et » or « ou »: « à Arras et Lile », « entre Lile et Arras »."""
    text, bounds = reading.text, [reading.text.bounds(place.spans) for place in reading.where.places]
    is_name = text.has_both_cases and text.source[text.starts[start]].isupper()
    return is_name and any(
        _AND.fullmatch(text.text, first, last) for a, b in bounds for first, last in ((b, start), (end, a))
    )


def _may_be_a_town(text: Folded, start: int, end: int) -> bool:
    """Whether words that nothing announces may be a town: written as a name that no other capital goes on (« progiciel Astre GF »), in a need of a single
    case that is typed in haste, or at the end of a clause of one. The last word of a long title in small letters is a word."""
    following = text.source[text.ends[end - 1] :].lstrip(" -'’")[:1]
    if text.has_both_cases and text.source[text.starts[start]].isupper():
        return not following.isupper()
    return is_short(text) and (not text.has_both_cases or _CLAUSE_END.match(text.text, end) is not None)


def _of_a_name(word: Word, reading: Reading, index: NeedsIndex, lexicon: Lexicon) -> Iterator[PlaceMatch]:
    """The town that a word of the language may misspell: offered when the need has no place, for a word written as a name (« , Amines ») or one that
    ends the need, and then a large town (« nettoyage bureaux renes »)."""
    as_a_name = _is_written_as_a_name(word, reading)
    if reading.where.places or is_of_water(reading.text, word.start) or not (as_a_name or _ends(word, reading, index)):
        return
    found = misspelt(reading.text, word.start, word.end, lexicon.gazetteer, sure=False)
    least = NAMED_TOWN if as_a_name else LARGE_TOWN
    if found is not None and lexicon.gazetteer.get(found.candidates[0].id).people >= least:
        yield found


def _ends(word: Word, reading: Reading, index: NeedsIndex) -> bool:
    """Whether a word ends a need of several, and no table has it as it is written: its stem alone is known."""
    return len(reading.words) > 1 and word == reading.words[-1] and word.written not in index.tables.words


def with_large_town(place: PlaceMatch, reading: Reading, lexicon: Lexicon) -> PlaceMatch:
    """A place that no certain territory bears, with the large town that it may misspell first: « Lion » is offered Lyon."""
    towns = (lexicon.gazetteer.get(candidate.id) for candidate in place.candidates)
    if place.territory is not None or place.together or any(town.people >= SMALL_TOWN for town in towns):
        return place
    start, end = (reading.text.place(at) for at in (place.spans[0].start, place.spans[0].end))
    found = misspelt(reading.text, start, end, lexicon.gazetteer, sure=False)
    large = [
        candidate
        for candidate in (() if found is None else found.candidates)
        if lexicon.gazetteer.get(candidate.id).people >= LARGE_TOWN
    ]
    return place.changed(candidates=(*large, *place.candidates)) if large else place

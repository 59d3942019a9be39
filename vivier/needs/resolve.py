"""A need written in plain French → what was understood of it. Method ``need-2``: docs/methods.md (k)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vivier.deadline import check
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.needs.accounted import accounted
from vivier.needs.answer import cpv_of, level, sector
from vivier.needs.evidence import Evidence, Token, tokens, weigh
from vivier.needs.index import NeedsIndex, needs_index
from vivier.needs.letters import asking
from vivier.needs.lexis import Word
from vivier.needs.meant import is_of_water
from vivier.needs.model import (
    Correction,
    CpvMatch,
    Need,
    PlaceCandidate,
    PlaceMatch,
    SectorMatch,
    Status,
    TerritoryMatch,
    Unread,
    Why,
)
from vivier.needs.parts import Part, parts, sections, staffed
from vivier.needs.places import is_announced, may_name, misspelt, one_word_names
from vivier.needs.reading import LONGEST_TEXT, Reading, is_word, read
from vivier.needs.scoring import TO_CONFIRM, Confidences, confidences, load_weights, status
from vivier.trades.cpv import padded
from vivier.trades.table import fold

NEAREST = 5
BACKGROUND = 0.1
"""How much the words of a letter count outside the sentences that ask."""
ALWAYS_SHOWN, LEAST_SHOWN = 2, 0.01
"""A sure answer still shows the two nearest others, however unlikely; more only from a confidence of .01."""
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
SMALL_TOWN, LARGE_TOWN = 10_000, 50_000
"""Inhabitants under which the towns of a name leave a doubt, and from which another town is offered too (« à Lion »)."""
Codes = list[tuple[int, float, Why]]
OUTSIDE = "Hors du champ de l'annuaire :"
SURE_THEME = 0.65
"""Chance from which a theme is said to be out of scope: below, nine in ten of 14 real titles were of another (read by us)."""
"""How the warning begins of a need that no trade of the table sells."""


def checked_text(text: str, field: str = "text") -> str:
    """The text, unchanged. Raises :class:`InvalidRequest` naming ``field`` when it is blank or longer than 5,000 characters."""
    if not text.strip():
        message = "Décrivez le besoin en quelques mots, par exemple « tonte des pelouses à Roubaix »."
        raise InvalidRequest((FieldError(field, "blank", message),))
    if len(text) > LONGEST_TEXT:
        message = f"Le texte a {len(text)} caractères ; {LONGEST_TEXT} au plus."
        raise InvalidRequest((FieldError(field, "too_long", message),))
    return text


def resolve_need(text: str, lexicon: Lexicon) -> Need:
    """Reads what a text asks for. Never raises: a text without a sure trade is ``unresolved``, with the nearest trades.

    Beyond 5,000 characters the text is not read, and ``warnings`` says so.
    """
    check()
    index = needs_index(lexicon)
    reading = read(text, lexicon, index)
    codes, cpv, warnings = _codes(reading, lexicon, index)
    names = one_word_names(lexicon.gazetteer) | _named_there(reading)
    weighed = tokens(reading.words, reading.text.text, reading.lot_start, index, names, reading.faint)
    evidence = weigh(weighed, [(row, weight) for row, weight, _ in codes], index)
    found = confidences(evidence, index, load_weights())
    evidence, found = (None if codes else _of_what_asks(weighed, reading, index)) or (evidence, found)
    split = () if codes else _split(evidence, found, reading, index)
    sectors, state = _sectors(evidence, found, split, codes, reading, index)
    unread, near = _unread(weighed, reading, index, lexicon)
    places = tuple(_with_large_town(place, reading, lexicon) for place in (*reading.where.places, *near))
    reading = replace(reading, where=replace(reading.where, places=places))
    need = Need(
        input=text,
        normalized=tuple(word.stem for word in reading.words),
        sectors=sectors,
        alternatives=_alternatives(evidence, found, sectors, reading, index),
        multi=len(sectors) > 1,
        cpv=_cpv(cpv, sectors, reading, lexicon, index),
        territory=_territory(reading),
        distances=reading.where.distances,
        kinds=reading.requirements.kinds,
        labels=reading.requirements.labels,
        families=reading.requirements.families,
        characteristics=reading.requirements.characteristics,
        articles=reading.requirements.articles,
        service_types=reading.requirements.service_types,
        amounts=reading.figures.amounts,
        durations=reading.figures.durations,
        quantities=reading.figures.quantities,
        travel_times=reading.where.travel_times,
        reservations=reading.requirements.reservations,
        set_aside=reading.set_aside,
        excluded=reading.excluded,
        corrections=_corrections(weighed, reading),
        unread=unread,
        warnings=(*warnings, *_warnings(text, found, state, reading, index)),
        status=state,
    )
    return need.changed(words=accounted(need, reading, lexicon.analysis))


# -- codes and exact names ---------------------------------------------------------------------------------------------


def _codes(reading: Reading, lexicon: Lexicon, index: NeedsIndex) -> tuple[Codes, list[CpvMatch], list[str]]:
    """Trades that the text names by a CPV code, their own code or their exact name."""
    codes: Codes = _exact(reading, index)
    listed: list[CpvMatch] = []
    warnings: list[str] = []
    for digits, span, announced in reading.cpv:
        code = padded(digits)
        nearest = index.cpv.nearest(code) if announced or code in index.cpv else None
        if nearest is None:
            warnings += [f"« {span.text} » n'est pas un code CPV connu."] if announced else []
            continue
        if nearest != code:
            warnings.append(f"Le code CPV {code} n'existe pas : lu comme {nearest} ({index.cpv.label(nearest)}).")
        listed.append(CpvMatch(code=nearest, label=index.cpv.label(nearest), confidence=1.0, level=level(nearest), spans=(span,)))  # fmt: skip
        why = Why(term=span.text, via=f"cpv:{nearest}", weight=1.0, spans=(span,))
        codes += [(index.rows[trade.code], weight, why) for trade, weight in lexicon.trades.by_cpv(nearest)]
    return codes, listed, warnings


def _exact(reading: Reading, index: NeedsIndex) -> Codes:
    row = index.exact.get(fold(reading.text.source))
    if row is None:
        return []
    span = reading.text.span(0, len(reading.text.text))
    return [(row, 1.5, Why(term=span.text, via="exact", weight=1.5, spans=(span,)))]


# -- trades ------------------------------------------------------------------------------------------------------------


def _sectors(
    evidence: Evidence, found: Confidences, split: Sequence[Part], codes: Codes, reading: Reading, index: NeedsIndex
) -> tuple[tuple[SectorMatch, ...], Status]:
    if split:
        # The confidence of each part is computed alone; the shares of the whole add up to 1.
        state = status([part.confidences for part in split], [part.row for part in split])
        sectors = tuple(
            sector(part.row, float(part.confidences.trades[part.row]) / len(split), part.evidence, reading.text, index)
            for part in split
        )
        return (sectors, state) if state != "unresolved" else ((), state)
    if not len(found.order):
        return (), "unresolved"
    row = int(found.order[0])
    state = status([found], [row])
    if state == "unresolved":
        return (), state
    whys = [why for at, _, why in codes if at == row]
    return (sector(row, float(found.trades[row]), evidence, reading.text, index, whys),), state


def _of_what_asks(weighed: Sequence[Token], reading: Reading, index: NeedsIndex) -> tuple[Evidence, Confidences] | None:
    """The evidence of a letter, where the sentences that ask for nothing count little; ``None`` for another text, and where those that ask are not
    understood alone."""
    asks = asking(reading.text)
    if not asks:
        return None
    inside = [any(start <= token.word.start < end for start, end in asks) for token in weighed]
    faded = (
        token if asks_here else replace(token, counts=token.counts * BACKGROUND)
        for token, asks_here in zip(weighed, inside, strict=True)
    )
    evidence = weigh(tuple(faded), (), index)
    found = confidences(evidence, index, load_weights())
    is_understood = len(found.order) > 0 and found.trades[found.order[0]] >= TO_CONFIRM
    return (evidence, found) if is_understood else None


def _split(evidence: Evidence, found: Confidences, reading: Reading, index: NeedsIndex) -> tuple[Part, ...]:
    """The parts of a need: the work inside temporary staff, lots or lines, several trades of one sentence; empty when it is whole."""
    weights = load_weights()
    staff = [span for piece in reading.requirements.service_types if piece.code == "staffing" for span in piece.spans]
    requested = [(reading.text.place(span.start), reading.text.place(span.end - 1) + 1) for span in staff]
    return (
        (staffed(evidence, requested, index, weights) if requested else ())
        or sections(evidence, reading.text, index, weights)
        or parts(evidence, found, reading.text.text, index, weights)
    )


def _alternatives(
    evidence: Evidence, found: Confidences, sectors: tuple[SectorMatch, ...], reading: Reading, index: NeedsIndex
) -> tuple[SectorMatch, ...]:
    """The nearest other trades. Their confidences and those of the sectors add up to 1 at most."""
    taken = {match.id for match in sectors}
    left = max(0.0, 1.0 - sum(match.confidence for match in sectors))
    rows = [int(row) for row in found.order if index.owners[int(row)] not in taken][: NEAREST - len(sectors)]
    shown = [row for place, row in enumerate(rows) if place < ALWAYS_SHOWN or found.trades[row] >= LEAST_SHOWN]
    alone = sum(float(found.trades[row]) for row in shown)
    scale = left if len(sectors) > 1 else min(1.0, left / alone) if alone else 1.0
    return tuple(sector(row, float(found.trades[row]) * scale, evidence, reading.text, index) for row in shown)


def _cpv(
    written: list[CpvMatch], sectors: Iterable[SectorMatch], reading: Reading, lexicon: Lexicon, index: NeedsIndex
) -> tuple[CpvMatch, ...]:
    stems = frozenset(word.stem for word in reading.words)
    goods = any(piece.code == "goods" for piece in reading.requirements.service_types)
    through = (
        match
        for sector in sectors
        for match in cpv_of(lexicon.trades.get(sector.id), sector.confidence, stems, goods, lexicon, index)
    )
    best: dict[str, CpvMatch] = {}
    for match in (*written, *through):
        best.setdefault(match.code, match)
    return tuple(best.values())


# -- the rest ----------------------------------------------------------------------------------------------------------


def _territory(reading: Reading) -> TerritoryMatch:
    best: dict[str, PlaceCandidate] = {}
    for place in reading.where.places:
        for candidate in place.candidates:
            best.setdefault(candidate.id, candidate)
    ranked = tuple(sorted(best.values(), key=lambda candidate: -candidate.score))
    return TerritoryMatch(places=reading.where.places, candidates=ranked, set_aside=reading.where.names_set_aside)


def _corrections(weighed: Iterable[Token], reading: Reading) -> tuple[Correction, ...]:
    made = []
    for token in weighed:
        if token.corrected is not None:
            span = reading.text.span(token.word.start, token.word.end)
            made.append(Correction(written=span.text, read=token.corrected, spans=(span,)))
    return tuple(made)


def _named_there(reading: Reading) -> frozenset[str]:
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


def _unread(
    weighed: Sequence[Token], reading: Reading, index: NeedsIndex, lexicon: Lexicon
) -> tuple[tuple[Unread, ...], tuple[PlaceMatch, ...]]:
    """The words that no table knows, and the places whose name is near them."""
    unread, near = list[Unread](), list(_hyphenated(reading, lexicon))
    inside = [
        (reading.text.place(span.start), reading.text.place(span.end - 1))
        for spans in (*(each.spans for each in near), *(each.spans for each in reading.figures.quantities))
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
        is_known = _is_known(token, index)
        if is_known and is_word(word.stem, word.written, index):
            near += _of_a_name(word, reading, index, lexicon)
            continue
        alike = _near_place(weighed, at, reading, lexicon) if len(near) < MOST_NEAR else None
        if alike is None and is_known:
            continue
        if alike is None:
            span = reading.text.span(word.start, word.end)
            unread.append(Unread(text=span.text, is_place=is_announced(reading.text, word.start), spans=(span,)))
            continue
        near.append(alike)
        start, read_until = (reading.text.place(at) for at in (alike.spans[0].start, alike.spans[0].end))
        unread = [word for word in unread if reading.text.place(word.spans[0].start) < start]
    return tuple(unread), tuple(near)


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
    """The place that an unknown word misspells, with the word before or after it when both make the name (« Sant Brieux »). It is applied
    where a place is announced, or when the need has no other."""
    text = reading.text
    word = weighed[at].word
    beside = [other.word for other in (*weighed[max(0, at - 1) : at], *weighed[at + 1 : at + 2])]
    stretches = [
        (min(word.start, other.start), max(word.end, other.end))
        for other in beside
        if other.start - word.end == 1 or word.start - other.end == 1
    ]
    is_alone = not (reading.where.places or is_of_water(text, word.start))
    for start, end in (*stretches, (word.start, word.end)):
        announced = is_announced(text, start)
        if announced or is_alone:
            found = misspelt(text, start, end, lexicon.gazetteer)
            if found is not None:
                return found
    announced = is_announced(text, word.start)
    return may_name(text, word.start, word.end, lexicon.gazetteer) if announced or is_alone else None


def _of_a_name(word: Word, reading: Reading, index: NeedsIndex, lexicon: Lexicon) -> Iterator[PlaceMatch]:
    """The town that a word of the language may misspell: offered when the need has no place, for a word written as a name (« , Amines ») or one that
    ends the need, and then a large town (« nettoyage bureaux renes »)."""
    as_a_name = _is_written_as_a_name(word, reading)
    if reading.where.places or not (as_a_name or _ends(word, reading, index)):
        return
    found = misspelt(reading.text, word.start, word.end, lexicon.gazetteer, sure=False)
    least = SMALL_TOWN if as_a_name else LARGE_TOWN
    if found is not None and lexicon.gazetteer.get(found.candidates[0].id).people >= least:
        yield found


def _ends(word: Word, reading: Reading, index: NeedsIndex) -> bool:
    """Whether a word ends a need of several, and no table has it as it is written: its stem alone is known."""
    return len(reading.words) > 1 and word == reading.words[-1] and word.written not in index.tables.words


def _with_large_town(place: PlaceMatch, reading: Reading, lexicon: Lexicon) -> PlaceMatch:
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


def _warnings(text: str, found: Confidences, state: Status, reading: Reading, index: NeedsIndex) -> list[str]:
    warnings: list[str] = []
    if len(text) > LONGEST_TEXT:
        warnings.append(f"Seuls les {LONGEST_TEXT} premiers caractères du texte ont été lus.")
    warnings += [f"« {span.text} » est lu comme une exclusion : rien n'y est cherché." for span in reading.excluded]
    if state == "unresolved" and found.themes >= SURE_THEME:
        warnings.append(f"{OUTSIDE} {index.names[found.theme].lower()}.")
    elif state == "unresolved":
        warnings.append("Aucun métier reconnu avec assez de certitude.")
    warnings += [_which(place) for place in reading.where.places if place.territory is None and not place.together]
    warnings += [
        f"« {name.text} » est {name.reason} : ce n'est pas un lieu de la recherche."
        for name in reading.where.names_set_aside
    ]
    return warnings


def _which(place: PlaceMatch) -> str:
    if place.doubtful:
        return f"« {place.text} » est peut-être un lieu, {place.candidates[0].label} par exemple : choisissez-le si c'est le cas."
    return f"« {place.text} » peut désigner plusieurs territoires : précisez lequel."

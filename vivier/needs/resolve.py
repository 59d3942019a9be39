"""A need written in plain French → what was understood of it. Method ``need-2``: docs/methods.md (k)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from vivier.deadline import check
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.needs import boilerplate
from vivier.needs.accounted import accounted
from vivier.needs.answer import cpv_of, level, sector
from vivier.needs.evidence import Evidence, Token, tokens, weigh
from vivier.needs.gain import by_gain
from vivier.needs.index import NeedsIndex, needs_index
from vivier.needs.letters import asking
from vivier.needs.model import (
    Correction,
    CpvMatch,
    Need,
    PlaceCandidate,
    PlaceMatch,
    SectorMatch,
    Status,
    TerritoryMatch,
    Why,
)
from vivier.needs.namesakes import with_namesakes
from vivier.needs.parts import Part, parts, sections, staffed
from vivier.needs.places import one_word_names
from vivier.needs.reading import LONGEST_TEXT, Reading, read
from vivier.needs.scoring import TO_CONFIRM, Confidences, confidences, load_weights, status
from vivier.needs.unknown import named_there, unread_words, with_large_town
from vivier.trades.cpv import padded
from vivier.trades.table import fold

NEAREST = 5
BACKGROUND = 0.1
"""How much the words of a letter count outside the sentences that ask."""
ALWAYS_SHOWN, LEAST_SHOWN = 2, 0.01
"""A sure answer still shows the two nearest others, however unlikely; more only from a confidence of .01."""
DESIGN = "ingenierie-architecture"
Codes = list[tuple[int, float, Why]]
OUTSIDE = "Hors du champ de l'annuaire :"
"""How the warning begins of a need that no trade of the table sells."""
SURE_THEME = 0.65
"""Chance from which a theme is said to be out of scope: below, nine in ten of 14 real titles were of another (read by us)."""


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
    names = one_word_names(lexicon.gazetteer) | named_there(reading)
    weighed = tokens(
        reading.words, reading.text.text, reading.lot_start, index, names, reading.faint, reading.stretches
    )
    evidence = weigh(weighed, [(row, weight) for row, weight, _ in codes], index)
    found = confidences(evidence, index, load_weights())
    mended = None if codes else by_gain(weighed, found, names, index, load_weights())
    weighed, evidence, found = mended or (weighed, evidence, found)
    evidence, found = (None if codes else _of_what_asks(weighed, reading, index)) or (evidence, found)
    split = () if codes else _split(evidence, found, reading, index, lexicon)
    sectors, state = _sectors(evidence, found, split, codes, reading, index)
    unread, near = unread_words(weighed, reading, index, lexicon)
    places = tuple(with_large_town(place, reading, lexicon) for place in (*reading.where.places, *near))
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
        warnings=(*warnings, *_warnings(text, found, state, reading, index, lexicon)),
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


def _split(
    evidence: Evidence, found: Confidences, reading: Reading, index: NeedsIndex, lexicon: Lexicon
) -> tuple[Part, ...]:
    """The parts of a need: the work inside temporary staff, lots or lines, several trades of one sentence; empty when it is whole."""
    weights = load_weights()
    wanted = (piece for piece in reading.requirements.service_types if piece.strength != "refused")
    staff = [span for piece in wanted if piece.code == "staffing" for span in piece.spans]
    requested = [(reading.text.place(span.start), reading.text.place(span.end - 1) + 1) for span in staff]
    return (
        (staffed(evidence, requested, index, weights) if requested else ())
        or sections(evidence, reading.text, index, weights)
        or _bought(
            parts(evidence, found, reading.text.text, index, weights, _built(index, lexicon)), reading, index, lexicon
        )
    )


@lru_cache(maxsize=2)
def _built(index: NeedsIndex, lexicon: Lexicon) -> frozenset[int]:
    """The rows of the trades of a building site: those that sell works first, and those under which one does."""
    works = [trade for trade in lexicon.trades if trade.nature[0] == "works"]
    return frozenset(index.rows[code] for trade in works for code in (trade.code, trade.parent) if code)


def _bought(found: tuple[Part, ...], reading: Reading, index: NeedsIndex, lexicon: Lexicon) -> tuple[Part, ...]:
    """The parts without what another only studies, designs or manages: « construction d'une école - mission de maîtrise d'œuvre » buys no works,
    « assistance à maîtrise d'ouvrage pour la vidéoprotection » no camera."""
    text, parted = reading.text.text, [(index.owners[part.row], part) for part in found]
    if any(code == DESIGN for code, _ in parted) and boilerplate.design().search(text):
        parted = [(code, part) for code, part in parted if lexicon.trades.get(code).nature[0] != "works"]
    for trades, begins in boilerplate.studies(text):
        if any(code in trades for code, _ in parted):
            parted = [
                (code, part) for code, part in parted if code in trades or part.evidence.tokens[-1].word.start < begins
            ]
    return tuple(part for _, part in parted)


def _alternatives(
    evidence: Evidence, found: Confidences, sectors: tuple[SectorMatch, ...], reading: Reading, index: NeedsIndex
) -> tuple[SectorMatch, ...]:
    """The nearest other trades: those that are likely enough, and the first for which a word speaks. Their confidences and those of the sectors add up to 1 at most."""
    taken = {match.id for match in sectors}
    left = max(0.0, 1.0 - sum(match.confidence for match in sectors))
    rows = [int(row) for row in found.order if index.owners[int(row)] not in taken][: NEAREST - len(sectors)]
    shown = [row for place, row in enumerate(rows) if place < ALWAYS_SHOWN or found.trades[row] >= LEAST_SHOWN]
    alone = sum(float(found.trades[row]) for row in shown)
    scale = left if len(sectors) > 1 else min(1.0, left / alone) if alone else 1.0
    near = {row: sector(row, float(found.trades[row]) * scale, evidence, reading.text, index) for row in shown}
    return tuple(match for row, match in near.items() if match.why or found.trades[row] >= LEAST_SHOWN)


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


def _warnings(
    text: str, found: Confidences, state: Status, reading: Reading, index: NeedsIndex, lexicon: Lexicon
) -> list[str]:
    warnings: list[str] = []
    if len(text) > LONGEST_TEXT:
        warnings.append(f"Seuls les {LONGEST_TEXT} premiers caractères du texte ont été lus.")
    warnings += [
        f"« {span.text} » est lu comme une exclusion : la recherche ne le demande pas." for span in reading.excluded
    ]
    if state == "unresolved" and found.themes >= SURE_THEME:
        warnings.append(f"{OUTSIDE} {index.names[found.theme].lower()}.")
    elif state == "unresolved":
        warnings.append("Aucun métier reconnu avec assez de certitude.")
    places = with_namesakes(reading.where.places, lexicon.gazetteer)
    warnings += [_which(place) for place in places if place.territory is None and not place.together]
    warnings += [
        f"« {name.text} » est {name.reason} : ce n'est pas un lieu de la recherche."
        for name in reading.where.names_set_aside
    ]
    return warnings


def _which(place: PlaceMatch) -> str:
    if place.doubtful:
        return f"« {place.text} » est peut-être un lieu, {place.candidates[0].label} par exemple : choisissez-le si c'est le cas."
    return f"« {place.text} » peut désigner plusieurs territoires : précisez lequel."

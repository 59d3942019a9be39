"""Splits a need that asks for several trades: « nettoyage et gardiennage » has two parts, each read on its own words.

Two parts may share their head: « nettoyage des locaux et des vitres » is « nettoyage des locaux » and « nettoyage des vitres ».
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from vivier.needs.evidence import Evidence, Floats, Token, weigh
from vivier.needs.folded import Folded, folded
from vivier.needs.index import NeedsIndex
from vivier.needs.phrases import Found
from vivier.needs.scoring import Confidences, Weights, confidences
from vivier.trades.table import STAFFING, fold

MOST_PARTS = 3
MOST_SECTIONS = 8
LEAST_OF_A_SECTION = 0.5
"""Least confidence of the trade of a lot or of a line: its words stand alone."""
CANDIDATES = 8  # the second trade is looked for among these most likely ones that have a strong phrase
SURE_PHRASE = 0.85  # least quality of the whole phrase of its trade that a part needs
LEAST_MASS = 1.8  # least rarity of that phrase, nats
LEAST_CONFIDENCE = 0.75
# A clause where the likeliest trade of the whole has a word belongs to it: « barnums, tables et sono ». A phrase of several words
# weighs more than the word it shares: « impression et mise sous pli ».
ALREADY_SAID, ALREADY_SAID_OF_A_PHRASE = 0.35, 0.55
_BREAK = re.compile(r"[,;:/+&()]|[.!?](?: |$)| - |\bet\b|\bou\b|\bainsi\b|\bplus\b|\bavec\b")
_ANY_PRODUCT = "produit"
_AS_WELL = "ainsi"  # « ainsi que »: « ainsi » is not a stop word, so the break is in the word itself

_HEADS = re.compile(r"(?:^|, |\bet |[(])(\w+)")

_LOT = re.compile(r"\blots?[ :]*(?:n ?°s?|no|numero)?\.? ?\d{1,2}[a-z]?\b[ :.)-]*")
_BULLET = re.compile(r"^[ \t]*(?:[-•*–▪‣o·]|\d{1,2}[.)])[ \t]+(?P<line>[^\r\n]{4,})$", re.MULTILINE)

Strong = dict[int, list[frozenset[int]]]
"""By row of trade, the words (positions) of its phrases that are whole and sure."""
Chosen = list[tuple[int, frozenset[int]]]
"""Rows of the trades retained so far, each with the words (positions) that support it."""


@dataclass(frozen=True)
class Part:
    """Words (positions in the need's tokens) that ask for one trade, and the confidences computed on them alone."""

    row: int
    positions: tuple[int, ...]
    evidence: Evidence
    confidences: Confidences


def sections(whole: Evidence, text: Folded, index: NeedsIndex, weights: Weights) -> tuple[Part, ...]:
    """One part for each lot, or each line of a list, that surely asks for a trade, in their order; empty when the text has fewer than two."""
    bounds = list(_sections(text))
    made = [_section(start, end, whole, index, weights) for start, end in bounds] if len(bounds) > 1 else []
    first: dict[int, Part] = {}
    for part in made:
        if part is not None:
            first.setdefault(part.row, part)
    return tuple(first.values())[:MOST_SECTIONS] if len(first) > 1 else ()


def lots_of(text: str) -> tuple[str, ...]:
    """The words of each lot of a text, else of each line of its list; empty when it has fewer than two."""
    whole = folded(text)
    found = tuple(span.text for span in (whole.span(*bounds) for bounds in _sections(whole)) if span.text)
    return found if len(found) > 1 else ()


def staffed(
    whole: Evidence, requested: Iterable[tuple[int, int]], index: NeedsIndex, weights: Weights
) -> tuple[Part, ...]:
    """The work of the temporary staff that a need asks for, read without the words that ask for staff (stretches ``requested`` of the folded text);
    empty when it names none."""
    stretches = list(requested)
    positions = tuple(
        at
        for at, token in enumerate(whole.tokens)
        if not any(start < token.word.end and token.word.start < end for start, end in stretches)
    )
    made = _alone(positions, whole, index, weights)
    return () if made is None or index.owners[made.row] == STAFFING else (made,)


def _sections(text: Folded) -> Iterator[tuple[int, int]]:
    """The stretches of the lots, else of the lines that a dash, a bullet or a number opens."""
    starts = [match.end() for match in _LOT.finditer(text.text)]
    if len(starts) > 1:
        ends = [*(match.start() for match in _LOT.finditer(text.text))][1:]
        yield from zip(starts, (*ends, _end_of_line(starts[-1], text)), strict=True)
        return
    for match in _BULLET.finditer(text.source):
        start = text.place(match.start("line"))
        yield start, min(text.place(match.end("line")), len(text.text))


def _end_of_line(start: int, text: Folded) -> int:
    """Where the line of a position ends, in the folded text."""
    end = text.source.find("\n", text.starts[start]) if start < len(text.starts) else -1
    return len(text.text) if end < 0 else text.place(end)


def _section(start: int, end: int, whole: Evidence, index: NeedsIndex, weights: Weights) -> Part | None:
    positions = tuple(at for at, token in enumerate(whole.tokens) if start <= token.word.start < end)
    return _alone(positions, whole, index, weights)


def _alone(positions: tuple[int, ...], whole: Evidence, index: NeedsIndex, weights: Weights) -> Part | None:
    """The trade of some words read alone; ``None`` when none is likely."""
    if not positions:
        return None
    evidence = weigh(tuple(replace(whole.tokens[at], counts=1.0) for at in positions), (), index)
    found = confidences(evidence, index, weights)
    if not len(found.order) or found.trades[found.order[0]] < LEAST_OF_A_SECTION:
        return None
    return Part(int(found.order[0]), positions, evidence, found)


def parts(
    whole: Evidence, found: Confidences, text: str, index: NeedsIndex, weights: Weights, built: Collection[int]
) -> tuple[Part, ...]:
    """The parts, in the order of the need; empty when it asks for a single trade. ``built``: rows of the trades of a building site."""
    strong = _strong(whole, text, index)
    clauses = _clauses(
        whole.tokens,
        text,
        {row: _naming(strong[row], whole.tokens, index.names[row]) for row in strong if row in built},
    )
    if len(set(clauses)) < 2 or not len(found.order):
        return ()
    chosen: Chosen = []
    credit = whole.credit[found.order[0]] * [token.counts == 1.0 for token in whole.tokens]
    own_phrases = strong.get(int(found.order[0]), [])
    for each in own_phrases:
        credit[[*_alone_beside(each, own_phrases, clauses)]] = 0.0
    word, phrase = (_spoken(credit, least) for least in (ALREADY_SAID, ALREADY_SAID_OF_A_PHRASE))
    for row in [int(row) for row in found.order if int(row) in strong][:CANDIDATES]:
        own = _own(strong.get(row, []), chosen, clauses) if len(chosen) < MOST_PARTS else None
        if own and (not chosen or not _shares(own, phrase if len(own) > 1 else word, clauses)):
            chosen.append((row, own))
    made = [_part(row, own, chosen, whole, clauses, index, weights) for row, own in chosen] if len(chosen) > 1 else []
    sure = [part for part in made if part.confidences.trades[part.row] >= LEAST_CONFIDENCE and _leads(part)]
    return tuple(sorted(sure, key=lambda part: part.positions)) if len(sure) > 1 else ()


def _alone_beside(phrase: frozenset[int], phrases: list[frozenset[int]], clauses: list[int]) -> frozenset[int]:
    """The words of a phrase that are whole clauses, when the other is a word that names the same trade alone: « nettoyage » in « nettoyage et
    vitrerie ». « hébergement et sauvegarde de serveurs » shares its complement: it stays whole."""
    for other in (other for other in phrases if len(other) == 1 and other <= _openings(clauses)):
        rest = phrase - other
        if other < phrase and all(rest.issuperset(_of_clause(clauses[place], clauses)) for place in rest):
            return rest
    return frozenset()


def _openings(clauses: list[int]) -> frozenset[int]:
    """The first word of each clause."""
    return frozenset(clauses.index(number) for number in set(clauses))


def _of_clause(number: int, clauses: list[int]) -> list[int]:
    return [place for place, clause in enumerate(clauses) if clause == number]


def _spoken(credit: Floats, least: float) -> frozenset[int]:
    return frozenset(map(int, np.flatnonzero(credit >= least)))


def _clauses(tokens: tuple[Token, ...], text: str, named: Strong) -> list[int]:
    numbers: list[int] = []
    clause = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1].word.end if place else token.word.start
        between = text[before : token.word.end if token.word.written == _AS_WELL else token.word.start]
        if _BREAK.search(between) or (place and not between.strip() and _are_listed(place, named)):
            clause += 1
        numbers.append(clause)
    return numbers


def _naming(phrases: list[frozenset[int]], tokens: tuple[Token, ...], name: str) -> list[frozenset[int]]:
    """The phrases of a trade that name it: several words, or the head of a term of its name. « métallique » is no locksmith."""
    heads = {fold(head) for head in _HEADS.findall(name)}
    return [
        phrase
        for phrase in phrases
        if len(phrase) > 1 or tokens[min(phrase)].word.written.rstrip("s") in {head.rstrip("s") for head in heads}
    ]


def _are_listed(place: int, named: Strong) -> bool:
    """Whether the name of a trade of a building site ends before a word where that of another begins: « gros œuvre VRD »."""
    ends = {row for row, phrases in named.items() if any(max(phrase) == place - 1 for phrase in phrases)}
    begins = {row for row, phrases in named.items() if any(min(phrase) == place for phrase in phrases)}
    spans = any({place - 1, place} <= phrase for phrases in named.values() for phrase in phrases)
    return bool(ends and begins) and not ends & begins and not spans


def _strong(whole: Evidence, text: str, index: NeedsIndex) -> Strong:
    """By trade, the words of its phrases that are whole, surely read, rare enough and outside circumstances."""
    strong: Strong = {}
    for hit in whole.found:
        if hit.phrase.owner < index.trades and _is_strong(hit, whole.tokens, text):
            strong.setdefault(hit.phrase.owner, []).append(frozenset(position for position, _ in hit.taken))
    return strong


def _is_strong(hit: Found, tokens: tuple[Token, ...], text: str) -> bool:
    if hit.phrase.field == "exclusion" or not hit.whole or hit.fit < SURE_PHRASE:
        return False
    if len(hit.phrase.stems) == 1 and not hit.exact:
        return False  # « restauration » of a river is not a restaurant
    positions = [position for position, _ in hit.taken]
    mass = sum(tokens[position].weight for position in positions)
    return mass >= LEAST_MASS and (
        all(tokens[position].counts == 1.0 for position in positions)
        or (
            _is_one_name(hit, positions)
            and tokens[positions[0]].counts == 1.0
            and not _is_a_manner(positions[0], tokens, text)
        )
    )


def _is_a_manner(position: int, tokens: tuple[Token, ...], text: str) -> bool:
    """Whether « avec » is before a word: « avec des produits locaux » says how, not what."""
    return position > 0 and "avec" in text[tokens[position - 1].word.end : tokens[position].word.start].split()


def _is_one_name(hit: Found, positions: list[int]) -> bool:
    """Whether the words of a phrase follow one another as its table writes them: « commissariat aux comptes », « papier recyclé ». « produits
    locaux » names no product."""
    return (
        hit.exact
        and hit.phrase.stems[0] != _ANY_PRODUCT
        and len(positions) > 1
        and positions == [*range(positions[0], positions[0] + len(positions))]
    )


def _own(phrases: list[frozenset[int]], chosen: Chosen, clauses: list[int]) -> frozenset[int] | None:
    """The longest phrase in a clause where no chosen trade has a word, a shared head set aside. One that is whole without
    what another clause says is enough."""
    free = [phrase for phrase in phrases if not any(_shares(phrase, other, clauses) for _, other in chosen)]
    free = [phrase for phrase in free if not _alone_beside(phrase, free, clauses)]
    return max(free, key=lambda phrase: (len(phrase), sorted(phrase)), default=None)


def _shares(left: frozenset[int], right: frozenset[int], clauses: list[int]) -> bool:
    """Whether two sets of words have a clause in common, their shared head set aside."""
    head = _head(left, right)
    return bool({clauses[place] for place in left - head} & {clauses[place] for place in right - head})


def _head(left: frozenset[int], right: frozenset[int]) -> frozenset[int]:
    """The head that two sets share: their only common word, when it opens both and each has others (« nettoyage » [locaux],
    [vitres])."""
    common = left & right
    opens = len(common) == 1 and min(left, default=-1) == min(right, default=-2)
    return common if opens and len(left) > 1 and len(right) > 1 else frozenset()


def _part(
    row: int,
    own: frozenset[int],
    chosen: Chosen,
    whole: Evidence,
    clauses: list[int],
    index: NeedsIndex,
    weights: Weights,
) -> Part:
    others = {clauses[place] for other, words in chosen if other != row for place in words - _head(words, own)}
    mine = {clauses[place] for place in own}
    of_part = own | {place for place, clause in enumerate(clauses) if clause in mine and clause not in others}
    positions = tuple(sorted(of_part))
    spoken = ((whole.tokens[place], place in own) for place in positions)
    evidence = weigh(tuple(replace(token, counts=1.0) if is_own else token for token, is_own in spoken), (), index)
    return Part(row, positions, evidence, confidences(evidence, index, weights))


def _leads(part: Part) -> bool:
    return bool(len(part.confidences.order)) and int(part.confidences.order[0]) == part.row

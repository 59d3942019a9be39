"""Weighs the words of a need for each trade, as a few numbers between 0 and about 1 per trade."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vivier.needs.folded import folded
from vivier.needs.index import NeedsIndex
from vivier.needs.lexis import CORRECTED, LONGEST_CORRECTED, Word
from vivier.needs.phrases import CONTEXT_RARITY, UNKNOWN_RARITY, Found
from vivier.needs.supply import Stretch

Floats = npt.NDArray[np.float64]
FEATURES = ("share", "mass", "best", "head", "name", "code", "context", "unknown", "scope")
FAINT = 0.3  # « bio » : a required label, which may also be part of what is bought (« pain bio »)
BEFORE_LOT = 0.35  # words before the title of the lot name the operation, not what is bought
MEANS = 0.4  # « avec des produits » says with what the work is done
CIRCUMSTANCE = 0.5  # words after « autour de », « pour », « dans » give the place or the beneficiary
_CIRCUMSTANCE = re.compile(r"\b(?:pour|dans|sur|par|a|au|aux|en)\b")
_MANNER = re.compile(r"\bavec (?:des |de |du |les |un |une )?$")
_MEANS = frozenset(("produits", "produit", "materiaux", "materiels", "matieres", "emballages", "encres", "papier"))
"""After « avec », what the work is done with: « nettoyage avec des produits écolabellisés » is no purchase of products."""
_CIRCUMSTANTIAL = frozenset(
    ("autour", "derriere", "devant", "pres", "abords", "long", "chez", "sein", "proximite", "lors", "pendant", "suite")
)
_NEW_CLAUSE = re.compile(r"[,;:+()]|[.!?](?: |$)| - |\bet\b")
HEAD = 0.7  # factor by which each word further from the head of a phrase counts less in « head »
SHORT, LONG_WORD = 6, 7  # in a need of more words, a short unknown word is an acronym or a name, not a typing error
MASS = 8.0  # nats of rarity at which « mass » and « best » reach 1
SURE_EXCLUSION = 0.85
_CONTEXT = FEATURES.index("context")


@dataclass(frozen=True)
class Token:
    """A word of the need as it is weighed: the stems it may mean, its rarity (nats), how much it counts (0–1), the rows of the trades that it is no evidence
    of."""

    word: Word
    alternatives: tuple[tuple[str, float], ...]
    rarity: float
    counts: float
    corrected: str | None
    barred: frozenset[int] = frozenset()

    @property
    def weight(self) -> float:
        return self.rarity * self.counts

    @property
    def stem(self) -> str:
        """The stem of the word, as corrected."""
        return self.alternatives[0][0] if self.corrected and self.alternatives else self.word.stem


@dataclass(frozen=True)
class Evidence:
    """``features[owner, feature]`` in the order of :data:`FEATURES`; ``none``: how likely « none of them » is by the context, as the feature
    ``context`` of an owner; ``credit[owner, token]`` in [0, 1]."""

    tokens: tuple[Token, ...]
    features: Floats
    none: float
    credit: Floats
    found: tuple[Found, ...]
    best: dict[tuple[int, int], Found]


def tokens(
    words: Sequence[Word],
    text: str,
    lot_start: int | None,
    index: NeedsIndex,
    names: frozenset[str] = frozenset(),
    faint: frozenset[int] = frozenset(),
    stretches: Iterable[Stretch] = (),
) -> tuple[Token, ...]:
    """Words with the stems they may mean. Unknown words are corrected, the first :data:`LONGEST_CORRECTED` of them.

    ``names``: folded proper names, never corrected. ``faint``: starts of the words that already have another reading.
    """
    made: list[Token] = []
    tried = 0
    aside = _circumstances(words, text)
    lot_start = lot_start if _says_something(words, lot_start, index) else None
    short = len(words) <= SHORT
    for place, word in enumerate(words):
        alternatives = _joined(words, place, index) or index.lexis.alternatives(word.stem, word.written)
        corrected = None
        known = (
            bool(alternatives)
            or (len(word.written) < LONG_WORD and not short)
            or word.written in names
            or word.start in faint
            or index.lexis.is_known(word.stem, word.written)
        )
        if not known and tried < LONGEST_CORRECTED:
            tried += 1
            corrected = index.lexis.corrected(word.written)
            alternatives = _corrected(corrected, index)
        counts = BEFORE_LOT if lot_start is not None and word.start < lot_start else aside[place]
        counts *= FAINT if word.start in faint else 1.0
        alternatives = tuple(pair for pair in alternatives if pair[0] in index.phrases)
        barred = [index.barred[each.barred] for each in stretches if each.start <= word.start < each.end]
        made.append(
            Token(word, alternatives, _rarity(word, alternatives, index), counts, corrected, frozenset().union(*barred))
        )
    return tuple(made)


def corrected(token: Token, into: str, index: NeedsIndex) -> Token:
    """The token, read as another word of the tables."""
    alternatives = tuple(pair for pair in _corrected(into, index) if pair[0] in index.phrases)
    return replace(token, alternatives=alternatives, rarity=_rarity(token.word, alternatives, index), corrected=into)


def _says_something(words: Sequence[Word], lot_start: int | None, index: NeedsIndex) -> bool:
    """Whether the title of the lot names a thing. « lot 3 : Paris Ouest » names none: the object is in the words before."""
    return lot_start is not None and any(
        word.start >= lot_start and word.stem not in index.phrases.context and index.phrases.rarity(word.stem) > 1.0
        for word in words
        if word.stem in index.phrases
    )


def _circumstances(words: Sequence[Word], text: str) -> list[float]:
    """How much each word counts (0–1): less after « autour de », « pour », « dans »… up to the next comma, dash or full stop."""
    factors: list[float] = []
    begun, circumstance = False, False
    for before, word in zip((None, *words), words, strict=False):
        between = text[0 if before is None else before.end : word.start]
        if _NEW_CLAUSE.search(between):
            begun, circumstance = False, False
        is_means = word.written in _MEANS and _MANNER.search(between) is not None
        circumstance = circumstance or (begun and (is_means or _CIRCUMSTANCE.search(between) is not None))
        factors.append((MEANS if is_means else CIRCUMSTANCE) if circumstance else 1.0)
        circumstance = circumstance or (begun and word.written in _CIRCUMSTANTIAL)
        begun = True
    return factors


def _joined(words: Sequence[Word], place: int, index: NeedsIndex) -> tuple[tuple[str, float], ...]:
    """Stems of two words written as one in the tables: « bio-nettoyage » and « bio nettoyage » are bionettoyage."""
    pairs = [(place, place + 1)] if place + 1 < len(words) else []
    pairs += [(place - 1, place)] if place else []
    for first, second in pairs:
        stem = index.lexis.surface.get(words[first].written + words[second].written)
        if stem is not None and words[second].start - words[first].end <= 1:
            own = index.lexis.alternatives(words[place].stem, words[place].written)
            return ((stem, 1.0), *((other, quality) for other, quality in own if other != stem))
    return ()


def _corrected(written: str | None, index: NeedsIndex) -> tuple[tuple[str, float], ...]:
    if written is None:
        return ()
    alternatives = index.lexis.alternatives(index.lexis.surface[written], written)
    return tuple((stem, quality * CORRECTED) for stem, quality in alternatives)


def _rarity(word: Word, alternatives: Sequence[tuple[str, float]], index: NeedsIndex) -> float:
    if word.is_number:
        return 0.05
    if word.stem in index.phrases.context:
        return min(index.phrases.rarity(word.stem), UNKNOWN_RARITY * CONTEXT_RARITY)
    known = [index.phrases.rarity(stem) for stem, quality in alternatives[:1] if quality > 0]
    return known[0] if known else UNKNOWN_RARITY


def weigh(tokens: tuple[Token, ...], codes: Iterable[tuple[int, float]], index: NeedsIndex) -> Evidence:
    """Evidence for every owner. ``codes``: (row, weight) of trades that a code or an exact name in the text points to."""
    owners, count = len(index.owners), len(tokens)
    credit = np.zeros((owners, count))
    features = np.zeros((owners, len(FEATURES)))
    found = index.phrases.find([token.alternatives for token in tokens])
    barred = _barred(found, tokens)
    bars = bool(barred) or any(token.barred for token in tokens)
    if bars:
        found = [hit for hit in found if not _is_barred(hit, tokens, barred.get(hit.phrase.owner, frozenset()), all)]
    best: dict[tuple[int, int], Found] = {}
    strongest, named = features[:, 2], features[:, 4]
    for hit in found:
        is_barred = bars and _is_barred(hit, tokens, barred.get(hit.phrase.owner, frozenset()), any)
        if hit.phrase.field != "exclusion" and not is_barred and not _is_turned(hit, tokens):
            _give(hit, tokens, credit, best, strongest, named)
    weights = np.array([token.weight for token in tokens])
    _fill(features, credit, weights, tokens, codes, index)
    likely = index.contexts.likely([token.stem for token in tokens if not token.word.is_number])
    features[:, _CONTEXT] = likely[index.context_rows]
    return Evidence(tokens, features, float(likely[-1]), credit, tuple(found), best)


def _is_turned(hit: Found, tokens: tuple[Token, ...]) -> bool:
    """Whether the head of a phrase comes after its complement, as a means: « nettoyage avec des produits » is no « produits de nettoyage »."""
    (head, _), *others = hit.taken
    return tokens[head].counts == MEANS and any(place < head and tokens[place].counts == 1.0 for place, _ in others)


def _barred(found: Iterable[Found], tokens: tuple[Token, ...]) -> dict[int, frozenset[int]]:
    """By trade, the words of the need that one of its exclusions removes."""
    barred: defaultdict[int, set[int]] = defaultdict(set)
    for hit in found:
        if hit.phrase.field == "exclusion" and hit.exact and hit.fit >= SURE_EXCLUSION:
            positions = [position for position, _ in hit.taken]
            if len(positions) > 1 and positions != sorted(positions):
                continue  # « papier d'impression » is not « impression sur papier »
            if len(positions) > 1 or _is_written(hit.phrase.written, tokens[positions[0]].word.written):
                barred[hit.phrase.owner].update(positions)
    return {owner: frozenset(positions) for owner, positions in barred.items()}


def _is_barred(
    hit: Found, tokens: tuple[Token, ...], barred: frozenset[int], which: Callable[[Iterable[bool]], bool]
) -> bool:
    """Whether one (``which``: ``any``) or each (``all``) of the words of a phrase is removed by an exclusion, or a word is no evidence of its trade. A
    part of the need may still have a head that an exclusion shares: « entretien des locaux et des espaces verts »."""
    if hit.phrase.field == "exclusion":
        return False
    places = [place for place, _ in hit.taken]
    return which(place in barred for place in places) or any(hit.phrase.owner in tokens[at].barred for at in places)


def _is_written(exclusion: str, written: str) -> bool:
    """Whether an exclusion is the word as written. The stemmer merges isolement with isolation, and maçonnique with maçon: an
    exclusion must match its exact word."""
    return folded(exclusion).text.rstrip("sx") == written.rstrip("sx")


def _give(
    hit: Found,
    tokens: tuple[Token, ...],
    credit: Floats,
    best: dict[tuple[int, int], Found],
    strongest: Floats,
    named: Floats,
) -> None:
    owner = hit.phrase.owner
    mass = 0.0
    for position, worth in hit.taken:
        mass += tokens[position].weight * worth
        if worth > credit[owner, position]:
            credit[owner, position] = worth
            best[owner, position] = hit
    if hit.whole:
        strongest[owner] = max(strongest[owner], min(mass / MASS, 1.5))
    if hit.phrase.field == "name":
        named[owner] = max(named[owner], hit.fit)


def _fill(
    features: Floats,
    credit: Floats,
    weights: Floats,
    tokens: tuple[Token, ...],
    codes: Iterable[tuple[int, float]],
    index: NeedsIndex,
) -> None:
    known = np.array([bool(token.alternatives) for token in tokens], bool)
    total = weights[known].sum() if known.any() else 0.0
    if total > 0:
        mass = credit @ weights
        features[:, 0] = mass / total
        features[:, 1] = np.minimum(mass / MASS, 2.0)
        head = weights * _head(tokens)
        features[:, 3] = credit @ head / max(head[known].sum(), 1e-9)
    for row, weight in codes:
        features[row, 5] = max(features[row, 5], weight)
    features[:, 7] = weights[~known].sum() / max(weights.sum(), 1e-9)
    features[index.trades :, 8] = 1.0


def _head(tokens: tuple[Token, ...]) -> Floats:
    """Weights by position. The first words that name a thing count most: those that follow give the beneficiary and the place."""
    factors, step = [], 0
    for token in tokens:
        factors.append(HEAD**step)
        step += token.counts == 1.0 and token.rarity > 1.5
    return np.array(factors)

"""Reads the words of a query as groups that a record must all match, each by the word itself, a synonym, or a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import regex

from vivier.lexicon import Lexicon
from vivier.search.operators import Part, Phrase, Text
from vivier.search.scoring import (
    CORRECTION_KEEPS,
    FIELD_VALUES,
    SYNONYM_KEEPS,
    idf,
    phrase_part,
    word_points,
)
from vivier.text import nfc
from vivier.text.vocabulary import Vocabulary

_WORD = regex.compile(r"[\p{L}\p{N}]+")
Alternative = tuple[tuple[str, ...], float]
"""Consecutive tokens of the index, and the value (0–1) of a record that has them."""


@dataclass(frozen=True)
class Group:
    """A word or phrase as ``typed``, and the forms that are searched for it, with their values: itself, its synonyms, its corrections."""

    typed: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Words:
    """The words of a query, read. ``text``: the condition; ``phrase``: the part of the score for words side by side; ``notices``: in French,
    how some words were read otherwise; ``groups``: the words behind each group of ``text``; ``unused``: the words, as typed, that no
    record uses in any form."""

    text: Text
    phrase: Part
    tokens: tuple[str, ...]
    notices: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Searched:
    """The text fields of a collection. ``exact``: the field that is not stemmed; ``values``: the value (0–1) of each stemmed field, best
    first; ``phrase``: the ladder of fields for :func:`vivier.search.scoring.phrase_part`; ``nobody``: the beginning of the French
    notice of a correction."""

    exact: str
    values: Mapping[str, float]
    phrase: tuple[tuple[str, bool, float], ...]
    nobody: str


SUPPLIERS = Searched(
    "text_name_exact",
    FIELD_VALUES,
    (("text_name_exact", True, 1.0), ("text_name", False, 0.8), ("text_offers", False, 0.6)),
    "Aucun fournisseur n'emploie",
)
CONTRACTS = Searched(
    "text_parties_exact",
    {"text_object": 1.0, "text_parties": 0.7},
    (("text_parties_exact", True, 1.0), ("text_object", False, 0.8)),
    "Aucun marché n'emploie",
)
NOTICES = Searched(
    "text_parties_exact",
    {"text_title": 1.0, "text_more": 0.6, "text_parties": 0.7},
    (("text_parties_exact", True, 1.0), ("text_title", False, 0.8)),
    "Aucun avis n'emploie",
)


BUYERS = Searched(
    "text_name_exact",
    {"text_name": 1.0},
    (("text_name_exact", True, 1.0), ("text_name", False, 0.8)),
    "Aucun acheteur n'emploie",
)


def read_words(
    q: str,
    lexicon: Lexicon,
    vocabulary: Vocabulary,
    words_weight: float,
    phrase_weight: float,
    searched: Searched = SUPPLIERS,
) -> Words | None:
    """Reads the words of ``q``; ``None`` when it has none.

    The words of a question (« qui peut… ») are set aside. A query made only of stop words (« Les Uns et les Autres ») is searched in
    the exact names. A word that no record uses is also searched as the known words nearest to it, and a notice reports the
    correction.
    """
    q = without_question(q)
    exact = tuple(lexicon.analysis.tokens("name", q))
    written = lexicon.analysis.query_groups(q)
    if not written:
        return _names_only(exact, words_weight, phrase_weight, searched)
    own = tuple(token for group in written for token in group[0])
    typed = _typed(q, lexicon)
    groups, notices = [], []
    for group in written:
        alternatives, notice = _alternatives(group, vocabulary, typed, searched.nobody)
        groups.append(alternatives)
        notices += [notice] if notice else []
    rarities = [idf(vocabulary.documents, _frequency(group, vocabulary)) for group in groups]
    phrases = tuple(
        _phrases(group, words_weight, rarity, sum(rarities), searched)
        for group, rarity in zip(groups, rarities, strict=True)
    )
    word_groups = tuple(Group(_as_typed(group[0], typed), found) for group, found in zip(written, groups, strict=True))
    part = phrase_part(phrase_weight, exact, own, searched.phrase)
    unused = tuple(
        group.typed for group in word_groups if vocabulary.entries and not _frequency(group.alternatives, vocabulary)
    )
    return Words(Text(phrases), part, own, tuple(notices), word_groups, unused)


_QUESTION = regex.compile(
    r"""\s*(?:(?:qui|quel(?:le)?s?\s+(?:entreprise|structure|fournisseur|association|prestataire)s?)\s+
              (?:peut|peuvent|pourrait|pourraient|fait|font|sait|savent|propose|proposent|vend|vendent)
            |(?:je|nous)\s+(?:re)?cherch(?:e|ons)
            |(?:je|nous)\s+voudr(?:ais|ions)
            |o[uù]\s+(?:trouver|acheter|faire)
            |(?:j['’]ai|nous\s+avons)\s+besoin\s+d(?:e\b|['’])
        )(?:\s+(?:nous|me|m['’]|faire|bien))*\s+""",
    regex.IGNORECASE | regex.VERBOSE,
)
"""The beginning of a question, which says nothing of what is looked for."""


def without_question(q: str) -> str:
    """« qui peut tondre nos pelouses ? » is « tondre nos pelouses ? ». What has no other word stays as it is."""
    found = _QUESTION.match(nfc(q))
    rest = nfc(q)[found.end() :] if found is not None else q
    return rest if _WORD.search(rest) else q


def _names_only(exact: tuple[str, ...], words_weight: float, phrase_weight: float, searched: Searched) -> Words | None:
    if not exact:
        return None
    points = word_points(words_weight, 1.0, len(exact), 1.0)
    groups = tuple((Phrase(searched.exact, (token,), points),) for token in exact)
    word_groups = tuple(Group(token, (((token,), 1.0),)) for token in exact)
    return Words(Text(groups), phrase_part(phrase_weight, exact, (), searched.phrase), exact, groups=word_groups)


def _typed(q: str, lexicon: Lexicon) -> dict[str, str]:
    """The word typed for each token of the index, so that a notice shows « pelouze », not its root « pelouz »."""
    found: dict[str, str] = {}
    for word in _WORD.findall(nfc(q).lower()):
        for token in lexicon.analysis.tokens("french", word):
            found.setdefault(token, word)
    return found


def _alternatives(
    group: tuple[tuple[str, ...], ...], vocabulary: Vocabulary, typed: Mapping[str, str], nobody: str
) -> tuple[tuple[Alternative, ...], str | None]:
    """The forms searched for a word: itself, its synonyms and, when no record uses any of them, its corrections, with the notice that
    reports them."""
    found: list[Alternative] = [(tokens, 1.0 if rank == 0 else SYNONYM_KEEPS) for rank, tokens in enumerate(group)]
    if not vocabulary.entries or any(all(token in vocabulary for token in tokens) for tokens in group):
        return tuple(found), None
    meant = _corrected(group[0], vocabulary)
    if not meant:
        return tuple(found), None
    corrections = " ou ".join(f"« {' '.join(vocabulary.written(token) for token in tokens)} »" for tokens in meant)
    found += [(tokens, CORRECTION_KEEPS) for tokens in meant]
    unknown = _as_typed(group[0], typed)
    return tuple(found), f"{nobody} « {unknown} » : recherche élargie à {corrections}."


def _as_typed(tokens: tuple[str, ...], typed: Mapping[str, str]) -> str:
    return " ".join(typed.get(token, token) for token in tokens)


def _corrected(tokens: tuple[str, ...], vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """The corrections of tokens: each unknown token is replaced by a known one near to it. Empty when a token has no near one."""
    choices = [(token,) if token in vocabulary else vocabulary.nearest(token) for token in tokens]
    if not all(choices):
        return []
    if len(choices) == 1:
        return [(choice,) for choice in choices[0]]
    return [tuple(choice[0] for choice in choices)]


def _frequency(group: tuple[Alternative, ...], vocabulary: Vocabulary) -> int:
    """How many records may match a group: the count of its most used alternative."""
    return max(min(vocabulary.frequency(token) for token in tokens) for tokens, _ in group)


def _phrases(
    group: tuple[Alternative, ...], weight: float, rarity: float, rarities: float, searched: Searched
) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(field, tokens, word_points(weight, rarity, rarities, value * field_value))
        for tokens, value in group
        for field, field_value in searched.values.items()
    )

"""Reads the words of a query otherwise when no supplier has them all: the last one as the beginning of a name, else most of them.

What is decided here depends on the words and on the generation only, never on the other filters: one filter more never adds a
supplier. Where some supplier has all the words, nothing changes. The answer says in a notice how the words were read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from vivier.lexicon import Lexicon
from vivier.needs.asked import outside
from vivier.search.operators import Phrase
from vivier.search.scoring import BEGINNING_KEEPS, CORRECTION_KEEPS, FIELD_VALUES
from vivier.search.suggest import LONGEST_BEGINNING
from vivier.search.words import Group, Words, without_question

BEGINNINGS: Final = "text_begin"
"""The field of the beginnings of the words of a name."""
SHORTEST_BEGINNING: Final = 2
"""The fewest letters of a word typed in part."""

FEW: Final = 3
"""The most words of which a single one still says what is searched [ours, from fifty titles of notices read on 2026-12-02: one word of six or more
found whoever had « commune » or « groupe »]."""


def readings(words: Words, q: str, lexicon: Lexicon) -> Iterator[Words]:
    """The ways to read the words of ``q``, in the order in which they are tried: as they are, the last word typed in part, all the words
    that some supplier uses, most of these, one of three at most. A last word that nobody uses is at once read as typed in part too. What is
    out of the scope of the directory is never searched by a part of its words: « assurance de la commune » is not whoever writes « commune »."""
    begun = last_begun(words, q, lexicon)
    if begun is None or _is_used(words.groups[-1], words):
        yield words
    if begun is not None:
        yield begun
    used = len(words.groups) - len(words.unused)
    if outside(q, lexicon):
        return
    if words.unused and _is_enough(used, words):
        yield _at_least(words, used, f"{_nobody(words)} : recherche faite sans {_it(words)}.")
    fewer = [least for least in _fewer(used) if _is_enough(least, words)]
    for least in fewer if _reads_all_fields(words) else ():
        nobody = f" {_nobody(words)}." if words.unused else ""
        yield _at_least(
            words,
            least,
            f"Aucun fournisseur n'a tous les mots cherchés. Voici ceux qui en ont au moins {least} "
            f"sur {len(words.groups)}, d'abord ceux qui s'en approchent le plus.{nobody}",
        )


def _fewer(count: int) -> tuple[int, ...]:
    """How many words of ``count`` are enough: more than half of them, then one."""
    return tuple(least for least in dict.fromkeys((count // 2 + 1, 1)) if least < count)


def _is_enough(count: int, words: Words) -> bool:
    """Whether so many words still say what is searched: half of them, or one of a few."""
    return count > 0 and (len(words.groups) <= FEW or 2 * count >= len(words.groups))


def _reads_all_fields(words: Words) -> bool:
    """Whether the words are searched everywhere. Stop words, searched in names only, say nothing one by one."""
    return any(phrase.field in FIELD_VALUES for phrase in words.text.groups[0])


def _is_used(group: Group, words: Words) -> bool:
    """Whether some supplier uses a word, itself or a synonym."""
    corrected = any(value == CORRECTION_KEEPS for _, value in group.alternatives)
    return not corrected and group.typed not in words.unused


def last_begun(words: Words, q: str, lexicon: Lexicon) -> Words | None:
    """The words with the last one searched as the beginning of a word of a name too; ``None`` when it is a stop word, a number or too
    short."""
    last = lexicon.analysis.tokens("name", without_question(q))[-1:]
    *others, group = words.groups
    own = group.alternatives[0][0]
    if not last or not _may_begin(last[0]) or own not in _forms(last[0], lexicon):
        return None
    begun = (last[0][:LONGEST_BEGINNING],)
    *before, phrases = words.text.groups
    points = round(max(phrase.points for phrase in phrases) * BEGINNING_KEEPS)
    return replace(
        words,
        text=replace(words.text, groups=(*before, (*phrases, Phrase(BEGINNINGS, begun, points)))),
        groups=(*others, Group(group.typed, (*group.alternatives, (begun, BEGINNING_KEEPS)))),
        notices=(*words.notices, f"« {group.typed} » est aussi cherché comme le début d'un nom."),
    )


def _may_begin(token: str) -> bool:
    return len(token) >= SHORTEST_BEGINNING and not token.isdigit()


def _forms(token: str, lexicon: Lexicon) -> tuple[tuple[str, ...], ...]:
    """The tokens of a last word, as a name has it and as the other fields have it."""
    return (token,), tuple(lexicon.analysis.tokens("french", token))


def _at_least(words: Words, least: int, notice: str) -> Words:
    return replace(words, text=replace(words.text, least=least), notices=(*words.notices, notice))


def _nobody(words: Words) -> str:
    return f"Aucun fournisseur n'emploie {' ni '.join(f'« {typed} »' for typed in words.unused)}"


def _it(words: Words) -> str:
    return "ce mot" if len(words.unused) == 1 else "ces mots"

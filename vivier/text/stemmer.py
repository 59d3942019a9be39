"""The light French stemmer of Jacques Savoy, as Lucene's ``light_french`` runs it.

J. Savoy, "A stemming procedure and stopword list for general French corpora", JASIS 50(10), 1999, and the light variant
he distributes for the CLEF evaluations. It takes off plural and feminine marks and the commonest noun endings, then
tidies what is left (accents, doubled letters, a final *-ie*, *-r*, *-e*). It never looks a word up. Lucene's version is
the reference here: the parity test compares some tens of thousands of words.
"""

from __future__ import annotations

from typing import NamedTuple

_NORMAL_LETTERS = str.maketrans("àáâôèéêùûîç", "aaaoeeeuuic")


class _Ending(NamedTuple):
    """``suffix`` becomes ``by`` in a word of at least ``length`` letters; ``last``: no further ending is tried."""

    suffix: str
    length: int
    by: str
    last: bool = True


#: In order: the first that applies and is ``last`` settles the word.
_ENDINGS = (
    _Ending("issement", 10, "ir"),
    _Ending("issant", 9, "ir"),
    _Ending("ement", 7, "e"),
    _Ending("ficatrice", 12, "fier"),
    _Ending("ficateur", 11, "fier"),
    _Ending("catrice", 10, "quer"),
    _Ending("cateur", 9, "quer"),
    _Ending("atrice", 9, "er"),
    _Ending("ateur", 8, "er"),
    _Ending("trice", 7, "teur", last=False),
    _Ending("ième", 6, ""),
    _Ending("teuse", 8, "ter"),
    _Ending("teur", 7, "ter"),
    _Ending("euse", 6, "eu"),
    _Ending("ère", 9, "er"),
    _Ending("ive", 8, "if"),
    _Ending("folle", 5, "fou"),
    _Ending("molle", 5, "mou"),
    _Ending("nnelle", 10, "n"),
    _Ending("nnel", 10, "n"),
    _Ending("ète", 5, "et", last=False),
    _Ending("ique", 9, "", last=False),
    _Ending("esse", 9, "e"),
    _Ending("inage", 8, "in"),
    _Ending("isation", 10, ""),
    _Ending("isateur", 10, ""),
    _Ending("ation", 9, ""),
    _Ending("ition", 9, ""),
)


def light_stem(word: str) -> str:
    """The stem of a lowercase French word."""
    return _tidy(_without_ending(_singular(word)))


def _singular(word: str) -> str:
    """*chevaux* → *cheval*, *locaux* → *local*, but *bateaux* → *bateau*."""
    if len(word) > 5 and word[-1] == "x":
        word = word[:-2] + "l" if word[-3:-1] == "au" and word[-4] != "e" else word[:-1]
    word = word[:-1] if len(word) > 3 and word[-1] == "x" else word
    return word[:-1] if len(word) > 3 and word[-1] == "s" else word


_SUFFIXES = tuple(ending.suffix for ending in _ENDINGS)


def _without_ending(word: str) -> str:
    if not word.endswith(_SUFFIXES):
        return word
    for ending in _ENDINGS:
        if len(word) >= ending.length and word.endswith(ending.suffix):
            word = _after(word[: -len(ending.suffix)] + ending.by, ending.suffix)
            if ending.last:
                return word
    return word


def _after(word: str, suffix: str) -> str:
    """Applies the endings that a removed ending uncovers: *active(ment)* → *actif*, *actual(isation)* → *actuel*."""
    if suffix == "ement" and len(word) > 3 and word.endswith("ive"):
        return word[:-2] + "f"
    if suffix == "isation" and len(word) > 5 and word.endswith("ual"):
        return word[:-2] + "el"
    return word


def _tidy(word: str) -> str:
    if len(word) > 4:
        word = _without_doubles(word.translate(_NORMAL_LETTERS))
    if len(word) > 4 and word.endswith("ie"):
        word = word[:-2]
    for letter in "ree" if len(word) > 4 else "":
        word = word.removesuffix(letter)
    return word


def _without_doubles(word: str) -> str:
    """The word with doubled letters made single: *commune* → *comune*. The digits of *2000* stay."""
    single = word[0]
    for letter in word[1:]:
        if letter != single[-1] or not letter.isalpha():
            single += letter
    return single

"""Letters without their accents, as Lucene's ASCIIFoldingFilter writes them.

Exact for the Latin letters of European languages (Latin-1, Latin Extended-A, Latin Extended Additional), for
typographic punctuation, full-width forms, ligatures and raised or lowered signs: a test compares every one of them with
a node.
Phonetic and medieval letters, which the filter folds too, are left as they are here.
"""

from __future__ import annotations

import functools
import re
import unicodedata

#: Letters that Unicode does not decompose, and punctuation.
_UNDECOMPOSED = {
    "Æ": "AE",
    "æ": "ae",
    "Œ": "OE",
    "œ": "oe",
    "Þ": "TH",
    "þ": "th",
    "ß": "ss",
    "ẞ": "SS",
    "Ǽ": "AE",
    "ǽ": "ae",
    **dict(zip("ÐðĐđØøǾǿĦħıĸŁłĿŀŊŋŦŧŉ", "DdDdOoOoHhiqLlLlNnTtn", strict=True)),
    "ₔ": "a",
    "ẚ": "a",
    "ẛ": "f",
    "ẜ": "s",
    "ẝ": "s",
    "Ỻ": "LL",
    "ỻ": "ll",
    "Ỽ": "V",
    "Ỿ": "Y",
    "ỿ": "y",
    **dict.fromkeys("‐‑‒–—⁻₋", "-"),
    **dict.fromkeys("‘’‚‛′‵‹›", "'"),
    **dict.fromkeys("“”„″‶«»", '"'),
    "‸": "^",
    "⁄": "/",
    "⁅": "[",
    "⁆": "]",
    "⁎": "*",
    "⁏": ";",
    "⁒": "%",
    "⁓": "~",
    "‼": "!!",
    "⁇": "??",
    "⁈": "?!",
    "⁉": "!?",
}

#: What Unicode decomposes and Lucene leaves.
_UNFOLDED = frozenset("ªº｀｜￣\u3000\u212a\u212b\ufb05")

_FOREIGN = re.compile("[^\0-\x7f]")

_LETTERS = ("Lu", "Ll", "Lt")


def fold(text: str) -> str:
    """The text with each foldable character replaced; the others are kept."""
    if text.isascii():
        return text
    # A French text has few such letters: this is faster than reading every letter.
    for character in set(_FOREIGN.findall(text)):
        text = text.replace(character, _fold_character(character))
    return text


@functools.lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character.isascii() or character in _UNFOLDED:
        return character
    return _UNDECOMPOSED.get(character) or _base(character) or character


def _base(character: str) -> str:
    """The ASCII base of a character that Unicode decomposes in a way the filter follows too; else an empty string."""
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return base if base.isascii() and _is_followed(character, base) else ""


def _is_followed(character: str, base: str) -> bool:
    """Whether the filter gives the same result for a character as this kind of Unicode decomposition."""
    kind = unicodedata.decomposition(character).rpartition(">")[0].lstrip("<")
    if kind in ("super", "sub"):
        return base.isdigit() or "\u2070" <= character <= "\u2094"
    if kind == "circle":
        return base.isdigit() and int(base) <= 20
    return kind == "wide" or (kind in ("", "compat") and base.isalpha() and unicodedata.category(character) in _LETTERS)

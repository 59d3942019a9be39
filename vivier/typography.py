"""Sets the words of HTML, of a page or of a letter, by the rules of :func:`vivier.french.typographic`, whoever wrote them: templates,
messages, reasons.

Only what is read is set: never an attribute, a field, a text to copy. It runs once a page, on the HTML, as Jinja writes the apostrophe of a
value « &#39; » and no angle bracket inside a value."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vivier.french import NO_BREAK, THIN

_RULES: Final = (
    ("&#39;", re.compile(r"&#39;(?<=[^\W\d_]&#39;)(?=[\w«])"), "’"),
    ("'", re.compile(r"'(?<=[^\W\d_]')(?=[\w«]|$)"), "’"),
    (" :", re.compile(r" :(?=\s|$)"), f"{NO_BREAK}:"),
    (" »", re.compile(r" »"), f"{NO_BREAK}»"),
    ("« ", re.compile(r"« "), f"«{NO_BREAK}"),
    (" ;", re.compile(r" ;(?=\s|$)"), f"{THIN};"),
    (" %", re.compile(r"(?<=\d) %"), f"{NO_BREAK}%"),
    (" €", re.compile(r"(?<=\d) €"), f"{NO_BREAK}€"),
    (" !", re.compile(r" !(?=[\s)]|$)"), f"{THIN}!"),
    (" ?", re.compile(r" \?(?=[\s)]|$)"), f"{THIN}?"),
)
"""The letters that a rule is about, the rule, what is written."""
_TEXTS: Final = re.compile(r">[^<>&':;»%€!?«]*+[&':;»%€!?«][^<>]*+")
"""The texts between two tags, with the end of the first, that have a letter of a rule: possessive, so that each letter is read once."""
_AS_IT_IS: Final = re.compile(r"(<(textarea|pre|code)\b.*?</\2>)", re.DOTALL)
"""What one copies or sends again."""
_COPIED: Final = re.compile("</(?:textarea|pre|code)>")


def typeset(html: str) -> str:
    """A page with its typographic apostrophes and the spaces that do not break."""
    if _COPIED.search(html) is None:
        return _set(html)
    parts = _AS_IT_IS.split(html)
    # Of three parts, the first is read, the second stays as it is, the third is the name of its tag.
    return "".join(_set(part) if place % 3 == 0 else part for place, part in enumerate(parts) if place % 3 != 2)


def _set(html: str) -> str:
    """A part of a page, which may begin with a text: it is read as one that follows a tag."""
    return _TEXTS.sub(_written, f">{html}")[1:]


def _written(found: re.Match[str]) -> str:
    return typeset_text(found.group())


@lru_cache(maxsize=8_192)
def typeset_text(text: str) -> str:
    """A text without tags, as Jinja escapes it, set by the rules: most texts of a page are those of its template, or of the page before."""
    for letters, sought, written in _RULES:
        if letters in text:
            text = sought.sub(written, text)
    return text

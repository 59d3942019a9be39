"""Objects that are plainly trials of a platform or examples of a format, never a purchase.

A closed list of whole objects and one strict pattern: an object that only speaks of tests (« tests antigéniques », « essais
de sol ») buys them.
"""

from __future__ import annotations

import re
from typing import Final

from vivier.text.folding import fold

WHOLE: Final = frozenset(
    [
        "ceci est un test",
        "consultation de test",
        "consultation test",
        "envoi pour json test",
        "marche de test",
        "marche test",
        "objet de la consultation",
        "objet du marche",
        "test",
        "test consultation",
        "test marche",
    ]
)
"""Folded, without marks nor a last number. « Envoi pour Json test 1 » and « Objet de la consultation 2 » stand in the official
examples of the format, the others are ours; « tests » and « essais » alone may be bought, and are not here."""

LONGEST: Final = 80
"""Characters: beyond, an object says what it buys."""
_TELLING: Final = ("test", "objet d")
"""One of them stands in every trial."""
_MARKS: Final = re.compile(r"[^a-z0-9]+")
_LAST_NUMBER: Final = re.compile(r" (?:n ?o? ?)?\d{1,3}$")
_NOT_TO_ANSWER: Final = re.compile(
    r"(?:ceci est un |(?:consultation|marche) (?:de )?)?test (?:merci de |priere de |svp )?"
    r"ne pas (?:y )?(?:repondre|en tenir compte|tenir compte|prendre en compte)(?: svp| merci)?"
)


def is_trial(text: str) -> bool:
    """Whether a whole object is that of a trial: « envoi pour Json test 2 », « TEST - ne pas répondre »."""
    lower = text.lower() if len(text) <= LONGEST else ""
    if not any(word in lower for word in _TELLING):  # one look spares nearly every object the rest
        return False
    plain = _MARKS.sub(" ", fold(lower)).strip()
    return _LAST_NUMBER.sub("", plain) in WHOLE or _NOT_TO_ANSWER.fullmatch(plain) is not None

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
"""Objects folded, without marks nor a last number. « Envoi pour Json test 1 » and « Objet de la consultation 2 » are in
the official examples of the format; the others are ours. « tests » and « essais » alone are not in the list: they
may be bought."""

LONGEST: Final = 80
"""Characters. A longer object says what is bought."""
_TELLING: Final = ("test", "objet d")
"""Every trial holds one of these texts."""
_MARKS: Final = re.compile(r"[^a-z0-9]+")
_LAST_NUMBER: Final = re.compile(r" (?:n ?o? ?)?\d{1,3}$")
_NOT_TO_ANSWER: Final = re.compile(
    r"(?:ceci est un |(?:consultation|marche) (?:de )?)?test (?:merci de |priere de |svp )?"
    r"ne pas (?:y )?(?:repondre|en tenir compte|tenir compte|prendre en compte)(?: svp| merci)?"
)


def is_trial(text: str) -> bool:
    """Whether an object as a whole is a trial: « envoi pour Json test 2 », « TEST - ne pas répondre »."""
    lower = text.lower() if len(text) <= LONGEST else ""
    if not any(word in lower for word in _TELLING):  # this test spares the patterns to nearly every object
        return False
    plain = _MARKS.sub(" ", fold(lower)).strip()
    return _LAST_NUMBER.sub("", plain) in WHOLE or _NOT_TO_ANSWER.fullmatch(plain) is not None

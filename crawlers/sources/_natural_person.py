"""Sole traders are persons (docs/operate-privacy.md, « Privacy »): a registry row about one is left out by name."""

from __future__ import annotations

import re

# Labels of the first level of INSEE's legal categories (1xxx, « personne physique »).
_LABELS = re.compile(
    r"entrepreneur individuel|personne physique|artisan|commerçant|profession libérale|exploitant agricole"
    r"|agent commercial|officier public|associé gérant",
    re.IGNORECASE,
)


def is_natural_person(legal_form: str | None) -> bool:
    """Whether a legal form, a code (``1000``) or its label, is that of a person in business."""
    if legal_form is None:
        return False
    if legal_form.isdigit():
        return legal_form.startswith("1") and len(legal_form) == 4
    return _LABELS.match(legal_form) is not None

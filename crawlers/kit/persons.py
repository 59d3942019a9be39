"""Names of natural persons: known by their civility, or because the source says who runs the business."""

from __future__ import annotations

import re

from vivier.identity import fold

_CIVILITY = re.compile(r"(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE|M ET MME)(?: [A-Z]{2,}){2,4}")
_SHORTEST = 2


def is_person(name: str, manager: str | None = None) -> bool:
    """Does ``name`` name a person? A civility and two to four words (« Mr Bricolage » is none), or the words of ``manager``.

    « DUPONT JEAN » alone cannot be told from a trade name: the legal category of SIRENE settles it, in the indexer.
    """
    folded = fold(name)
    if _CIVILITY.fullmatch(folded):
        return True
    words = set(folded.split())
    return manager is not None and len(words) >= _SHORTEST and words == set(fold(manager).split())

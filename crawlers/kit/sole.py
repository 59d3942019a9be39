"""Sole traders (docs/operate-privacy.md, « Privacy »): a business that is a person is shown for its official labels
only, and by its commune."""

from __future__ import annotations

import re

from vivier.identity import fold
from vivier.model import Address, Record
from vivier.privacy.first_names import FIRST_NAMES

_CIVIL = re.compile(r"(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE) (?P<rest>[A-Z]+(?: [A-Z]+){1,3})$")
_CIVIL_AND_WORDS = re.compile(r"(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE|M ET MME)(?: [A-Z]{2,}){2,4}")
_SHORTEST = 2


def names_a_person(name: str) -> bool:
    """Is a structure named « civility, first name, surname »? « Mr Bricolage », « M Interim » and « Maxime & Co » are
    not. A first name alone proves nothing: many structures have one."""
    found = _CIVIL.match(fold(name))
    return found is not None and any(word in FIRST_NAMES for word in found["rest"].split())


def is_person(name: str, manager: str | None = None) -> bool:
    """Does a name of a list of professionals name a person? It does with a civility and two to four words, or with the
    words of ``manager``.

    « DUPONT JEAN » alone cannot be told from a trade name: the legal category of SIRENE decides, in the indexer.
    """
    folded = fold(name)
    if _CIVIL_AND_WORDS.fullmatch(folded):
        return True
    words = set(folded.split())
    return manager is not None and len(words) >= _SHORTEST and words == set(fold(manager).split())


def without_person(record: Record) -> Record | None:
    """What may be kept of a sole trader: labels, identifiers and commune. ``None`` when no label makes it a public business."""
    if not record.labels:
        return None
    place = record.address
    return record.model_copy(
        update={
            "address": Address(post_code=place.post_code, town=place.town, commune=place.commune),
            "website": None,
            "description": None,
            "references": (),
        }
    )

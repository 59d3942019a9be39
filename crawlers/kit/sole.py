"""Sole traders (suppliers.md §6): a business that is a person is shown for its official labels only, and by its commune."""

from __future__ import annotations

import re

from crawlers.kit.first_names import FIRST_NAMES
from vivier.identity import fold
from vivier.model import Address, Record

_CIVIL = re.compile(r"(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE) (?P<rest>[A-Z]+(?: [A-Z]+){1,3})$")


def names_a_person(name: str) -> bool:
    """Is a structure named « civility, first name, surname »? « Mr Bricolage », « M Interim » and « Maxime & Co » are not:
    a first name alone tells nothing, many structures bear one."""
    found = _CIVIL.match(fold(name))
    return found is not None and any(word in FIRST_NAMES for word in found["rest"].split())


def without_person(record: Record) -> Record | None:
    """What may be kept of a sole trader: labels, identifiers and commune; ``None`` when no label makes it a public business."""
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

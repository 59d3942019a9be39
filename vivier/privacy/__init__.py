"""Recognises what is personal in a text: names of persons, e-mail addresses, telephone numbers."""

from __future__ import annotations

from vivier.privacy.contacts import scrub
from vivier.privacy.people import scrub_people


def personal(text: str) -> bool:
    """Does a text contain an e-mail address, a telephone number, or what reads as a person's name?"""
    return bool(scrub(text)[1] or scrub_people(text)[1])

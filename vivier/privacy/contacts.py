"""Removes personal contacts from free text (docs/operate-privacy.md, « Privacy »): e-mail addresses and phone numbers."""

from __future__ import annotations

import re

REMOVED = "[…]"

_AT = r"(?:@|\s?[\[({]\s?(?:at|arobase|chez)\s?[\])}]\s?|\s(?:arobase)\s)"
_EMAIL = rf"[\w.+\-]+{_AT}[\w\-]+(?:(?:\.|\s?[\[(](?:dot|point)[\])]\s?)[\w\-]+)*"
_NATIONAL = r"(?<![\d,.])0[1-9](?:[\s.\-–_]{0,2}\d){8}(?!\d)"
_SLASHED = r"(?<!\d)0[1-9](?:/\d{2}){4}(?!\d)"
_ABROAD = r"(?<!\w)(?:\+|00)\s?(?:33|262|508|590|594|596|687|689)(?:[\s.\-–]{0,2}\(0\))?(?:[\s.\-–/]{0,2}\d){6,9}(?!\d)"
_CONTACT = re.compile("|".join((_EMAIL, _NATIONAL, _SLASHED, _ABROAD)), re.IGNORECASE)
_WORTH_LOOKING = re.compile(r"@|\d\D{0,2}\d\D{0,2}\d|arobase|[\[({]\s?(?:at|chez)", re.IGNORECASE)


def scrub(text: str) -> tuple[str, int]:
    """``text`` with e-mail addresses and phone numbers replaced by « […] », and the number of replacements.

    A SIREN, a SIRET, a date or an amount is left alone: a phone number is ten digits that begin with 0, or that follow
    an international prefix of France.
    """
    if not _WORTH_LOOKING.search(text):
        return text, 0
    return _CONTACT.subn(REMOVED, text)

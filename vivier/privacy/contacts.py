"""Removes personal contacts from free text (docs/operate.md, « Privacy »): e-mail addresses and phone numbers."""

from __future__ import annotations

import re
from typing import Final

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


_SERVICES: Final = frozenset(
    [
        "achat",
        "achats",
        "accueil",
        "administration",
        "cellule",
        "collectivite",
        "commande",
        "commandepublique",
        "consultation",
        "consultations",
        "contact",
        "courrier",
        "departement",
        "dcp",
        "daj",
        "direction",
        "fournisseurs",
        "info",
        "infos",
        "juridique",
        "mairie",
        "marche",
        "marches",
        "marchepublic",
        "marchespublics",
        "mp",
        "public",
        "publics",
        "publique",
        "pole",
        "region",
        "secretariat",
        "service",
        "services",
        "sourcing",
        "ville",
    ]
)
"""Words of the mailboxes of services of a public body."""
_MAILBOX: Final = re.compile(r"([a-z0-9._\-]{2,64})@([a-z0-9\-]+(?:\.[a-z0-9\-]+)+)")


def mailbox_of_service(text: str, more: frozenset[str] = frozenset()) -> str | None:
    """The address of a mailbox that is a service's (« marches.publics@… »), in lower case; ``None`` for any other, which may be a
    person's. Beside a word of a service, or one of ``more``, only words of the domain are accepted: « mairie-redon@redon.example », not
    « jean.mairie@… »."""
    found = _MAILBOX.fullmatch(text.strip().lower())
    if found is None:
        return None
    words = [word for word in re.split(r"[._\-\d]+", found[1]) if word]
    domain = set(re.split(r"[.\-]", found[2]))
    named = [word for word in words if word not in _SERVICES and word not in more]
    return found[0] if len(named) < len(words) and domain.issuperset(named) else None

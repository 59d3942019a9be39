"""Recognises how an organisation is reached, and refuses what reaches a person: a mailbox of a service, a switchboard, a site.

When in doubt it refuses: a mailbox must name a service or the organisation itself, and a mobile number is taken for somebody's.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from vivier.identity import fold
from vivier.privacy import personal
from vivier.privacy.contacts import mailbox_of_service
from vivier.privacy.first_names import FIRST_NAMES

MOST: Final = 200
"""Largest length of a contact, in characters."""
_WORDS: Final = (
    "adherent adherents adapte agence antenne asso association atelier ateliers bureau chantier chantiers clients client commercial "
    "commerciale communication communaute compta comptabilite cuisine demande devis ea economat eiti entreprise entreprises esat espacesverts "
    "etablissement etablissements ei etti facturation foyer geiq gestion hello bonjour insertion jardin jardins laverie blanchisserie logistique magasin "
    "maintenance nettoyage partenaires partenariat partenariats prestations production qualite recyclerie ressourcerie reception relais "
    "renseignement renseignements reservation restaurant restauration siege site solidarite standard traiteur travaux vente ventes"
)
_OFFICES: Final = frozenset(_WORDS.split())
"""Words of the mailboxes of organisations, beside those of the services of public bodies."""
_PHONE: Final = re.compile(r"(?:(?:\+|00)(33|262|508|590|594|596|687|689)(?:\(0\))?)?(\d{6,10})")
_MOBILES: Final = ("06", "07", "0692", "0693", "0690", "0691", "0694", "0696", "0697", "0639")
"""First digits of the numbers of mobile telephones, in mainland France and overseas (ARCEP, numbering plan)."""
_HOST: Final = re.compile(r"(?=.{4,100}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


def mailbox(text: str) -> str | None:
    """The address of a mailbox of an organisation (« contact@… », « esat@… ») in lower case; ``None`` for any other."""
    found = mailbox_of_service(text, _OFFICES) if len(text) <= MOST else None
    if found is None or "+" in found:
        return None
    words = re.split(r"[._\-\d]+", found.partition("@")[0])
    return None if any(word.upper() in FIRST_NAMES for word in words) else found


def switchboard(text: str) -> str | None:
    """A number of a fixed line of France, as « 02 99 00 00 00 »; ``None`` for a mobile, and for what is no number of ten digits."""
    found = _PHONE.fullmatch(re.sub(r"[\s.\-–/]", "", text)) if len(text) <= MOST else None
    if found is None:
        return None
    digits = found[2] if found[1] is None else f"0{found[2].removeprefix('0')}"
    if not re.fullmatch(r"0[1-9]\d{8}", digits) or digits.startswith(_MOBILES):
        return None
    return " ".join(digits[start : start + 2] for start in range(0, 10, 2))


def site(text: str) -> str | None:
    """A web address (http or https) of a public host, without user nor port; ``None`` for any other, and for one that names a person."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    is_plain = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc.lower()) is not None
    if not is_plain or len(text) > MOST or any(ord(letter) <= 32 for letter in text.strip()):
        return None
    words = fold(f"{parts.path} {parts.query} {parts.fragment}").split()
    named = personal(text) or any(word in FIRST_NAMES for word in words)
    return None if named else text.strip()


def is_a_name(line: str) -> bool:
    """Whether a whole line reads as the name of a person, « Claire Martin »: two or three words in capitals, of which the first is a first name.
    « Pierre Fabre » reads so too: when in doubt it is one."""
    words = line.split()
    parts = fold(words[0]).split() if words else []
    named = bool(parts) and all(part in FIRST_NAMES for part in parts)
    return named and 2 <= len(words) <= 3 and all(word[:1].isupper() for word in words)

"""SIREN, SIRET and FINESS: valid or not. Names: their normal form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from stdnum.fr import siren as _siren
from stdnum.fr import siret as _siret

_ANTENNA = re.compile(r"999\d\d$")
_FINESS = re.compile(r"^(?:\d{2}|2A|2B)\d{7}$")
_LEGAL_WORDS = frozenset(["ASSOCIATION", "ASSOC", "ASS", "SARL", "SAS", "SASU", "SCOP", "SCIC", "EURL", "SA"])
_ABBREVIATIONS = {"ST": "SAINT", "STE": "SAINTE", "CTRE": "CENTRE", "COM": "COMMUNAUTE", "ETS": "ETABLISSEMENTS"}


def digits(text: str) -> str:
    """The digits of ``text``; empty for scientific notation (``8,25E+13``), which has lost some."""
    return "" if re.search(r"\d[eE]\+?\d", text) else re.sub(r"\D", "", text)


def is_siren(siren: str) -> bool:
    """Nine digits that pass the Luhn check (INSEE)."""
    return len(siren) == 9 and bool(_siren.is_valid(siren))


def is_siret(siret: str) -> bool:
    """Fourteen digits that pass the Luhn check, SIREN included; La Poste's SIRETs may instead sum to a multiple of 5."""
    return len(siret) == 14 and bool(_siret.is_valid(siret))


def is_antenna_siret(siret: str) -> bool:
    """A made-up number of les-emplois for an antenna (NIC ``999dd``): it keeps the SIREN, it is never published."""
    return bool(_ANTENNA.search(siret))


def is_finess(finess: str) -> bool:
    """Nine characters, the first two a département (``2A``, ``2B`` in Corsica)."""
    return bool(_FINESS.match(finess))


def fold(text: str) -> str:
    """Upper case, no accents, ligatures opened, punctuation as single spaces."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^0-9A-Za-z]+", " ", plain).upper().split())


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Normal form of a structure's name for comparison: folded, usual abbreviations opened, legal forms left out."""
    words = [_ABBREVIATIONS.get(word, word) for word in fold(name).split()]
    return " ".join([word for word in words if word not in _LEGAL_WORDS] or words)

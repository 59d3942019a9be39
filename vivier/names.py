"""Writes the names of organisations in readable capitals: registers give « ESAT UTOPI REDON », a reader expects « ESAT Utopi Redon »."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vivier.french import NO_BREAK
from vivier.identity import words_of

ACRONYMS: Final = frozenset(
    words_of(
        """
        ESAT EA EATT EI ACI AI ETTI EITI GEIQ SIAE CHRS CCAS CIAS SARL EURL SAS SASU SA SCI SCOP SCIC SNC GIE GIP EPCI
        EPIC EPA SIVOM SIVU ADAPEI APAJH APF AFTC UNAPEI UDAF CHU CHR CH EHPAD IME ITEP SAVS OPH HLM SNCF RATP EDF
        SDIS UGAP ANCV AGEFIPH PLIE CFA CNRS INRAE INSERM INSA ENS IUT CROUS IDF TP BTP ZA ZI ESS ESUS ULIS UEROS CRP
        ESRP PMI
        """
    )
)
"""Letters that are read one by one, or as a word in capitals [ours, from the names of the registers]."""
SMALL: Final = frozenset(
    words_of("a à au aux avec ce chez d de des du en et l la le les ou par pour sans sous sur un une")
)
"""Words without a capital inside a name."""
_SHORT_WORDS: Final = frozenset(
    words_of(
        """
        ain air aix ami arc art ass bac bar bel bio bis bon cab can cap com dax dom don eau eco est feu fil ile jeu
        job lac leu mas mer mes mon neo net nos or pas pin pre pro pur puy roc roi rue ses six sol son ste sud toi ton
        top tri val var via vie
        """
    )
)
"""Words of two or three letters that are no acronym [ours, from the names of the registers]."""
_VOWEL: Final = re.compile("[AEIOUYÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ]")
_ROMAN: Final = re.compile("(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_WORD: Final = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=16_384)
def readable_name(name: str) -> str:
    """The name in readable capitals when a register writes it all in capitals; any other name as it is.

    Its limits: accents are not restored (« METIERS » becomes « Metiers »); an acronym that is in no list and can be read as a word becomes
    one (« UTOPI » becomes « Utopi »); a word of three letters or fewer keeps its capitals.
    """
    if any(letter.islower() for letter in name) or not any(letter.isalpha() for letter in name):
        return name
    return _WORD.sub(lambda found: _cased(found, name), name)


def _cased(found: re.Match[str], name: str) -> str:
    word = found.group()
    first = not _WORD.search(name[: found.start()])
    lower = word.lower()
    if lower in SMALL:
        return lower.capitalize() if first else lower
    if word in ACRONYMS or _ROMAN.fullmatch(word) or not _VOWEL.search(word):
        return word
    if len(word) <= 3 and lower not in _SHORT_WORDS:
        return word
    return lower if name[found.start() - 1 : found.start()] == "(" and not first else lower.capitalize()


def unnamed(role: str, number: str) -> str:
    """« Acheteur au SIREN 110 014 016 (nom non publié) »: an organisation that is known by its number alone."""
    digits = number.replace(" ", "")
    if not digits.isdigit() or len(digits) not in (9, 14):
        return f"{role} au numéro {number} (nom non publié)"
    groups = NO_BREAK.join((digits[:3], digits[3:6], digits[6:9], *((digits[9:],) if digits[9:] else ())))
    return f"{role} au {'SIRET' if digits[9:] else 'SIREN'} {groups} (nom non publié)"

"""Reads single values of contracts: texts, days, amounts, durations. Each reader returns the value and the code of its
doubt.

Restores the letters that a source lost: « March? d'am?nagement » is read « Marché d'aménagement ».

A word is restored only when the nomenclatures of the house know one word, or nearly always one, that has those letters.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from crawlers.kit.values import number
from vivier.identity import words_of
from vivier.privacy.contacts import scrub
from vivier.territory.gazetteer import load_gazetteer
from vivier.trades.cpv import load_cpv
from vivier.trades.table import load_trades

LOST: Final = "\ufffd"
_WORD: Final = re.compile(rf"[^\W\d_{LOST}]*(?:{LOST}[^\W\d_{LOST}]*)+")
_KNOWN: Final = re.compile(r"[^\W\d_]{2,}")
_ELIDED: Final = re.compile(rf"(?i)(?<!{LOST})\b(qu|[cdjlmnst]){LOST}(?=[aeiouyh{LOST}])")
_ALONE: Final = re.compile(rf"(?<=[a-z] ){LOST}(?= (?!lots?\b)[a-z])")
_NUMBER: Final = re.compile(rf"(?i)\b(n){LOST}(?=\s?\S*\d)")
_PLAIN: Final = str.maketrans("àâäéèêëîïôöùûüçœ", LOST * 16)
_COMMON: Final = words_of(
    """
    marché marchés réalisation réalisations création réhabilitation rénovation réfection aménagement aménagements
    études étude département départements métropole société sociétés région régional régionale école écoles lycée
    collège hôpital hôtel théâtre bâtiment bâtiments électricité étanchéité sécurité intérieur intérieurs extérieur
    extérieurs première deuxième périmètre maîtrise œuvre ouvrage développement système systèmes matériel matériels
    matériaux véhicule véhicules équipement équipements prévention sécurisation référencement déménagement
    dématérialisation télécommunications téléphonie réseau réseaux numérique général générale générales spécialisé
    spécialisée spécialisés expérimental européen européenne français française sanitaire fonctionnalités évolution
    évolutions évolutive médical médicale médicaux mécanique hébergement restructuration communauté université
    universités réparation réparations mètre mètres année années journée journées géré gérés gérées occupé occupés
    élémentaire élémentaires résidence résidences aéronautique crèche crèches fossé fossés collectivité collectivités
    déclaré déclarés aéronef îlot réalisés réalisée proximité séparé séparés méditerranée côté allée allées bâtir
    réservé réservés réservée adhérents subséquent subséquents régionales muséographiques rêvées agglomération
    différents différentes éducative aménagés résiduels complémentaire élus programmé programmés programmée arrêté
    préalables responsabilités opérationnel pyrénées béton libération étudiants référence classée situé situés située
    difficulté procédure procédures préliminaires connectés procédés externalisées exploités préventives associé
    associée associés équipé équipés équipée intégré intégrée dédié dédiés dédiée destiné destinés destinée destinées
    liés liées prélèvement contrôle contrôles vérification vérifications périodiques réglementaires ascenseurs
    intérimaire à été où après
    """
)
"""Words of the titles of purchases that no nomenclature holds [ours]."""

_SURE: Final = 5
"""How many times more frequent a word must be than another that lost letters would leave alike."""


def restored(text: str) -> str:
    """The text with its lost letters, where one word alone has the others. What stays lost keeps its mark (U+FFFD)."""
    if LOST not in text:
        return text
    if text.count(LOST) > 1:  # a mark alone may be anything; beside other lost letters, it is one of them
        text = _ALONE.sub("à", text)
    text = _NUMBER.sub(r"\1°", text)
    text = _WORD.sub(lambda found: _word(found.group()), text)
    return _WORD.sub(lambda found: _word(found.group()), _ELIDED.sub(r"\1'", text))


def _word(damaged: str) -> str:
    """A word restored, in the capitals of what is left of it."""
    if damaged == LOST:
        return damaged
    word = _words().get(damaged.lower())
    if word is None:
        return damaged
    capitals = damaged.replace(LOST, "")
    if len(capitals) > 1 and capitals.isupper():
        return word.upper()
    return word.capitalize() if damaged[0].isupper() or (damaged[0] == LOST and capitals[:1].isupper()) else word


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """The known words with an accent, by what is left of them without it. Where two have the same rest, one must be far more frequent."""
    texts = [entry.label_fr for entry in load_cpv()]
    texts += [text for trade in load_trades() for text in (trade.name, *trade.words)]
    texts += load_gazetteer().names["commune"].values()
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in (*_COMMON * _SURE, *(word.lower() for text in texts for word in _KNOWN.findall(text))):
        if (left := word.translate(_PLAIN)) != word:
            found[left][word] += 1
    ranked = {left: words.most_common(2) for left, words in found.items()}
    return {
        left: first for left, ((first, most), *others) in ranked.items() if not others or most >= _SURE * others[0][1]
    }


Read = tuple[float | None, str | None]

FILLERS: Final = frozenset(["", "NC", "CDL", "MQ", "INX", "SANS OBJET", "NAN", "NULL", "NONE"])
"""Words that producers write for « nothing », compared in capitals."""

_LONGEST_FILLER = max(len(word) for word in FILLERS if word.isalnum())

OBJECT_LIMIT = 4000
"""Characters kept of an object: the format allows 1,000, real ones go a little further (our bound)."""

LARGEST_AMOUNT = 3e9
LONGEST_MONTHS = 180
FIRST_YEAR = 2000
_AMOUNT_FILLERS = frozenset([12311111111.0, 99999999999.99])
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffd\u2018\u2019\u02bc&<\\\\]|et#\\d")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufeff]")
_LONE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"</?(?:br|b|i|u|em|strong|p|div|span|font|ul|ol|li)(?:\s[^<>]{0,80})?\s?/?>", re.IGNORECASE)
_MANGLED = re.compile(r"et#(\d{2,5}),")
_QUOTES = str.maketrans("\u2018\u2019\u02bc", "'''")
_LONG_NUMBER = re.compile(r"(?:\d[\s.\-–_/()]{0,4}){9}")
_OF_CONTACT = ("@", "[", "(at)", "arobase")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_EXPONENT = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d{1,2}")


def plain(raw: Any) -> str | None:
    """One line of text: entities are decoded, marks of pages (« <br /> ») and control characters removed, typographic apostrophes made
    plain, and doubled spaces too."""
    if raw.__class__ is not str:
        return _of_number(raw)
    text = " ".join(raw.split())
    if _ODD.search(text):
        text = _repaired(text)
    return text or None


def _of_number(raw: object) -> str | None:
    if isinstance(raw, float):
        return str(int(raw)) if math.isfinite(raw) and raw == int(raw) else None
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else None


def _repaired(text: str) -> str:
    # Some platforms write « et#8211, » for « &#8211; », others escape twice.
    text = _MANGLED.sub(r"&#\1;", text)
    text = html.unescape(html.unescape(text)) if "&" in text else text
    text = _TAG.sub(" ", text).replace("\\'", "'").replace('\\"', '"').translate(_QUOTES)
    # Half a surrogate pair is no character: no file could hold it.
    return " ".join(_CONTROL.sub(" ", _LONE.sub("\ufffd", text)).split())


def written(raw: Any) -> str | None:
    """An identifier as written; ``None`` for a filler word."""
    if raw.__class__ is str and len(raw) > _LONGEST_FILLER and raw.isascii() and raw.isalnum():
        return raw  # nothing to tidy: most identifiers are so
    text = plain(raw)
    if text is None or text.upper() in FILLERS:
        return None
    return text.removeprefix("INX ") if text.startswith("INX ") else text


def object_text(raw: object, doubts: list[str]) -> str | None:
    """The object of a contract as it may be shown: contacts are removed."""
    text = written(raw)
    if text is None:
        doubts.append("object_absent")
        return None
    # The full search costs more than all the rest: a contact has one of these marks, or nine digits nearly side by side.
    if any(mark in text for mark in _OF_CONTACT) or _LONG_NUMBER.search(text):
        text, removed = scrub(text)
        if removed:
            doubts.append("contact_removed")
    if LOST in text:
        text = restored(text)
        doubts.append("text_damaged" if LOST in text else "text_restored")
    if len(text) > OBJECT_LIMIT:
        doubts.append("description_shortened")
        text = text[:OBJECT_LIMIT].rsplit(" ", 1)[0] + " …"
    return text


def read_day(raw: object, latest: date) -> tuple[date | None, str | None]:
    """A day written as ISO (what follows the day is cut) or ``dd/mm/yyyy``. A day before 2000 or after ``latest`` is
    refused as unknown."""
    if isinstance(raw, date):
        day: date | None = raw.date() if isinstance(raw, datetime) else raw
    else:
        text = written(raw)
        if text is None:
            return None, None
        day = _day(text)
    if day is None:
        return None, "date_invalid"
    return (day, None) if day.year >= FIRST_YEAR and day <= latest else (None, "date_suspect")


def _day(text: str) -> date | None:
    french = _FRENCH_DAY.match(text)
    try:
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def read_amount(raw: object) -> Read:
    """An amount in euros. One euro or less is symbolic; an amount beyond 3 G€, of equal digits, or equal to a known
    filler is doubtful. Both are kept, with the code of the doubt."""
    value, unread = _number(raw)
    if unread:
        return None, "amount_invalid"
    if value is None:
        return None, None
    if value <= 1:
        return value, "amount_symbolic" if value >= 0 else "amount_suspect"
    return value, "amount_suspect" if value > LARGEST_AMOUNT or _is_filler(value) else None


def _number(raw: Any) -> tuple[float | None, bool]:
    """A number, and whether something else was written. A number that no machine can hold is something else."""
    if raw.__class__ is int or raw.__class__ is float:
        return _finite(raw)
    if raw.__class__ is str and raw.isascii() and raw.replace(".", "", 1).isdigit():
        value = float(raw)
        return (value, False) if value != math.inf else (None, True)
    text = written(raw)
    if text is None:
        return None, isinstance(raw, bool)
    found = float(text.replace(",", ".")) if _EXPONENT.fullmatch(text) else number(text)
    return (None, True) if found is None or not math.isfinite(found) else (found, False)


def _finite(raw: float) -> tuple[float | None, bool]:
    try:
        return (float(raw), False) if math.isfinite(raw) else (None, False)
    except OverflowError:
        return None, True


def _is_filler(value: float) -> bool:
    if value in _AMOUNT_FILLERS:
        return True
    if value < 11111:
        return False
    digits = str(int(value))
    third = digits[0] in "36" and value != int(value)  # 333 333,33: a million in three
    return digits == digits[0] * len(digits) and not third


def read_months(raw: object) -> tuple[int | None, str | None]:
    """A duration in whole months, a part of a month counted as one. None at all or more than 180 is doubtful, and kept."""
    value, unread = _number(raw)
    if unread:
        return None, "duration_invalid"
    if value is None:
        return None, None
    months = math.ceil(value)
    return months, None if 0 < months <= LONGEST_MONTHS else "duration_suspect"


def read_offers(raw: object) -> tuple[int | None, str | None]:
    """The number of offers received. Zero is no count, since a contract has a holder."""
    value, unread = _number(raw)
    if value is None:
        return None, "offers_invalid" if unread else None
    return (int(value), None) if value >= 1 and value == int(value) else (None, "offers_invalid")


def read_whole(raw: object) -> int | None:
    """A number of modification."""
    value, _ = _number(raw)
    return int(value) if value is not None and value == int(value) else None


def read_flag(raw: object) -> tuple[bool | None, bool]:
    """Yes or no, and whether something else was written."""
    if isinstance(raw, bool):
        return raw, False
    text = written(raw)
    if text is None:
        return None, False
    word = text.casefold()
    if word in ("true", "1", "oui", "vrai"):
        return True, False
    return (False, False) if word in ("false", "0", "non", "faux") else (None, True)


def read_cpv(raw: object) -> tuple[str | None, str | None]:
    """Eight digits, the check digit dropped; a code that is not listed climbs to its nearest listed ancestor."""
    text = written(raw)
    if text is None:
        return None, "cpv_absent"
    digits = re.sub(r"[\s.]", "", text.partition("-")[0])
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (8, 9):
        return None, "cpv_invalid"
    code = digits[:8]
    known = load_cpv().nearest(code)
    if known is None:
        return None, "cpv_invalid"
    return known, None if known == code else "cpv_repaired"

"""How names and streets are spelled from one list to the next, and how alike two of them are (0–1).

Names come as ``vivier.identity.name_key``, streets as ``vivier.identity.fold``. The spellings were met in the lists of
2019 and 2020: post office capitals, cut words, « 1bis », « 8 T », « GEN » for « Général », « 3 » for « trois ».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from vivier.identity import fold, name_key

INITIALS = 0.93
"""Likeness of a name that is the initials of the other."""

CONTAINED = 0.9
"""Likeness of a name that is the other one with general words added."""

Words = tuple[tuple[str, float], ...]
"""Words with their weight."""

LINK_WORDS = "LE LA LES L DE DU DES D ET EN SUR A AU AUX POUR PAR SOUS"
FORM_WORDS = "ESAT CAT EA EATT EI ACI AI ETTI EITI GEIQ SIAE ENTREPRISE ADAPTEE ETABLISSEMENT SITE ANTENNE"
GENERIC_WORDS = (
    "ATELIER ATELIERS CHANTIER CHANTIERS CENTRE SERVICE SERVICES INSERTION EMPLOI EMPLOIS INTERIM REGIE QUARTIER"
    " QUARTIERS INTERMEDIAIRE GROUPEMENT EMPLOYEURS SOLIDAIRE SOLIDARITE TRAVAIL SECTION SOCIETE FRANCE LOCALE LOCAL"
)
"""Words that half the names of the field hold: they count by half (« ACTIF GARAGE » is not « ACTIF INSERTION »)."""

_STOP, _FORMS, _GENERIC = (frozenset(words.split()) for words in (LINK_WORDS, FORM_WORDS, GENERIC_WORDS))
_PHRASES = (
    (
        re.compile(r"\bETABLISSEMENT (?:ET |OU )?(?:DE )?SERVICES? (?:D )?(?:AIDE|ACCOMPAGNEMENT) PAR LE TRAVAIL\b"),
        "ESAT",
    ),
    (re.compile(r"\bCENTRE D AIDE PAR LE TRAVAIL\b"), "ESAT"),
    (re.compile(r"\bATELIERS? (?:ET )?CHANTIERS? D INSERTION\b"), "ACI"),
    (re.compile(r"\bENTREPRISE D INSERTION\b"), "EI"),
    (re.compile(r"\bGROUPEMENT D EMPLOYEURS (?:POUR L |D )INSERTION ET (?:LA |DE )?QUALIFICATION\b"), "GEIQ"),
)
_WAYS = {
    "AV": "AVENUE", "AVE": "AVENUE", "BD": "BOULEVARD", "BVD": "BOULEVARD", "BLD": "BOULEVARD", "R": "RUE",
    "ALL": "ALLEE", "CHE": "CHEMIN", "CHEM": "CHEMIN", "RTE": "ROUTE", "IMP": "IMPASSE", "PL": "PLACE", "SQ": "SQUARE",
    "QU": "QUAI", "CRS": "COURS", "FG": "FAUBOURG", "FBG": "FAUBOURG", "LOT": "LOTISSEMENT", "RES": "RESIDENCE",
    "ESP": "ESPLANADE",
}  # fmt: skip
WAY_WORDS = "VOIE PASSAGE MAIL ZONE ZI ZA ZAC PARC GRANDE GD LIEU DIT ARTISANALE INDUSTRIELLE ACTIVITE ACTIVITES"
_WAY_WORDS = frozenset(_WAYS.values()) | frozenset(WAY_WORDS.split())
_TITLES = {"GAL": "GENERAL", "DR": "DOCTEUR", "MAL": "MARECHAL", "PDT": "PRESIDENT", "ST": "SAINT", "STE": "SAINTE"}
_FIGURES = {"PREMIER": "1", "DEUX": "2", "TROIS": "3", "QUATRE": "4", "CINQ": "5", "SIX": "6", "SEPT": "7", "HUIT": "8"}
_NO_STREET = frozenset({"MAIRIE", "BOURG", "VILLAGE", "CENTRE", "HOTEL", "VILLE", "RD", "RN"})
_THOUSANDS = re.compile(r"^(\d) (\d{3})\b")
_NUMBER = re.compile(r"\b(\d+)(?:BIS|TER|QUATER|ER|EME|E|[A-Z])?\b")
_TOWN_TAIL = re.compile(r"\s+(?:CEDEX.*|\d+(?:ER|E|EME)?(?: ARRONDISSEMENT)?)$")
_BRACKETS = re.compile(r"\([^)]*\)?")
_MAIL_BOX = re.compile(r"\b(?:BP|CS|TSA)\s*\d+(?:\s\d+)?\b|\bCEDEX\b(?:\s\d+)?")


def variants(name: str) -> set[str]:
    """The name, and the name without what it has in brackets (« EVE (Espaces verts environnement) »)."""
    return {name_key(name), name_key(_BRACKETS.sub(" ", name))} if "(" in name else {name_key(name)}


def departement(code: str) -> str:
    """Département of a post code or INSEE code; both halves of Corsica as ``20``, as post codes have them."""
    if code.startswith(("97", "98")):
        return code[:3]
    return "20" if code[:2] in ("2A", "2B") else code[:2]


@lru_cache(maxsize=65536)
def town_key(town: str) -> str:
    """A town name without CEDEX and arrondissement numbers, « ST » opened (« ST ETIENNE CEDEX 9 » is SAINT ETIENNE)."""
    return name_key(_TOWN_TAIL.sub("", fold(town))) or fold(town)


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Words of a name key that are compared: set phrases shortened, link words left out unless all are."""
    for pattern, short in _PHRASES:
        name = pattern.sub(short, name)
    words = name.split()
    return tuple([word for word in words if word not in _STOP] or words)


class _Name:
    """The compared parts of one name, read once: its words, its own words, its initials.

    ``marks``: beginnings and ends of words. Two names without a common mark have no two words alike, not even by a
    slip.
    """

    __slots__ = ("initials", "joined", "key", "marks", "own", "words")

    def __init__(self, key: str) -> None:
        self.key = key
        self.words = name_words(key)
        self.joined = "".join(self.words)
        self.own = "".join(word for word in self.words if word not in _FORMS)
        self.marks = frozenset(mark for word in self.words for mark in (word[:3], f"~{word[-3:]}"))
        every = key.split()
        self.initials = ("".join(w[0] for w in every), "".join(w[0] for w in every if w not in _STOP))


_name = lru_cache(maxsize=8192)(_Name)  # two kilobytes a name


def name_likeness(left: str, right: str, towns: frozenset[str] = frozenset()) -> float:
    """0–1 for two name keys; 1 when they differ by spaces and link words alone.

    Words of form count for nothing where the others are the same, run together (« AUDO-TRI », « AudoTri EI »).
    """
    a, b = _name(left), _name(right)
    if a.joined == b.joined:
        return 1.0
    if a.own and a.own == b.own:
        return 0.97
    if _are_initials(a, b) or _are_initials(b, a):
        return max(_dice(a.words, b.words, towns), INITIALS)
    if a.marks.isdisjoint(b.marks):
        return 0.0
    alike = _dice(a.words, b.words, towns)
    return CONTAINED if alike < CONTAINED and _adds_nothing(a.words, b.words, towns) else alike


def _adds_nothing(left: tuple[str, ...], right: tuple[str, ...], towns: frozenset[str]) -> bool:
    """Whether the names differ by general words and towns alone, and share a telling word of four letters or more."""
    shared, others = set(left) & set(right), set(left) ^ set(right)
    shares_telling_word = any(len(word) >= 4 and is_telling(word) and word not in towns for word in shared)
    one_sided = set(left) <= shared or set(right) <= shared
    return shares_telling_word and one_sided and not any(is_telling(word) and word not in towns for word in others)


def _are_initials(short: _Name, long: _Name) -> bool:
    """Three letters or more that are the initials of the other name, link words counted or not."""
    return len(short.key) >= 3 and short.key.isalpha() and short.key in long.initials


def is_telling(word: str) -> bool:
    """Is the word more than a form or a generality of the field?"""
    return word not in _FORMS and word not in _GENERIC


def _weight(word: str, towns: frozenset[str]) -> float:
    if word in _FORMS:
        return 0.15
    if word in towns:
        return 0.3
    return 0.5 if word in _GENERIC else 1.0


def _dice(left: tuple[str, ...], right: tuple[str, ...], towns: frozenset[str]) -> float:
    a, b = (_weighed(words, towns) for words in sorted((left, right)))
    shared = sum([(word[1] + other[1]) * similarity for word, other, similarity in _aligned(a, b)])
    return shared / sum([weight for _, weight in (*a, *b)]) if shared else 0.0


@lru_cache(maxsize=16384)
def _weighed(words: tuple[str, ...], towns: frozenset[str]) -> Words:
    return tuple([(word, _weight(word, towns)) for word in words])


def _aligned(
    left: Words, right: Words, loose: bool = False
) -> Iterator[tuple[tuple[str, float], tuple[str, float], float]]:
    """Pairs of words that are alike, equal ones first so that the order does not matter."""
    likeness_of = _street_word if loose else _name_word
    rest = sorted(right)
    unmatched = []
    for item in sorted(left):
        if item in rest:
            rest.remove(item)
            yield item, item, 1.0
        else:
            unmatched.append(item)
    for item in unmatched:
        close = [(found, other) for other in rest if (found := likeness_of(item[0], other[0]))]
        if close:
            similarity, best = max(close)
            rest.remove(best)
            yield item, best, similarity


@lru_cache(maxsize=65536)
def _name_word(left: str, right: str) -> float:
    """Whether two words of a name are alike: one is the other cut after 4 letters or more, or they differ by one slip in 6."""
    return _word_likeness(left, right, cut=4, slips=int(min(len(left), len(right)) >= 6))


@lru_cache(maxsize=65536)
def _street_word(left: str, right: str) -> float:
    """Whether two words of a street are alike: cut after 3 letters or more (« GEN »), or one slip in each 3 (« Mairat »
    / « Merat »)."""
    return _word_likeness(left, right, cut=3, slips=min(len(left), len(right)) // 3)


def _word_likeness(left: str, right: str, cut: int, slips: int) -> float:
    """1 equal; 0.9 for a cut or a slip; else 0, and always for numbers that differ."""
    if left == right:
        return 1.0
    if not (left.isalpha() and right.isalpha()):
        return 0.0
    if min(len(left), len(right)) >= cut and (left.startswith(right) or right.startswith(left)):
        return 0.9
    return 0.9 if slips and Levenshtein.distance(left, right, score_cutoff=slips) <= slips else 0.0


@lru_cache(maxsize=16384)
def street_words(line: str) -> tuple[Words, frozenset[str]]:
    """Words of a folded address line with their weight (kinds of way weigh little), and its numbers."""
    line = _THOUSANDS.sub(r"\1\2", line)
    words = [_spelled(word) for word in _NUMBER.sub(r"\1 ", _MAIL_BOX.sub(" ", line)).split()]
    numbers = frozenset(word for word in words if word.isdigit())
    retained = [word for word in words if word not in _STOP and word not in numbers and len(word) > 1]
    return tuple((word, 0.2 if word in _WAY_WORDS else 1.0) for word in retained), numbers


def _spelled(word: str) -> str:
    return _WAYS.get(word) or _TITLES.get(word) or _FIGURES.get(word) or word


def line_likeness(left: str, right: str, towns: frozenset[str] = frozenset()) -> float | None:
    """0–1 for two folded address lines: words of the street, less when the numbers contradict one another.

    ``None`` when a line names no street: « Mairie », « Le bourg », the town again.
    """
    (a, a_numbers), (b, b_numbers) = (street_words(line) for line in sorted((left, right)))
    if not (_names_street(a, towns) and _names_street(b, towns)):
        return None
    words = _overlap(a, b)
    if a_numbers and b_numbers:
        return words if a_numbers & b_numbers else 0.7 * words
    return words if a_numbers == b_numbers else 0.95 * words


def _names_street(words: Words, towns: frozenset[str]) -> bool:
    return any(weight == 1.0 and word not in towns and word not in _NO_STREET for word, weight in words)


def _overlap(left: Words, right: Words) -> float:
    """Dice, or 0.95 of the share of the shorter line found in the longer one."""
    aligned = list(_aligned(left, right, loose=True))
    totals = [sum(weight for _, weight in side) for side in (left, right)]
    dice = sum((a[1] + b[1]) * similarity for a, b, similarity in aligned) / (sum(totals) or 1.0)
    found = sum(min(a[1], b[1]) * similarity for a, b, similarity in aligned) / (min(totals) or 1.0)
    return max(dice, 0.95 * found)

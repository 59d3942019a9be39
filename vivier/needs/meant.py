"""Is a known place name meant as a place where it stands? « à Vitré » is, « pose de vitre » is not, « rue de Lyon » is a street.

Names made of words of the tables are the hard ones: Paris (« paris sportifs »), Mâcon, Vitré, Nord, Lot, Le Port. After a word
that announces a place they are places, if the preposition suits them, if they are written as names (capitals, where the text
has any), and if no longer phrase of the tables begins there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from vivier.needs.folded import Folded
from vivier.territory.names import loose_key, place_key
from vivier.territory.place_index import PlaceIndex
from vivier.territory.resolve import Resolution

WORD = re.compile(r"[a-z0-9]+")
QUALIFIERS = frozenset(
    (
        *("departement", "dept", "dpt", "region", "metropole", "agglomeration", "agglo", "communaute", "cc", "ca"),
        *("cu", "pays"),
    )
)
# After these a name is a place even when it is also a word of the language (« à Bois », « commune de Fosse »).
_LOCATIVE = re.compile(
    r"(?:\b(?:a|au|aux|dans|en|vers|pres|autour|proche|secteur|ville|villes|commune|communes|mairie|agglomeration|agglo"
    r"|metropole|departement|dept|region|canton|prefecture|chu|ch|sdis|ccas|hopital|arrondissement)"
    r"(?: (?:de|du|des|d'|la|le|les|l'))*|\bsur)[ :,(]*(?:l'|la |le |les |d'|de )?$"
)
_STREET = re.compile(
    r"\b(?:rues?|avenues?|bd|boulevards?|quais?|allees?|impasse|residence|place|square|route|faubourg|porte|pont"
    r"|lycee|college|ecole|gymnase|hotel|salle|stade|theatre) (?:de |du |des |d'|la |le |les |l')*$"
)
# A common noun comes after these, never the bare name of a town.
_DETERMINED = re.compile(r"\b(?:des|les|la|le|un|une|nos|vos|leurs|son|sa|ses|ce|cette|ces|deux|trois|\d{1,4}) $")
_ANNOUNCED = re.compile(r"\b(?:ville|commune|mairie) (?:de|d')[ ]?$")
CONTRACTED = re.compile(r"\b(au|aux|du|des) $")
_ARTICLE = re.compile(r"(?:\b(?:au|aux|du|des|la|le|les) |\bl')$")
# One is never « dans la » commune: « dans la citerne » is a tank.
_WITHIN = re.compile(r"\bdans (?:l'|la |le |les )?$")
# « la Loire » alone may be the river; « la Haute-Loire » is not.
_OF_AREA = re.compile(r"\b(?:du|des) $")
_OF_LONG_AREA = re.compile(r"\bde la $")
_EN = re.compile(r"\ben $")
_SUR = re.compile(r"\bsur $")
# « Nord de la ville », « Lot n° 3 », « Nord-Isère »: more than the name.
_GOES_ON = re.compile(r"-| (?:de|du|des|n|no)\b| d'| ?\d")
_CODE_AFTER = re.compile(r" ?[(](?:\d{2,3}|2[ab])[)]|,? \d{5}\b")
_NEXT = re.compile(r" ([a-z0-9]+)")
ARTICLES = frozenset(("l", "d", "le", "la", "les", "du", "de", "des", "au", "aux"))

BARE_POPULATION = 3_000
"""Inhabitants from which a commune is heard when named without « à »: below, its name is more often a common word."""

AMBIGUOUS_POPULATION = 20_000
"""The same for a name that several communes bear."""

WORD_POPULATION = 8_000
"""Inhabitants from which a name made of words of the tables is a place after « à »."""

CITY_POPULATION = 100_000
"""The same without « à »: « nettoyage bureaux Paris »."""


@dataclass(frozen=True)
class TableWords:
    """Folded words that speak of trades, and the phrases of several words that begin by each."""

    words: frozenset[str]
    phrases: Mapping[str, tuple[str, ...]]

    def phrase_at(self, text: str, start: int) -> bool:
        """Whether a phrase of several words stands there."""
        first = WORD.match(text, start)
        return first is not None and any(
            text.startswith(phrase, start) and not text[start + len(phrase) : start + len(phrase) + 1].isalnum()
            for phrase in self.phrases.get(first.group(), ())
        )


@dataclass(frozen=True)
class Written:
    """A known name in a text. ``listed``: after another place and a comma, « et », « ou »."""

    text: Folded
    start: int
    end: int
    resolution: Resolution
    tables: TableWords
    listed: bool

    @cached_property
    def before(self) -> str:
        return self.text.text[max(0, self.start - 40) : self.start]

    @cached_property
    def words(self) -> list[re.Match[str]]:
        return list(WORD.finditer(self.text.text, self.start, self.end))

    @cached_property
    def telling(self) -> list[re.Match[str]]:
        """The words but articles; all of them when there is no other."""
        return [word for word in self.words if word.group() not in ARTICLES] or self.words

    @property
    def is_commune(self) -> bool:
        return self.resolution.candidates[0].territory.kind == "commune"

    @property
    def is_loose(self) -> bool:
        """« Port » for Le Port, « Mans » for Le Mans: a commune named without its article, which « du » and « au » swallow."""
        first = self.resolution.candidates[0].territory
        written = place_key(self.text.text[self.start : self.end])
        name = place_key(first.name)
        return first.kind == "commune" and name != loose_key(name) == written

    @property
    def is_of_the_tables(self) -> bool:
        """Made of words that speak of trades, or too short to be anything."""
        short = len(self.telling) == 1 and len(self.words[-1].group()) < 3
        return short or all(word.group() in self.tables.words for word in self.telling)

    @property
    def population(self) -> int:
        """Of the largest territory it may mean."""
        return max(candidate.territory.population or 0 for candidate in self.resolution.candidates)

    @property
    def own_population(self) -> int:
        """Of the largest that bears it today, as written."""
        best = self.resolution.candidates[0].score
        named = [candidate.territory for candidate in self.resolution.candidates if candidate.score == best]
        return max(territory.population or 0 for territory in named) if self.resolution.via == "name" else 0

    @property
    def has_capitals(self) -> bool:
        """Whether it is written as a name, in a text that tells small letters from capitals."""
        source, starts = self.text.source, self.text.starts
        return not source.isupper() and all(source[starts[word.start()]].isupper() for word in self.telling)

    @property
    def is_whole(self) -> bool:
        """« La Réunion », « Grand Est »: several words, as a name is written from its first letter."""
        first = self.text.source[self.text.starts[self.start]]
        return len(self.words) > 1 and self.has_capitals and first.isupper()

    @property
    def goes_on(self) -> bool:
        return _GOES_ON.match(self.text.text, self.end) is not None


def is_meant(name: Written, index: PlaceIndex) -> bool:
    """Whether the name says where, there."""
    if _STREET.search(name.before):
        return False
    if len(name.words) > 1 and name.words[0].group() in QUALIFIERS:
        return True
    if name.is_loose and not CONTRACTED.search(name.before):
        return False
    if name.is_commune and _WITHIN.search(name.before):
        return False
    if name.is_of_the_tables:
        return not _is_said_of_a_trade(name, index) and _is_announced(name)
    return name.listed or _LOCATIVE.search(name.before) is not None or _is_heard_alone(name)


def _is_heard_alone(name: Written) -> bool:
    """Without a word that announces a place: « nettoyage Lyon », « Moulins (03) », « bureaux des Landes »."""
    if _DETERMINED.search(name.before) and not _is_of_area(name):
        return False
    if not name.is_commune or _CODE_AFTER.match(name.text.text, name.end):
        return True
    return name.population >= (AMBIGUOUS_POPULATION if name.resolution.territory is None else BARE_POPULATION)


def _is_of_area(name: Written) -> bool:
    """« des Landes », « du Lot », « de la Haute-Loire »: capitals tell them from heaths and from lots."""
    if name.is_commune or not name.has_capitals:
        return False
    long = len(name.telling) > 1 and _OF_LONG_AREA.search(name.before)
    return bool(_OF_AREA.search(name.before) or long)


def _is_said_of_a_trade(name: Written, index: PlaceIndex) -> bool:
    """A phrase of the tables begins there (« paris sportifs »), or more than the name does (« Nord Isère », « lot 3 »)."""
    if name.tables.phrase_at(name.text.text, name.telling[0].start()):
        return True
    if name.goes_on and len(name.telling) == 1:
        return True
    following = _NEXT.match(name.text.text, name.end)
    return not name.is_commune and following is not None and place_key(following[1]) in index.areas


def _is_announced(name: Written) -> bool:
    """Whether a name that is also made of words of the tables is said to be a place."""
    if _ANNOUNCED.search(name.before):
        return True
    if name.own_population < (WORD_POPULATION if name.is_commune else 1):
        return name.has_capitals and _is_small_town(name)
    if name.listed or _LOCATIVE.search(name.before):
        return _suits(name)
    return name.is_whole or _is_of_area(name) or _is_city(name) or _is_coded(name)


def _is_small_town(name: Written) -> bool:
    """« à Mer », « Salles (79) », of a text that tells small letters from capitals."""
    if _is_coded(name):
        return True
    after_a = name.listed or _LOCATIVE.search(name.before) is not None
    return after_a and _suits(name) and not _has_article(name) and name.own_population >= BARE_POPULATION


def _is_coded(name: Written) -> bool:
    return name.has_capitals and _CODE_AFTER.match(name.text.text, name.end) is not None


def _is_city(name: Written) -> bool:
    """« nettoyage bureaux Paris »: nothing else is called so, as often."""
    return name.is_commune and name.own_population >= CITY_POPULATION and not _has_article(name)


def _suits(name: Written) -> bool:
    """« à Salles » suits a town, « en Côte-d'Or » a département. After an article a capital tells « au Port » from « au port »."""
    if name.is_commune and _EN.search(name.before):
        return False
    if name.is_commune and _SUR.search(name.before):
        return name.has_capitals
    if _has_article(name):
        small_letters = name.text.source.islower() and not name.is_commune
        return name.has_capitals or small_letters or len(name.telling) > 1
    return name.is_commune or len(name.telling) > 1 or _EN.search(name.before) is not None


def _has_article(name: Written) -> bool:
    """Before it, or its own."""
    return _ARTICLE.search(name.before) is not None or name.words[0].group() in ARTICLES

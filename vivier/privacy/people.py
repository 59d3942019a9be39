"""Removes names of persons from free text (docs/operate-privacy.md, « Privacy »): after a civility, a function, or written «
Prénom NOM ».

This is for presentations, titles and addresses, never for the name of a structure: « Ateliers Jean Moulin », « Mr
Bricolage » and « rue Madame de Staël » name no person. A name is removed only when something says that it is one: a
civility, a function beside it, or a first name before a surname in capitals. A place or an institution before it says
that it is not.
"""

from __future__ import annotations

import re
from typing import Literal

from vivier.identity import fold, words_of
from vivier.privacy.contacts import REMOVED
from vivier.privacy.first_names import FIRST_NAMES

Need = Literal["sure", "either", "first"]
_WORD = r"[A-ZÀ-ÖØ-Ý][\w’'\-]*"
_LONG = r"[A-ZÀ-ÖØ-Ý][\w’'\-]{2,}"
_MIXED = r"[A-ZÀ-ÖØ-Ý][a-zà-öø-ÿ]+(?:-[A-ZÀ-ÖØ-Ý][a-zà-öø-ÿ]+)?"
_PARTICLE = r"(?:(?i:de\s+la|de|du|des|le|la|van|von|el|ben)\s+|d['’]\s?)?"
_REST = rf"(?:\s+{_PARTICLE}{_WORD}){{1,2}}"
_PERSON = rf"(?P<person>{_WORD}{_REST}|[A-ZÀ-Ý]\.\s?{_WORD})"
_FUNCTION = (
    r"(?i:contacts?|co-?g[ée]rante?s?|g[ée]rante?s?|direct(?:eur|rice)s?|responsables?|pr[ée]sidente?s?|r[ée]f[ée]rente?s?|"
    r"interlocut(?:eur|rice)s?|dirigeante?s?|chef(?:fe)?s?\s+d['’](?:[ée]quipe|atelier|entreprise)|charg[ée]e?s?\s+d[e'’]\s?\w+|"
    r"coordinat(?:eur|rice)s?|coordonnat(?:eur|rice)s?|encadrante?s?|monit(?:eur|rice)s?|conseill(?:er|[èe]re)s?|"
    r"secr[ée]taires?|tr[ée]sori(?:er|[èe]re)s?|fondat(?:eur|rice)s?|animat(?:eur|rice)s?)"
)
_TAIL = r"(?:\s+(?!par\b)[a-zà-ÿ'’/\-]+){0,5}"
_CIVIL = r"(?:MM?\.|Mrs?\.?|Monsieur|Messieurs|Mmes?\.?|Mesdames|Madame|Mlles?\.?|Mademoiselle)"

_AFTER_CIVILITY = re.compile(
    rf"(?<![\w.])(?P<before>{_CIVIL}\s?)(?P<person>(?:[A-ZÀ-Ý]\.\s?)?{_LONG}(?:\s+{_PARTICLE}{_WORD}){{0,2}})"
)
_AFTER_FUNCTION = re.compile(
    rf"(?P<before>\b{_FUNCTION}{_TAIL}(?:\s*[:,–\-(]\s*|\s+)(?:est\s+)?(?:{_CIVIL}\s?)?){_PERSON}"
)
_MADE_BY = re.compile(
    rf"(?P<before>\b(?i:fond|cr[ée]|dirig|g[ée]r|pr[ée]sid|anim|port|encadr|represent|représent)[ée]{{1,2}}e?s?\s+par\s+){_PERSON}"
)
_BEFORE_FUNCTION = re.compile(rf"(?P<before>){_PERSON}(?=\s*[,(–\-]\s*(?:\w+[-\s])?{_FUNCTION}\b)")
_WRITTEN_IN_FULL = re.compile(
    rf"(?P<before>)(?P<person>\b{_MIXED}\s+{_PARTICLE}[A-ZÀ-ÖØ-Ý]{{2,}}(?:[\-’' ][A-ZÀ-ÖØ-Ý]{{2,}})*)\b"
)

_PLACE_BEFORE = re.compile(
    r"\b(?:rue|r|avenue|av|boulevard|bd|bld|place|pl|all[ée]es?|impasse|imp|chemin|che|square|sq|quai|cours|route|rte|passage|"
    r"r[ée]sidence|res|foyer|esat|centre|ctre|[ée]cole|lyc[ée]e|coll[èe]ge|h[ôo]pital|institut|ime|fondation|espace|salle|p[ôo]le|"
    r"parc|villa|pavillon|maison|ateliers?|association|assoc|cit[ée]|zac?|zi|b[âa]t(?:iment)?|immeuble|domaine|ch[âa]teau|"
    r"esplanade|rond[ -]point|pont|mail|cour|galerie|groupe|stade|gymnase|th[ée][âa]tre|m[ée]diath[èe]que|entreprise|soci[ée]t[ée]|"
    r"ets|[ée]tablissements?|abb[ée]|p[èe]re|s[œo]e?ur|docteur|dr|g[ée]n[ée]ral|mar[ée]chal|colonel|commandant|capitaine|professeur|saint|sainte|st|ste|prix|m[ée]thode|loi)\.?\s+(?:(?:du|de|des|de\s+la|d['’]|la|le)\s*)?$",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    words_of("BRICOLAGE PROPRE STORE LE LA LES MAIRE PREFET PREFETE PRESIDENT PRESIDENTE DIRECTEUR DIRECTRICE MINISTRE")
)


def scrub_people(text: str) -> tuple[str, int]:
    """``text`` with the names of persons replaced by « […] », and the number of replacements."""
    removed = 0
    for pattern, need in _RULES:
        text, count = _without(text, pattern, need)
        removed += count
    return text, removed


def _without(text: str, pattern: re.Pattern[str], need: Need) -> tuple[str, int]:
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        person = match["person"]
        if REMOVED in person or _PLACE_BEFORE.search(text[max(0, match.start() - 40) : match.start()]):
            return match[0]
        length = _name_in(person, need)
        if length is None:
            return match[0]
        count += 1
        return f"{match['before']}{REMOVED}{person[length:]}"

    return pattern.sub(replaced, text), count


def _name_in(person: str, need: Need) -> int | None:
    """Length in characters of the name in what looks like a person; ``None`` when it is no name."""
    words = [fold(word) for word in person.split()]
    if not words or words[0] in _NO_NAME or not person[:1].isupper():
        return None
    beside = {"sure": (), "either": (words[0], words[-1]), "first": (words[0],)}[need]
    known = any(part in FIRST_NAMES for word in beside for part in word.split())
    initial = need == "either" and re.match(r"[A-ZÀ-Ý]\.", person) is not None
    return len(person) if need == "sure" or known or initial else None


_RULES: tuple[tuple[re.Pattern[str], Need], ...] = (
    (_AFTER_CIVILITY, "sure"),
    (_AFTER_FUNCTION, "either"),
    (_MADE_BY, "either"),
    (_BEFORE_FUNCTION, "either"),
    (_WRITTEN_IN_FULL, "first"),
)
"""Patterns, and where a known first name is required for what they find to be a person's name."""

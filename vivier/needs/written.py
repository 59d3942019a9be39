"""A known place name in its context in a need: the words before it, how it is written, how many people live there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from vivier.needs.folded import Folded
from vivier.needs.model import PlaceCandidate, PlaceMatch
from vivier.territory.names import loose_key, place_key
from vivier.territory.readers import OTHER
from vivier.territory.resolve import Candidate, Resolution
from vivier.text.folding import fold

WORD = re.compile(r"[a-z0-9]+")
ARTICLES = frozenset(("l", "d", "le", "la", "les", "du", "de", "des", "au", "aux"))
_GOES_ON = re.compile(r"-| (?:de|du|des|n|no)\b(?= ?\S)| no?\d| d'| ?\d(?![\d.,]* ?(?:km|kilom))")
_OF_SOMETHING = re.compile(r" (?:de|du|des) \w| d'\w")
_ARTICLE = re.compile(r"(?:\b(?:au|aux|du|des|la|le|les) |\bl')$")
_CODE_AFTER = re.compile(r" ?[(](?:\d{2,3}|2[ab])[)]|,? \d{5}\b|,? (?:\d{2}|2[ab]|97\d)(?= ?(?:$|[,;:)]| - ))")
_CODE_BEFORE = re.compile(r"\b(?:\d{5}|2[ab]\d{3})[)]? (?:- )?$")
_DEPARTEMENT_AFTER = re.compile(
    r" ?[(](?P<name>[a-z' -]{3,30})[)]|,? [(]?(?P<code>\d{2}|2[ab]|97\d)[)]?(?= ?(?:$|[,;:)]| - ))"
)
_LETTERS = re.compile(r"\w+")
_LAST = re.compile(r"[ .)]*")
_BEFORE = 40


@dataclass(frozen=True)
class TableWords:
    """Folded words of trades, the same words with their accents, and the phrases of several words that begin with each."""

    words: frozenset[str]
    accented: frozenset[str]
    phrases: Mapping[str, tuple[str, ...]]

    def phrase_at(self, text: str, start: int) -> bool:
        """Whether a phrase of several words begins at a position of the text."""
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

    @property
    def written(self) -> str:
        """The name, folded."""
        return self.text.text[self.start : self.end]

    @cached_property
    def before(self) -> str:
        return self.text.text[max(0, self.start - _BEFORE) : self.start]

    @cached_property
    def words(self) -> list[re.Match[str]]:
        return list(WORD.finditer(self.text.text, self.start, self.end))

    @cached_property
    def telling(self) -> list[re.Match[str]]:
        """The words of the name, articles left out; all of them when it has only articles."""
        return [word for word in self.words if word.group() not in ARTICLES] or self.words

    @property
    def is_commune(self) -> bool:
        return self.resolution.candidates[0].territory.kind == "commune"

    @property
    def is_loose(self) -> bool:
        """Whether a commune is named without its article, which « du » and « au » contract: « Port » for Le Port, « Mans » for Le
        Mans."""
        first = self.resolution.candidates[0].territory
        written = place_key(self.written)
        name = place_key(first.name)
        return first.kind == "commune" and name != loose_key(name) == written

    @property
    def is_of_the_tables(self) -> bool:
        """Whether the name is made of words of trades, or is too short to be distinctive."""
        short = len(self.telling) == 1 and len(self.words[-1].group()) < 3
        return short or all(self._speaks_of_a_trade(word) for word in self.telling)

    def _speaks_of_a_trade(self, word: re.Match[str]) -> bool:
        """Whether a word of the name is a word of trades. « Mâcon » is not: the tables have « maçon », and a writer who puts the
        accents of a name means the name."""
        if word.group() not in self.tables.words:
            return False
        source = self.text.source[self.text.starts[word.start()] : self.text.ends[word.end() - 1]]
        is_accented = source.casefold() != word.group()
        return not (is_accented and self.has_capitals and source.casefold() not in self.tables.accented)

    @property
    def has_other_accents(self) -> bool:
        """Whether a letter is accented that the name of the commune leaves bare: « MARCHÉS » is not Marches."""
        first = self.resolution.candidates[0].territory
        source = self.text.source[self.text.starts[self.start] : self.text.ends[self.end - 1]].casefold()
        pairs = zip(source, first.name.casefold(), strict=False) if len(source) == len(first.name) else ()
        return first.kind == "commune" and any(mine != its == fold(mine).lower() for mine, its in pairs)

    @property
    def population(self) -> int:
        """Inhabitants of the largest territory that the name may mean."""
        return max(candidate.territory.people for candidate in self.resolution.candidates)

    @property
    def own_population(self) -> int:
        """Inhabitants of the largest territory that bears the name today, as written."""
        best = self.resolution.candidates[0].score
        named = [candidate.territory for candidate in self.resolution.candidates if candidate.score == best]
        is_whole_name = self.resolution.via == "name" or (self.resolution.via == "alias" and len(self.telling) > 1)
        return max(territory.people for territory in named) if is_whole_name else 0

    @property
    def has_capitals(self) -> bool:
        """Whether the name is written with capitals, in a text that has both cases.

        Small words of the name itself may be small: « Clayes-sous-Bois », « Terres australes et antarctiques ».
        """
        source, starts = self.text.source, self.text.starts
        first, *others = self.telling
        written = [first, *(word for word in others if word.group() not in self._small_words)]
        return not source.isupper() and all(source[starts[word.start()]].isupper() for word in written)

    @cached_property
    def _small_words(self) -> frozenset[str]:
        """Words that the name writes without a capital, folded."""
        name = self.resolution.candidates[0].territory.name
        return frozenset(fold(word).lower() for word in _LETTERS.findall(name) if word[0].islower())

    @property
    def is_whole(self) -> bool:
        """Whether the name has several words and is written as a name from its first letter: « La Réunion », « Grand Est »."""
        return len(self.words) > 1 and self.has_capitals and self.begins_with_a_capital

    @property
    def is_compound(self) -> bool:
        """Whether the name of one commune is written whole with its hyphens: « Lit-et-Mixe », « Bagnols-sur-Cèze »."""
        written = self.text.text[self.start : self.end]
        is_name = self.is_whole or (self.is_caseless and len(self.words) > 1)
        return "-" in written and " " not in written and is_name and self.resolution.territory is not None

    @property
    def begins_with_a_capital(self) -> bool:
        return self.text.source[self.text.starts[self.start]].isupper()

    @property
    def is_caseless(self) -> bool:
        """Whether the text has a single case, so that capitals distinguish nothing."""
        return not self.text.has_both_cases

    @property
    def goes_on(self) -> bool:
        """Whether words after the name belong to it: « Nord de la ville », « Lot n° 3 », « Nord-Isère »."""
        return _GOES_ON.match(self.text.text, self.end) is not None

    @property
    def is_of_something(self) -> bool:
        """Whether the name is a common noun with its own complement: « Landes de Lessay »."""
        return _OF_SOMETHING.match(self.text.text, self.end) is not None

    @property
    def ends_the_text(self) -> bool:
        """Whether the name stands alone at the end of the text, after a comma, a dash or a bracket."""
        is_last = _LAST.fullmatch(self.text.text, self.end) is not None
        return is_last and re.search(r"(?:[,(]| -) ?$", self.before) is not None

    @property
    def begins_the_text(self) -> bool:
        """Whether the name is the first thing written, before a dash or a colon: « Beugnies - construction de logements »."""
        return not self.before.strip() and re.match(r" ?: | [-–] ", self.text.text[self.end :]) is not None

    @property
    def is_tail(self) -> bool:
        """Whether the name is the end of a longer one: « Creys-Malville »."""
        return re.search(r"\w-$", self.before) is not None

    @property
    def has_code(self) -> bool:
        """Whether a code, or its département, is beside the name: « Moulins (03) », « 55300 Sampigny », « Rue (Somme) »."""
        beside = _CODE_AFTER.match(self.text.text, self.end) is not None or _CODE_BEFORE.search(self.before) is not None
        return beside or self.has_departement

    @property
    def has_departement(self) -> bool:
        """Whether the département of one of the places of this name is after it, by code or by name: « Us 95 », « Rue (Somme) »."""
        after = _DEPARTEMENT_AFTER.match(self.text.text, self.end)
        if after is None:
            return False
        inside = [candidate for candidate in self.resolution.candidates if candidate.score == 1.0]
        if after["code"] is not None:
            return any((candidate.territory.departement or "").lower() == after["code"] for candidate in inside)
        return any(place_key(candidate.label_fr).endswith(f" {place_key(after['name'])}") for candidate in inside)

    @property
    def has_article(self) -> bool:
        """Whether an article is before the name, or begins it."""
        return _ARTICLE.search(self.before) is not None or self.words[0].group() in ARTICLES


def place_match(text: Folded, start: int, end: int, resolution: Resolution, *, doubtful: bool = False) -> PlaceMatch:
    """The places that ``text[start:end]`` may mean. ``doubtful``: the match is never certain."""
    span = text.span(start, end)
    candidates = tuple(
        PlaceCandidate(id=candidate.territory.id, label=candidate.label_fr, score=candidate.score)
        for candidate in _offered(resolution)
    )
    certain = None if resolution.territory is None or doubtful else resolution.territory.id
    together = resolution.together and not doubtful
    return PlaceMatch(
        text=span.text, spans=(span,), territory=certain, candidates=candidates, together=together, doubtful=doubtful
    )


def _offered(resolution: Resolution) -> Sequence[Candidate]:
    """Candidates in the order in which they are offered. When the name does not decide, large towns come before small ones
    (Neuilly-sur-Seine before the Neuilly of the Eure), and other levels last."""
    if resolution.territory is not None or resolution.via not in ("name", "former_name"):
        return resolution.candidates
    return sorted(resolution.candidates, key=lambda candidate: (candidate.score <= OTHER, -candidate.territory.people))

"""Reads how much a buyer wants a kind, a label or an article: « plutôt une EA », « bio si possible » is a wish; « exclusivement » a wall.

A share of the lot (« 30 % de bio »), what the holder may do (« pourra sous-traiter à un ESAT »), the means of a clause of insertion (« via un
GEIQ ») and whom the work is for (« locaux de l'ESAT ») ask nothing of who answers: each is a ``part``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from vivier.law.articles import ARTICLES
from vivier.law.kinds import KINDS
from vivier.needs.folded import Folded
from vivier.needs.model import Piece, Span, Strength

_BY_ANOTHER = (
    r"(?:(?:sous|co)[- ]?traiter|confier|reserver|faire appel|recourir|s'appuyer|s'associer|associer|passer par|solliciter"
    r"|etre (?:(?:sous|co)[- ]?traite|confie|reserve|realise|execute|assure|attribue|fourni|porte)\w*)"
)
_ROLES: Final[Mapping[str, tuple[Strength, str]]] = {
    "beside": (
        "part",
        r"y compris|ouvert(?:e|es|s)?(?: aussi| egalement)?(?= aux?\b)|quelques|certaine?s|au moins(?= une?\b| deux| trois| \d+(?! ?%))|notre|nous sommes"
        r"|(?:locaux|bureaux|batiments?|cuisines?|ateliers?|sites?|toitures?|travailleurs|usagers|residents?|salaries|vehicules|linge|construction|extension"
        r"|restructuration|agrandissement|rehabilitation|renovation)(?= de l'| d'| des?\b| du\b)|au profit|a destination|pour le compte",
    ),
    "clause": ("part", r"clauses?|\d[\d ]* ?h(?:eures?)? (?:de travail )?(?:d'|en )?insertion|heures? d'insertion"),
    "share": (
        "part",
        r"(?:(?:au moins|environ|minimum) )?(?<![\d,.])(?!100\b)\d{1,3}(?:[,.]\d+)? ?(?:%|pour ?cent)(?! ?(?:mg|mat|de mat|de cacao|gras|de gras))"
        r"(?: (?:minimum|mini|au moins|environ|en valeur))?|dont\b|(?:un|deux) tiers|un quart|(?:la |une )?moitie|(?:en|pour) partie"
        r"|(?:une|la|sa) (?:\w+ )?(?:part|partie|proportion|fraction)|partiellement|(?<!temps )partiel(?:le)?s?",
    ),
    "may": (
        "part",
        rf"(?:pourr\w+|peu(?:t|vent)|pouvant|libre de|possible de|possibilites? (?:de|d')|autorise\w* a)(?: \w+)?? ?{_BY_ANOTHER}"
        r"|(?:sous|co)[- ]?traitances? (?:\w+ ){0,2}?(?:autorisee?|admise?|acceptee?|permise?|envisage\w*)"
        r"|(?<!si )(?<!du )(?<!que )(?<!tot )(?<!-il )(?<!plus )possibles?(?= (?:a|aux?|par|avec|via|en|aupres|pour)\b| ?[,;.)]| ?$)"
        r"|ou (?:pas|non|(?:toute )?autres? (?:entreprise|structure|prestataire)s?)|eventuel(?:le|les|s|lement)?|le cas echeant|facultati(?:f|ve)s?|en option|optionnel(?:le)?s?|en variante"
        r"|(?:pas|non|sans) (?:forcement|obligatoires?(?:ment)?|necessaire(?:ment)?|exige(?:e|es|s)?|impose(?:e|es|s)?|requis(?:e|es)?|indispensables?|exigence|obligation)",
    ),
    "out": (
        "refused",
        r"exclu(?:e|s|es)?(?! d)|(?:pas|non) (?:admis|accepte|autorise|retenu|souhaite|concerne)(?:e|s|es)?",
    ),
    "wish": (
        "wish",
        r"plutot(?! que)|(?:de|par|avec une|une) preference(?: (?:pour|a|aux?))?|si possible|dans la mesure du possible|idealement"
        r"|(?:c'est |ce serait |serait |sera )?un (?:vrai )?plus\b|(?:serait |sera |est )?(?:appreciee?s?|bienvenue?s?)\b|souhait(?:ee|es|ees)\b"
        r"|a prix egal|en priorite|prioritairement|(?:on |nous |je )?prefer(?:e|ons|erions|erait|erence)\b|favoriser|autant que possible",
    ),
    "wall": (
        "wall",
        r"exclusivement|uniquement|seulement|imperativement|obligatoires?(?:ment)?|obligatoirement|exige(?:e|es|s)?\b|requis(?:es|e)?\b"
        r"|strictement|impose(?:e|es|s)?\b|reserve(?:e|es|s)? (?:aux?|a)\b",
    ),
}
"""What each role of a marker says, and its words. ``beside`` speaks of what follows at once, ``clause`` of the kinds after it, ``out`` of
what it touches."""
_MARKER = re.compile(
    "(?<!\\w)(?:" + "|".join(f"(?P<{role}>{words})" for role, (_, words) in _ROLES.items()) + ")(?!\\w)"
)
_CLAUSE = re.compile(r"[,;:.!?()](?! (?:via|(?:confie|realise|execute|reserve)e?s?)\b)| - ")
_WORD = re.compile(r"[a-z]{3,}")
_LITTLE = r"(?: ?(?:(?:aux?|a|une?|des?|du|les?|la|en|pour|sur|jusqu'a|hauteur|est|sont|sera)\b|[ld]'))* ?"
_BESIDE = re.compile(rf"{_LITTLE}(?:(?!par\b)[\w-]+{_LITTLE})?")
_JUST_AFTER = re.compile(_LITTLE)
_FEW = 2
"""Words beside a marker under which its clause tells nothing else: « …, un plus »."""


@dataclass(frozen=True)
class Marker:
    """Words of a role, at ``start`` to ``end`` of the folded text, in the clause ``clause``."""

    start: int
    end: int
    role: str
    clause: int

    @property
    def strength(self) -> Strength:
        return _ROLES[self.role][0]


@dataclass(frozen=True)
class _Place:
    """Where a piece is written, by its number; ``of_who``: a kind or an article, not a label."""

    number: int
    start: int
    end: int
    clause: int
    of_who: bool


def with_strengths(text: Folded, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces, each with the strength that the words around it say: a part before all, else that of the last marker that speaks of it."""
    bounds = _bounds(text)
    places = sorted(_places(text, pieces, bounds), key=lambda place: place.start)
    found: dict[int, Strength] = {}
    for marker in sorted(_markers(text, bounds), key=lambda marker: marker.strength == "part"):
        found.update(dict.fromkeys(_of(marker, text, places, bounds), marker.strength))
    return tuple(
        piece.changed(strength=found[number]) if number in found else piece for number, piece in enumerate(pieces)
    )


def marked(text: Folded) -> Iterator[Span]:
    """The stretches that say a wish or a wall."""
    for match in _MARKER.finditer(text.text):
        if match.lastgroup in ("wish", "wall"):
            yield text.match_span(match)


def _markers(text: Folded, bounds: Sequence[int]) -> Iterator[Marker]:
    for match in _MARKER.finditer(text.text):
        yield Marker(*match.span(), str(match.lastgroup), _clause_of(match.start(), bounds))


def _bounds(text: Folded) -> list[int]:
    """Where clauses begin, from 0 to the length of the text: after a comma, a point, a bracket, a dash or a line."""
    breaks = {match.end() for match in _CLAUSE.finditer(text.text)}
    between = enumerate(pairwise(text.ends), 1)
    breaks |= {at for at, (left, right) in between if text.text[at] != " " and "\n" in text.source[left - 1 : right]}
    return sorted({0, *breaks, len(text.text) + 1})


def _clause_of(at: int, bounds: Sequence[int]) -> int:
    return next(number for number, end in enumerate(bounds[1:]) if at < end)


def _places(text: Folded, pieces: Sequence[Piece], bounds: Sequence[int]) -> Iterator[_Place]:
    for number, piece in enumerate(pieces):
        for span in piece.spans:
            start, end = text.bounds((span,))
            yield _Place(number, start, end, _clause_of(start, bounds), piece.code in KINDS or piece.code in ARTICLES)


def _of(marker: Marker, text: Folded, places: Sequence[_Place], bounds: Sequence[int]) -> list[int]:
    """The pieces that a marker speaks of: those after it in its clause, else those before it there; when the clause tells nothing else, those
    of the clause before, else of the next. A part speaks of kinds or of labels, as the nearest is; before it, of what it touches."""
    inside = [place for place in places if place.clause == marker.clause]
    after = [place for place in inside if place.start >= marker.start]
    if marker.role == "clause":
        return [place.number for place in after if place.of_who]
    if marker.role == "beside":
        return [place.number for place in after if _BESIDE.fullmatch(text.text, marker.end, place.start)]
    is_part = marker.strength == "part"
    touched = [place for place in inside if _JUST_AFTER.fullmatch(text.text, place.end, marker.start)]
    if marker.role == "out":
        return [place.number for place in touched]
    if is_part:
        after = [place for place in after if place.of_who == after[0].of_who]
        inside = touched
    if after or inside:
        return [place.number for place in after or inside]
    start, end = bounds[marker.clause], bounds[marker.clause + 1]
    if len(_WORD.findall(text.text[start : marker.start] + text.text[marker.end : end])) > (0 if is_part else _FEW):
        return []
    for clause in (marker.clause - 1, marker.clause + 1):
        if aside := [place.number for place in places if place.clause == clause]:
            return aside
    return []

"""Reads the place of a line of a programme: territories, their alternatives, and what is said of a quarter.

Reads a place finer than a commune: « quartier de Maurepas à Rennes », « QPV de Roubaix », « Rennes - Villejean ».

No contour of a quarter is held here, so that structures are counted for its commune, and it is said. A quarter without its commune is
asked for it: many names are those of a commune elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vivier.desk.read.line import Choice, Part, left
from vivier.desk.read.programme import Row
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.needs import Need
from vivier.needs.model import PlaceMatch
from vivier.territory import Territory
from vivier.territory.model import outweighs
from vivier.territory.names import place_key
from vivier.territory.organisations import SEAT, is_here
from vivier.territory.resolve import resolve
from vivier.territory.sites import town_of
from vivier.trades.table import fold

_CODE: Final = re.compile(r"\bQ[PN] ?\d{3,6}[A-Z]?\b", re.IGNORECASE)
_WORDS: Final = re.compile(
    r"\b(?:qpv|qp|zup|zus|quartiers?(?: prioritaires?)?(?: de la (?:politique de la )?ville)?|faubourg|secteur|cit[ée]|r[ée]sidence|[îi]lot)\b",
    re.IGNORECASE,
)
_SEVERAL_OF_QUARTERS: Final = re.compile(
    r"^\W*(?:les )?(?:qpv|quartiers(?: prioritaires)?(?: de la (?:politique de la )?ville)?) (?:de |d'|du |des )?",
    re.IGNORECASE,
)
_POSTED: Final = re.compile(r"\d{5} +[^\W\d]")
"""A post code, and the letter that begins its commune."""
_CUTS: Final = re.compile(r"\s*[,;()/]\s*|\s+[-–]\s+|\s+(?:à|a|sur|de|dans)\s+|\s+(?=" + _POSTED.pattern + ")")
_LEAD: Final = re.compile(
    r"^(?:sur |dans )?(?:(?:toute?s?|tous|l'ensemble|ensemble)\b ?)?(?:(?:de )?(?:les |la |le |l')|du |des )?"
    r"(?:(?:territoire|communes?|ville|département|departement)\b ?)?(?:de la |des |de |du |d')?",
    re.IGNORECASE,
)
_SAYS_WHOLE: Final = re.compile(
    r"\b(?:sur|dans|toute?s?|ensemble|territoire|communes?|ville|d[ée]partement)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Quarter:
    """A commune read in a longer text. ``rest``: what is not located, as written; ``named``: a word says that it is a quarter."""

    place: str
    rest: str
    named: bool

    @property
    def of_address(self) -> bool:
        """Whether the commune is written after its post code, as in an address: « 7 avenue du Parc 92260 Fontenay-aux-Roses »."""
        return _POSTED.match(self.place) is not None and not self.named


def has_quarter(text: str) -> bool:
    return _WORDS.search(text) is not None or _CODE.search(text) is not None


def quarter_of(text: str, known: Callable[[str], bool]) -> Quarter | None:
    """The commune and the quarter of a place; ``None`` when no piece of the text is a commune by itself. ``known``: whether a name
    is that of one territory, and no other."""
    several = _SEVERAL_OF_QUARTERS.match(text)
    if several is not None and known(text[several.end() :].strip()):
        return Quarter(text[several.end() :].strip(), text[: several.end()].strip(), True)
    named = has_quarter(text)
    for piece in _pieces(text):
        rest = text.replace(piece, " ", 1)
        rest = " ".join(re.sub(r"[(),;]|\s[-–]\s|\s(?:à|a)\s*$", " ", rest).split()).strip(" -–")
        if rest and known(piece) and not _CODE.fullmatch(piece):
            return Quarter(piece, rest, named)
    return None


def _pieces(text: str) -> Iterator[str]:
    """The pieces between commas, brackets, dashes and « à »: the last first, where a commune is usually written."""
    cuts = [piece for piece in _CUTS.split(text) if piece and not _WORDS.search(piece)]
    yield from reversed(cuts)


def plain_place(text: str) -> str:
    """The place without the words that say « the whole of »: « tout le département 35 » is « 35 »."""
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead is not None and _SAYS_WHOLE.search(lead[0]) else text


_LISTED: Final = re.compile(
    r"\s*(?:[,;/–-]|[,;]?\s*\b(?:et|ou)\b)\s*"
    r"(?:(?:à|a|de|des|du|en|dans|(?:la |les )?(?:villes?|communes?)(?: de| du| des)?)\s+(?:les?\s+|la\s+|l['’])?|d['’])?",
    re.IGNORECASE,
)
"""What stands between two places of one list."""
_MOST: Final = 20
"""Places of one line."""
_OF_WHOM: Final = re.compile(r"\s*\([A-Z]{2,8}\)\s*$")
"""The body of a place, in short: « de Rennes vers Nantes (DREETS) »."""
_SEVERAL = re.compile(r"\s*[;,/]\s*|\s+(?:et|vers)\s+")
_DEPARTEMENT_AGAIN: Final = re.compile(r"\b(\d\d)\b(?= +\1\d{3}\b)|(?<=\b(\d\d)\d{3}) +\2\b")
"""The code of a département beside a post code that says it too: two columns, « 85 » and « 85000 »."""
_UNLISTED: Final = ("post_code_not_listed", "commune_code", "former_code")
"""How five figures that are no commune's post code are read: their département comes first."""
_QUARTER: Final = (
    "Le quartier que nomme l'objet n'est pas délimité ici : les structures sont comptées pour le lieu de la ligne."
)


@dataclass(frozen=True)
class Places(Part):
    """The places of a line, and their alternatives."""

    chosen: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()


def read_places(row: Row, need: Need, lexicon: Lexicon, default: str) -> Places:
    """The places of a line: of its cell, else of its text, else ``default``. A code of several places is the one that the text names."""
    if row.get("place") and not is_here(place_key(row.get("place"))):
        read = _named_in(need, _stated_place(row.get("place"), lexicon))
        quarter = has_quarter(row.get("text")) and not has_quarter(row.get("place"))
        return replace(read, remarks=(*read.remarks, _QUARTER)) if quarter else read
    places = sorted(need.territory.places, key=lambda place: place.territory is None and not place.together)
    for place in (place for place in places if not (place.doubtful and default)):
        near = tuple(Choice(candidate.id, candidate.label, candidate.score) for candidate in place.candidates)
        if place.territory is not None or place.together:
            first = near if place.together else tuple(choice for choice in near if choice.code == place.territory)
            listed, others = _beside(place, need, lexicon)
            unsure = [
                other.text for other in places if other.territory is None and not (other.together or other.doubtful)
            ]
            doubts = (*_distances(need), *_not_counted([*(choice.label for choice in others), *unsure]))
            return Places(chosen=(*first, *listed), others=left((*first, *listed), (*others, *near)), doubts=doubts)
        return Places((_which(place.text, near),), others=near)
    if default:
        return _stated_place(default, lexicon)
    message = "Aucun lieu : donnez une commune, un département ou une région."
    return Places((FieldError("place", "missing", message),))


def _beside(first: PlaceMatch, need: Need, lexicon: Lexicon) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The certain places that the text names after its first one: those of one list with it (« de Lyon et de Villeurbanne »), then the others, save the
    département or région that the first one is in."""
    listed: list[Choice] = []
    others: list[Choice] = []
    territory = first.territory or first.candidates[0].id
    kind, _, _ = territory.partition(":")
    around = {id for id in lexicon.gazetteer.get(territory).parents if not id.startswith("epci:")}
    end, reported = first.spans[-1].end, {territory} | around
    for place in need.territory.places:
        if place.territory is None or place.doubtful or place.territory in reported:
            continue
        reported.add(place.territory)
        label = next(candidate.label for candidate in place.candidates if candidate.id == place.territory)
        choice = Choice(place.territory, label, 1.0)
        is_alike = place.territory.startswith(kind) and len(listed) < _MOST - 1
        if is_alike and _LISTED.fullmatch(need.input[end : place.spans[0].start]):
            listed.append(choice)
            end = place.spans[-1].end
        else:
            others.append(choice)
    return tuple(listed), tuple(others)


def _not_counted(names: Sequence[str]) -> tuple[str, ...]:
    listed = ", ".join(names[:4]) + "…" * (len(names) > 4)
    return (f"L'objet nomme aussi {listed} : à ajouter au lieu, s'il le faut.",) if names else ()


def _named_in(need: Need, read: Places) -> Places:
    """The only one of the places that may be meant that the text of the line names too; ``read`` when there is none."""
    named = {candidate.id for place in need.territory.places for candidate in place.candidates}
    chosen = tuple(choice for choice in (*read.chosen, *read.others) if choice.code in named)
    if len(chosen) != 1 or len(read.chosen) > 1 or not (read.doubts or read.errors):
        return read
    return Places(chosen=chosen, others=left(chosen, (*read.chosen, *read.others)))


def place_of(text: str, lexicon: Lexicon) -> tuple[Choice, ...]:
    """The territories that a place as typed means: « Rennes », « 35 », « Ille-et-Vilaine et Morbihan ». Raises ``InvalidRequest`` naming
    « place » when it is unknown or may be several."""
    found = _stated_place(text, lexicon)
    if found.errors:
        raise InvalidRequest(found.errors)
    return found.chosen


def _distances(need: Need) -> tuple[str, ...]:
    """French notes on distances and travel times, which are not applied: an advice counts the structures that serve a territory."""
    spans = (*(span for distance in need.distances for span in distance.spans), *need.travel_times)
    return tuple(
        f"« {span.text} » n'est pas appliqué : l'étude compte les structures qui servent le lieu." for span in spans
    )


def _stated_place(text: str, lexicon: Lexicon) -> Places:
    whole = _one_place(text, lexicon)
    if has_quarter(text) and not _sole(text, lexicon) and (finer := _finer_place(text, whole, lexicon)) is not None:
        return finer
    names = [name for name in _SEVERAL.split(_OF_WHOM.sub("", text)) if name]
    if not whole.errors:
        return whole
    read = [_one_place(name, lexicon) for name in names[:_MOST]] if len(names) > 1 else []
    if not read or any(place.errors for place in read):
        wrong = whole if whole.others or not read else next(place for place in read if place.errors)
        return _finer_place(text, wrong, lexicon) or wrong
    chosen = tuple({choice.code: choice for place in read for choice in place.chosen}.values())
    return Places(chosen=chosen, doubts=tuple(doubt for place in read for doubt in place.doubts))


def _finer_place(text: str, wrong: Places, lexicon: Lexicon) -> Places | None:
    """The commune of a place that names a quarter; ``None`` when there is none, or when what is left may be another place."""
    bare = plain_place(text)
    if bare != text and not (read := _one_place(bare, lexicon)).errors:
        return read
    found = quarter_of(text, lambda name: _sole(name, lexicon))
    if found is None:
        if not has_quarter(text):
            return None
        message = f"Quartier « {text[:80]} » : donnez aussi sa commune, par exemple « quartier de Maurepas à Rennes »."
        return replace(wrong, errors=(FieldError("place", "unknown_place", message),))
    if not found.named and (len(_POSTED.findall(text)) > 1 if found.of_address else wrong.others):
        return None
    read = _one_place(found.place, lexicon)
    where = read.chosen[0].label
    if found.of_address:
        area = _one_place(found.rest, lexicon) if _sole(found.rest, lexicon) else read
        if area.chosen[0].code.startswith(("departement:", "region:", "epci:")):
            return area  # « Département de la Lozère 48004 MENDE »: the whole of it, and the address of its seat
        return replace(read, remarks=(f"Adresse lue : les structures sont comptées pour {where}.",))
    if found.named:
        described = f"« {found.rest[:60]} » : les quartiers ne sont pas délimités ici, les structures sont comptées pour {where}."
        return replace(read, remarks=(*read.remarks, described))
    doubt = f"« {found.rest[:60]} » n'est pas un lieu connu ici : les structures sont comptées pour {where}."
    return replace(read, doubts=(*read.doubts, doubt))


def _sole(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is that of one territory and no other, as written."""
    found = resolve(name, lexicon.gazetteer)
    return found.territory is not None and found.via not in ("alike", "prefix", "epci_name", SEAT)


def _one_place(text: str, lexicon: Lexicon) -> Places:
    found = resolve(_DEPARTEMENT_AGAIN.sub(" ", text), lexicon.gazetteer)
    near = tuple(Choice(candidate.territory.id, candidate.label_fr, candidate.score) for candidate in found.candidates)
    if found.territory is not None:
        chosen = tuple(choice for choice in near if choice.code == found.territory.id)
        chosen = chosen or (Choice(found.territory.id, found.territory.name, 1.0),)
        doubt = f"Lieu « {text[:80]} » lu « {chosen[0].label} »"
        if found.via == SEAT:
            doubt = f"Lieu « {text[:80]} » lu « {chosen[0].label} », son chef-lieu"
        shared = found.via == "post_code" and sum(candidate.score == 1 for candidate in found.candidates) > 1
        doubt += ", la commune la plus peuplée de ce code postal." if shared else "."
        doubts = (doubt,) if shared or found.via in ("alike", "prefix", SEAT) else ()
        return Places(doubts=doubts, chosen=chosen, others=left(chosen, near))
    if found.together:
        return Places(chosen=near)
    possible = [candidate.territory for candidate in found.candidates]
    meant, why = _meant(town_of(text), possible), "de loin le plus peuplé des lieux possibles"
    if found.via in _UNLISTED and [place.kind for place in possible].count("departement") == 1:
        meant, why = possible[0], "car aucune commune n'a ce code postal (CEDEX ?) : nommez la commune"
    elif len(possible) == 1:
        meant, why = possible[0], "le seul lieu possible"
    if meant is not None:
        chosen = tuple(choice for choice in near if choice.code == meant.id)
        message = f"Lieu « {text[:80]} » lu « {chosen[0].label} », {why}."
        return Places(doubts=(message,), chosen=chosen, others=left(chosen, near))
    return Places((_which(text, near),), others=near)


def _meant(text: str, candidates: Sequence[Territory]) -> Territory | None:
    """The place that a name alone most likely means: its name begins with these words, and it outweighs any other
    that does. ``None`` when several are as likely."""
    words = _words(text)
    named = [place for place in candidates if words and _words(place.name)[: len(words)] == words]
    people = sorted(((place.people, place.id) for place in named), reverse=True)
    if not people or not outweighs(people[0][0], (other for other, _ in people[1:])):
        return None
    return next(place for place in named if place.id == people[0][1])


def _words(name: str) -> list[str]:
    return fold(name).replace("-", " ").split()


def _which(text: str, near: tuple[Choice, ...]) -> FieldError:
    codes = tuple(choice.code for choice in near[:8])
    if not near:
        return FieldError(
            "place",
            "unknown_place",
            f"Lieu « {text[:80]} » inconnu : écrivez une commune, un code postal ou un département.",
        )
    listed = ", ".join(choice.label for choice in near[:4])
    message = f"Lieu « {text[:80]} » ambigu : lequel ? {listed}{'…' if len(near) > 4 else '.'}"
    return FieldError("place", "ambiguous_place", message, codes, codes[0])

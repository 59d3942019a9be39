"""Counts the open sites of inclusive kinds of a place, whatever their trade: by seat, by reach, and those whose trade is unknown.
The study of a lot and the depth map count them with the same operators, so that they agree.

When a zone is not published, Vivier assumes a circle around the seat. This lets a structure count and never excludes one: a
structure that sits in a place, or reaches a part of it, with an assumed zone is to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from vivier.french import number, plural
from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import kinds_answering
from vivier.search.conditions import Conditions
from vivier.search.filters import holding
from vivier.search.operators import EVERY, AnyOf, Exists, Not, Operator, Same, Search, Terms, conjunction
from vivier.search.snapshot import Snapshot
from vivier.suppliers.reach import reach, served
from vivier.suppliers.unlisted import unlisted, where
from vivier.territory import Gazetteer, Territory

ASSUMED: Final = Terms("zone_basis", ("inferred", "inferred_departement"))
OPEN: Final = Not(Terms("closed", ("yes",)))
INCLUSIVE: Final = conjunction(Same("agreements", (Exists("kind"),)), OPEN)
"""Open sites of an inclusive kind, even with an agreement that ended: a buyer may contact them."""


@cache
def reserving_kinds() -> tuple[str, ...]:
    """Kinds that meet at least one reservation article."""
    return tuple(dict.fromkeys(kind for article in ARTICLE_NAMES for kind in kinds_answering(article)))


@dataclass(frozen=True)
class Presence:
    """Numbers of sites of inclusive kinds. ``seated``: with their seat in the place; ``reaching``: that reach at least a part of it
    (the seated ones included); ``silent``: of a kind that meets an article, whose trade no source gives, and that cover the place
    or might; ``unlisted``: in French, the départements of the place of which the lists read have nobody (« dans le Nord »), where none is
    unknown; empty otherwise."""

    seated: int = 0
    reaching: int = 0
    silent: int = 0
    unlisted: str = ""

    @property
    def nobody_listed(self) -> bool:
        """Whether the lists read have nobody in the place itself, because of a gap of theirs. A région of which they lack some départements
        only has structures to speak of."""
        return bool(self.unlisted) and not self.seated


def presence(
    territories: tuple[Territory, ...],
    day: date,
    snapshot: Snapshot,
    gazetteer: Gazetteer,
) -> Presence:
    """The presence on some territories, read as alternatives."""
    reaching = Conditions({}, day.isoformat(), served=served(territories, "seat", gazetteer)).where()
    questions = (
        ("seated", conjunction(INCLUSIVE, Terms("seat", tuple(territory.id for territory in territories)))),
        ("reaching", conjunction(INCLUSIVE, reaching)),
        ("silent", conjunction(silent(day), Same("offers", (covers_or_might(territories, gazetteer),)))),
    )
    found = snapshot.suppliers.search(Search(where=EVERY, counts=questions, limit=0, sort=()))
    missing = unlisted(territories, snapshot.suppliers.generation, gazetteer)
    return Presence(**found.counts, unlisted=where(missing) if missing else "")


def silent(day: date) -> Operator:
    """Matches open sites of a kind that meets an article on a day, and whose trade no source gives."""
    return conjunction(
        untold(day), Same("agreements", (holding(day.isoformat(), Terms("kind", reserving_kinds())),)), OPEN
    )


def labelled(codes: tuple[str, ...], day: date) -> Operator:
    """Matches open sites that hold one of some labels on a day."""
    return conjunction(Same("labels", (holding(day.isoformat(), Terms("code", codes)),)), OPEN)


def untold(day: date) -> Operator:
    """Matches sites without an offer that is in force on a day and names a trade."""
    return Not(Same("offers", (holding(day.isoformat(), Exists("trade")),)))


def anywhere(territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Operator:
    """Matches an offer whose zone covers at least half of the people of the place."""
    return AnyOf((reach("full", territories, gazetteer), reach("wide", territories, gazetteer)))


def covers_or_might(territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Operator:
    """Matches an offer whose zone covers half of the people of the place, or whose zone is assumed and has its seat there or
    reaches a part of it."""
    ids = tuple(territory.id for territory in territories)
    part = AnyOf((reach("partial", territories, gazetteer), Terms("seat", ids)))
    return AnyOf((anywhere(territories, gazetteer), conjunction(ASSUMED, part)))


def here(found: Presence) -> str:
    """« 69 sites ont leur siège ici, 103 en couvrent au moins une partie », « aucun site n'a son siège ici (nos listes n'en ont aucun dans le
    Nord : c'est leur manque), 4 en couvrent au moins une partie »."""
    verb = "en couvrent" if found.reaching > 1 else "en couvre"
    covering = (
        f"{number(found.reaching)} {verb} au moins une partie" if found.reaching else "aucun n'en couvre une partie"
    )
    if found.unlisted:
        return f"{seats(found.seated)} (nos listes n'en ont aucun {found.unlisted} : c'est leur manque), {covering}"
    return f"{seats(found.seated)}, {covering}"


def seats(count: int) -> str:
    """« 69 sites ont leur siège ici »."""
    return (
        f"{plural(count, 'site')} {'ont leur' if count > 1 else 'a son'} siège ici"
        if count
        else "aucun site n'a son siège ici"
    )

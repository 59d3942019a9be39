"""Who is on a place, whatever its trade: open sites of inclusive kinds, by where they sit, what they reach and what nobody tells
of them. The study of a lot and the map of depth count them by the same conditions, so that they agree.

A zone that nobody published is a circle we assume around a seat. It lets a structure count; it never sends one away: who sits in
a place or reaches a part of it with such a zone is to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from vivier.engine.snapshot import Snapshot
from vivier.french import number, plural
from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import kinds_answering
from vivier.search.conditions import Conditions
from vivier.search.filters import holding
from vivier.search.operators import EVERY, AnyOf, Exists, Not, Operator, Same, Search, Terms, conjunction
from vivier.suppliers.reach import reach, served
from vivier.territory import Gazetteer, Territory

DECLARED: Final = Terms("zone_basis", ("code", "radius", "country"))
ASSUMED: Final = Terms("zone_basis", ("inferred", "inferred_departement"))
OPEN: Final = Not(Terms("closed", ("yes",)))
INCLUSIVE: Final = conjunction(Same("agreements", (Exists("kind"),)), OPEN)
"""Open sites that hold an inclusive kind, even one that ended: somebody whom a buyer may ask."""


@cache
def reserving_kinds() -> tuple[str, ...]:
    """Kinds that answer some reservation article."""
    return tuple(dict.fromkeys(kind for article in ARTICLE_NAMES for kind in kinds_answering(article)))


@dataclass(frozen=True)
class Presence:
    """Sites of inclusive kinds: ``seated`` in the place, ``reaching`` at least a part of it (the seated included), and of those of
    a kind that answers an article, ``silent`` ones, whose trade no source tells and which cover the place or might."""

    seated: int = 0
    reaching: int = 0
    silent: int = 0


def presence(
    territories: tuple[Territory, ...],
    day: date,
    snapshot: Snapshot,
    gazetteer: Gazetteer,
) -> Presence:
    """The presence on some territories, read as alternatives."""
    reaching = Conditions({}, day.isoformat(), served=served(territories, None, gazetteer)).where()
    questions = (
        ("seated", conjunction(INCLUSIVE, Terms("seat", tuple(one.id for one in territories)))),
        ("reaching", conjunction(INCLUSIVE, reaching)),
        ("silent", conjunction(silent(day), Same("offers", (covers_or_might(territories, gazetteer),)))),
    )
    found = snapshot.suppliers.search(Search(where=EVERY, counts=questions, limit=0, sort=()))
    return Presence(**found.counts)


def silent(day: date) -> Operator:
    """Open sites of a kind that answers an article on a day and whose trade no source tells."""
    return conjunction(
        untold(day), Same("agreements", (holding(day.isoformat(), Terms("kind", reserving_kinds())),)), OPEN
    )


def untold(day: date) -> Operator:
    """No offer that holds on a day tells a trade."""
    return Not(Same("offers", (holding(day.isoformat(), Exists("trade")),)))


def anywhere(territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Operator:
    """An offer reaches the place for at least half of its people."""
    return AnyOf((reach("full", territories, gazetteer), reach("wide", territories, gazetteer)))


def covers_or_might(territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Operator:
    """An offer reaches half of the people of the place; or its zone is assumed, and sits there or reaches a part."""
    ids = tuple(one.id for one in territories)
    part = AnyOf((reach("partial", territories, gazetteer), Terms("seat", ids)))
    return AnyOf((anywhere(territories, gazetteer), conjunction(ASSUMED, part)))


def here(found: Presence) -> str:
    """« 69 sites ont leur siège ici, 103 en couvrent au moins une partie »."""
    verb = "couvrent" if found.reaching > 1 else "couvre"
    return f"{seats(found.seated)}, {number(found.reaching)} en {verb} au moins une partie"


def seats(count: int) -> str:
    """« 69 sites ont leur siège ici »."""
    return (
        f"{plural(count, 'site')} {'ont leur' if count > 1 else 'a son'} siège ici"
        if count
        else "aucun site n'a son siège ici"
    )

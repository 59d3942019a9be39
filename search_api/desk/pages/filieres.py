"""Prepares the page of the depth of a trade: a map without map tiles, a drawing of supply and demand, and the figures behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from search_api.pages.state import RESULTS
from search_api.pages.territory_map import Drawing, Mark, Tint, territory_map
from vivier.desk.facts.depth_read import depth_articles
from vivier.desk.method.depth import Depth
from vivier.desk.method.depth_classes import LEVELS, LIKELY, QUADRANTS, SHOWN
from vivier.desk.method.depth_rows import LEAST_TERRITORIES
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.french import NO_BREAK, compact, enumerated, number, percent, plural
from vivier.law.labels import LABELS
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.search.query_url import quoted, url_of
from vivier.suppliers.query import SupplierQuery
from vivier.territory import Gazetteer

_NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "inclusive": ("structure", "structures"),
    "environmental": ("titulaire d’un label environnemental", "titulaires d’un label environnemental"),
}
_MOST_NAMED: Final = 3
"""Labels named in a sentence."""
PER_STRUCTURE: Final = 2.0
"""Radius of the dot of one structure, in units of the drawing."""
PER_EURO: Final = 0.008
"""Radius of the ring of one euro a year: a million makes 8."""
RANKS: Final[Mapping[str, int]] = {**{level: rank for rank, level in enumerate(LEVELS)}, "unlisted": 7, "to_ask": 8}
"""The colours of the style sheet (``.depth-0``…): the darker the deeper; apart, what is to be asked and what the lists leave out."""


def drawing(found: DepthMap, gazetteer: Gazetteer) -> Drawing | None:
    """The drawing of the rows, each territory a link to the sheets of those it counts; ``None`` when none has a contour."""
    every = sheets_url(found)
    return territory_map([_tint(row, every, found.labels is not None) for row in found.rows], gazetteer)


def sheets_url(found: DepthMap) -> str:
    """The search for the sheets that a map counts in the country, those to check included; :func:`_within` narrows it to a territory."""
    query = found.query
    whom = {"article": depth_articles()} if found.labels is None else {"label": found.labels}
    day = query.as_of if query.is_dated else None
    return url_of(RESULTS, SupplierQuery(trade=query.trades, as_of=day, **whom))


def _within(every: str, territory: str) -> str:
    return f"{every}&territory={quoted(territory)}&coverage=wide"


def _tint(row: DepthRow, every: str, labelled: bool) -> Tint:
    depth = row.depth
    return Tint(
        row.territory,
        RANKS[depth.shown],
        depth.doubtful or depth.shown not in LEVELS,
        f"{row.territory.name} : {depth.level}, {_counted(depth, labelled)}",
        _figure(depth),
        _within(every, row.territory.id),
        mark_of(depth),
    )


def mark_of(depth: Depth) -> Mark:
    """The circles of a territory. Their areas are proportional, by a scale that is the same for every trade: two maps look alike only when
    their numbers are alike."""
    annual = None if depth.demand is None else depth.demand.annual
    probable = depth.count + depth.around.to_check + round(depth.around.expected[1])
    return Mark(
        round(PER_STRUCTURE * math.sqrt(depth.count), 2),
        round(PER_STRUCTURE * math.sqrt(probable), 2) if probable > depth.count else 0.0,
        round(PER_EURO * math.sqrt(annual), 2) if annual else 0.0,
    )


def _counted(depth: Depth, labelled: bool) -> str:
    """« 12 structures (14 fiches) », « aucune comptée, 9 à l’agrément à vérifier et 18 à 26 probables »."""
    around = depth.around
    if depth.count or depth.shown in LEVELS:
        counted = plural(depth.count, "titulaire" if labelled else "structure")
        return counted if around.sheets == depth.count else f"{counted} ({plural(around.sheets, 'fiche')})"
    parts = [f"{number(around.to_check)} à l’agrément à vérifier"] if around.to_check else []
    if around.probable != "0":
        parts.append(f"{around.probable} probable{'' if around.probable == '1' else 's'}")
    return f"aucune comptée{', ' if parts else ''}{' et '.join(parts)}"


def _figure(depth: Depth) -> str:
    """What is written on a territory: the structures counted, else about how many are to be asked."""
    if depth.count or not depth.to_ask:
        return "?" if depth.shown == "unlisted" else number(depth.count)
    return f"≈{NO_BREAK}{number(depth.to_ask)}"


SQUARE: Final = 420.0
_EDGE: Final = 34.0
_THOUSAND: Final = 1_000.0
"""Amounts under a thousand euros a year stand together at the foot."""
_NAMED: Final = 6
"""Territories named in each quarter, those that buy most first."""


@dataclass(frozen=True)
class Dot:
    """A territory between supply and demand."""

    x: float
    y: float
    quadrant: str
    title: str


@dataclass(frozen=True)
class Quarter:
    """One quarter of the drawing: its name, how many territories it has, and the first of them with the address of their suppliers."""

    code: str
    name: str
    count: int
    first: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Square:
    """Supply across, as the chance of two offers, and demand upwards. ``x``, ``y``: from where each is « en place » (docs/methods.md (c));
    ``left_out``: territories whose demand is unknown."""

    dots: tuple[Dot, ...]
    quarters: tuple[Quarter, ...]
    x: float
    y: float
    chance: str
    demand: str
    left_out: int
    size = SQUARE


def square(found: DepthMap) -> Square | None:
    """The territories between supply and demand; ``None`` when too few have a quadrant."""
    known = [row for row in found.rows if row.depth.demand is not None and row.depth.demand.annual is not None]
    placed = [row for row in known if row.depth.quadrant is not None]
    if len(placed) < LEAST_TERRITORIES:
        return None
    demand = max(median(map(_annual, known)), value("depth_annual"))
    upwards = _Scale(max(*map(_annual, known), demand))
    dots = tuple(
        Dot(
            _across(row.depth.central.low.two),
            round(SQUARE - upwards.at(_annual(row)), 1),
            str(row.depth.quadrant),
            f"{row.territory.name} : {plural(row.depth.count, 'structure')}, {compact(_annual(row))} d’achats par an",
        )
        for row in placed
    )
    return Square(
        dots=dots,
        quarters=tuple(_quarters(placed, sheets_url(found))),
        x=_across(LIKELY),
        y=round(SQUARE - upwards.at(demand), 1),
        chance=percent(LIKELY),
        demand=compact(demand),
        left_out=len(found.rows) - len(known),
    )


def _across(chance: float) -> float:
    """The position of a chance, within the edges."""
    return round(_EDGE + chance * (SQUARE - 2 * _EDGE), 1)


class _Scale:
    """Positions of amounts from 0 to the largest, by their logarithm: a few territories would else push all others in a corner."""

    def __init__(self, most: float) -> None:
        self._most = math.log1p(most / _THOUSAND) or 1.0

    def at(self, figure: float) -> float:
        """The distance of an amount from the corner, within the edges."""
        return round(_EDGE + math.log1p(figure / _THOUSAND) / self._most * (SQUARE - 2 * _EDGE), 1)


def _annual(row: DepthRow) -> float:
    demand = row.depth.demand
    return 0.0 if demand is None or demand.annual is None else demand.annual


def _quarters(rows: Sequence[DepthRow], every: str) -> Iterator[Quarter]:
    for code, name in QUADRANTS.items():
        own = sorted((row for row in rows if row.depth.quadrant == code), key=lambda row: -_annual(row))
        first = ((row.territory.name, _within(every, row.territory.id)) for row in own[:_NAMED])
        yield Quarter(code, name, len(own), tuple(first))


def sentence(found: DepthMap) -> str:
    """« 62 structures en France pour ce métier (12 de plus à l’agrément à vérifier) ; 18 territoires n’en ont aucune, 9 une seule. », and how many
    territories the lists leave out."""
    if found.labels is not None:
        return _counted_in(found) if found.country.count else _no_holder(found)
    counted = _counted_in(found) if found.country.count else _nobody(found)
    gaps = sum(row.depth.around.unlisted for row in found.rows)
    if not gaps:
        return counted
    of = f"{number(gaps)} territoire{'s' if gaps > 1 else ''} sur {number(len(found.rows))}"
    return f"{counted} Nos listes n’ont aucune structure, de quelque métier que ce soit, dans {of} : c’est leur manque, pas une absence."


def _counted_in(found: DepthMap) -> str:
    doubtful = found.country.around.to_check
    more = f" ({number(doubtful)} de plus à l’agrément à vérifier)" if doubtful else ""
    structures = plural(found.country.count, *_NOUNS[found.query.offer])
    of_trade = "pour ce métier" if len(found.query.trades) == 1 else "pour ces métiers"
    none = sum(row.depth.count == 0 for row in found.rows)
    single = sum(row.depth.count == 1 for row in found.rows)
    of = plural(len(found.rows), "territoire")
    if not none and not single:
        return f"{structures} en France {of_trade}{more} ; chacun des {of} en a au moins deux."
    if none == len(found.rows) > 1:
        return f"{structures} en France {of_trade}{more} ; aucun des {of} n’est couvert, même à moitié."
    e = "" if found.labels is not None else "e"
    without = f"{number(none)} sur {of} {'n’en ont' if none > 1 else 'n’en a'} aucun{e}" if none else ""
    alone = f"{number(single)} {'n’en ont' if single > 1 else 'n’en a'} qu’un{e}" if single else ""
    return f"{structures} en France {of_trade}{more} ; {', '.join(part for part in (without, alone) if part)}."


def _no_holder(found: DepthMap) -> str:
    """What is said when no holder of a label is counted: that no label bears on the trade, that no list is connected, or that the lists have nobody."""
    if not found.labels:
        return "Aucun label environnemental recensé ne porte sur ce métier : demandez des exigences mesurables."
    names = enumerated([LABELS[code].name for code in found.labels[:_MOST_NAMED]], "ni")
    if all(row.depth.around.unlisted for row in found.rows):
        return f"Aucune liste connectée ne dit qui détient {names} : zéro ne veut pas dire personne."
    return f"Nos listes n’ont, pour ce métier, aucun titulaire de {names}."


def _nobody(found: DepthMap) -> str:
    """What is said when no structure is counted: who does the trade with an agreement to check, and how many of those that publish no trade
    probably do it."""
    around = found.country.around
    low, high = (round(bound) for bound in around.expected)
    sentences = ["Aucune structure n’est comptée : il y faut un métier publié et un agrément en cours."]
    if around.to_check:
        do = plural(around.to_check, "structure fait", "structures font")
        sentences.append(f"{do} ce métier, avec un agrément à vérifier : à appeler.")
    if high:
        silent = number(around.untold)
        sentences.append(
            f"Parmi les {silent} qui ne publient pas leur métier, {number(low)} à {number(high)} le font sans doute."
        )
    return " ".join(sentences)


def choices(lexicon: Lexicon) -> list[tuple[str, list[tuple[str, str]]]]:
    """Trades by group, for a list to choose from."""
    return [(group.name, [(trade.code, trade.name) for trade in group.trades]) for group in lexicon.trades.groups()]


def summary(rows: Iterable[DepthRow]) -> Iterator[tuple[str, int, int]]:
    """What is said of the territories, how many it is said of, and its colour; the classes in increasing order of depth. What is said of none is left
    out."""
    counts: dict[str, int] = dict.fromkeys(SHOWN, 0)
    for row in rows:
        counts[row.depth.shown] += 1
    yield from ((SHOWN[shown], count, RANKS[shown]) for shown, count in counts.items() if count)

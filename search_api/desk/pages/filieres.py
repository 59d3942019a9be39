"""Prepares the page of the depth of a trade: a map without map tiles, a drawing of supply and demand, and the figures behind them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from search_api.pages.state import RESULTS
from search_api.pages.territory_map import Drawing, Tint, territory_map
from vivier.desk.facts.depth_read import depth_articles
from vivier.desk.method.depth import Depth
from vivier.desk.method.depth_classes import LEVELS, LIKELY, QUADRANTS
from vivier.desk.method.depth_rows import LEAST_TERRITORIES
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.french import compact, enumerated, number, percent, plural
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
STEPS: Final = (1, 5, 10, 20)
"""The least figure of each shade of the map after the lightest, which is none (``.depth-0`` to ``.depth-4`` of the style sheet)."""
UNLISTED: Final = 7
"""The colour of a territory where the lists have nobody (``.depth-7``), always hatched: it is no supply of zero."""
FIRST: Final = 10
"""Territories listed beside the map, those of the highest figure first."""
Quantity = Literal["count", "to_call"]
"""What a map writes on its territories: the structures counted, or those with whoever is to be asked."""
QUANTITIES: Final[Mapping[Quantity, str]] = {
    "count": "font ce métier",
    "to_call": "font ce métier, ou le font sans doute",
}


@dataclass(frozen=True)
class Line:
    """One territory beside the map: how many do the trade, or a part of it alone, about how many more are to be asked, and the address of their sheets."""

    name: str
    url: str
    count: int
    in_part: int
    to_ask: int


def quantity_of(found: DepthMap) -> Quantity:
    """What the map of ``found`` shows: those counted where half of the territories have one, else a map of them would be blank."""
    counted = sum(bool(row.depth.count) for row in found.rows)
    is_known = 2 * counted >= len(found.rows) or not any(row.depth.to_ask for row in found.rows)
    return "count" if is_known else "to_call"


def drawing(found: DepthMap, gazetteer: Gazetteer) -> Drawing | None:
    """The drawing of the rows, each territory a link to the sheets of those it counts; ``None`` when none has a contour."""
    every, quantity = sheets_url(found), quantity_of(found)
    return territory_map([_tint(row, every, quantity, found.labels is not None) for row in found.rows], gazetteer)


def first_lines(found: DepthMap) -> list[Line]:
    """The territories of the highest figure, then by name; those of none are left out."""
    every, quantity = sheets_url(found), quantity_of(found)
    own = [row for row in found.rows if _figure(row.depth, quantity)]
    own.sort(key=lambda row: (-_figure(row.depth, quantity), row.territory.name))
    return [
        Line(row.territory.name, _within(every, row.territory.id), row.depth.count, row.depth.in_part, row.depth.to_ask)
        for row in own[:FIRST]
    ]


def legend(map_: Drawing | None) -> Iterator[tuple[str, int]]:
    """The shades that the map has, each with what it says, from the darkest on."""
    groups = () if map_ is None else (map_.shapes, *(inset.shapes for inset in map_.insets))
    used = {shape.rank for shapes in groups for shape in shapes}
    for rank in range(len(STEPS), 0, -1):
        least, most = STEPS[rank - 1], None if rank == len(STEPS) else STEPS[rank] - 1
        if rank in used:
            yield f"{least} et plus" if most is None else f"{least} à {most}", rank
    if 0 in used:
        yield "aucune connue", 0
    if UNLISTED in used:
        yield "hors de nos listes", UNLISTED


def sheets_url(found: DepthMap) -> str:
    """The search for the sheets that a map counts in the country, those to check included; :func:`_within` narrows it to a territory."""
    query = found.query
    whom = {"article": depth_articles()} if found.labels is None else {"label": found.labels}
    day = query.as_of if query.is_dated else None
    return url_of(RESULTS, SupplierQuery(trade=query.trades, as_of=day, **whom))


def _within(every: str, territory: str) -> str:
    return f"{every}&territory={quoted(territory)}&coverage=wide"


def _figure(depth: Depth, quantity: Quantity) -> int:
    return depth.count if quantity == "count" else depth.count + depth.to_ask


def _rank(depth: Depth, quantity: Quantity) -> int:
    figure = _figure(depth, quantity)
    return UNLISTED if depth.around.unlisted and not figure else bisect_right(STEPS, figure)


def _tint(row: DepthRow, every: str, quantity: Quantity, labelled: bool) -> Tint:
    figure, rank = _figure(row.depth, quantity), _rank(row.depth, quantity)
    return Tint(
        row.territory,
        rank,
        rank == UNLISTED,
        f"{row.territory.name} : {row.depth.level}, {_counted(row.depth, labelled)}",
        number(figure) if figure else "",
        _within(every, row.territory.id),
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
    return f"{counted} Nos listes n’ont personne dans {of} : c’est leur manque, pas une absence."


def _counted_in(found: DepthMap) -> str:
    doubtful = found.country.around.to_check
    more = f" ({number(doubtful)} de plus à l’agrément à vérifier)" if doubtful else ""
    structures, part = plural(found.country.count, *_NOUNS[found.query.offer]), found.country.in_part
    of_trade = "pour ce métier" if len(found.query.trades) == 1 else "pour ces métiers"
    if part:
        of_trade += f", dont {number(part)} pour une partie seulement"
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
    sentences = ["Aucune structure connue ne publie ce métier avec un agrément en cours."]
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

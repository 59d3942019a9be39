"""Depth of a trade over many territories at once: structures read once, then a few questions by reach code, never one search a
territory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.desk.candidates import known_trades, places
from vivier.desk.depth import Depth, depth, with_quadrants
from vivier.desk.depth_read import ARTICLES, TradeIndex
from vivier.desk.offers import annual
from vivier.engine.port import Engine
from vivier.errors import FieldError, InvalidRequest
from vivier.law import chosen
from vivier.lexicon import Lexicon
from vivier.territory import Territory
from vivier.territory.model import FRANCE

By = Literal["departement", "region", "epci"]
LEVEL_NAMES: Final[dict[By, str]] = {
    "departement": "Départements",
    "region": "Régions",
    "epci": "Intercommunalités",
}
MOST_LISTED: Final = 50


@dataclass(frozen=True)
class DepthAsked:
    """Trades taken together, and either every territory of a level (``within`` some, if given) or those listed. ``amount``
    (euros HT over ``months``): a lot its structures must bear."""

    trades: tuple[str, ...]
    as_of: date
    by: By = "departement"
    within: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    amount: float | None = None
    months: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class DepthRow:
    """One territory."""

    territory: Territory
    depth: Depth


@dataclass(frozen=True)
class DepthMap:
    """Rows in the order of the territories, and the whole country counted by itself: zones overlap, it is not their sum."""

    asked: DepthAsked
    share: float
    rows: tuple[DepthRow, ...]
    country: Depth
    contracts_indexed: bool


def depth_map(asked: DepthAsked, engine: Engine, lexicon: Lexicon, generation: str | None = None) -> DepthMap:
    """Depth in every territory asked. Raises ``InvalidRequest``, ``NotFound`` when nothing is indexed."""
    share = chosen("capacity_share", asked.share, "share")
    reference = _reference(asked)
    index = TradeIndex(engine, known_trades(asked.trades, lexicon), asked.as_of, generation)
    gazetteer = lexicon.gazetteer
    territories = tuple(territories_of(asked, lexicon))
    reached, won = index.reached(territories, gazetteer), index.won()
    bought = index.demand((*territories, gazetteer.get(FRANCE)))
    rows = []
    for one in territories:
        members = index.members(reached.covering[one.id], reached.declared[one.id], won)
        inside = {member.unit for member in members}
        partly = index.units(reached.partly[one.id]) - inside
        seated = index.units(reached.seated[one.id]) - inside - partly
        demand = None if bought is None else bought[one.id]
        counts = {"partly": len(partly), "seated": len(seated)}
        rows.append(depth(members, ARTICLES, share, reference=reference, demand=demand, **counts))
    every = index.members(index.sites, index.declared, won)
    country = depth(every, ARTICLES, share, reference=reference, demand=None if bought is None else bought[FRANCE])
    found = zip(territories, with_quadrants(rows), strict=True)
    return DepthMap(asked, share, tuple(DepthRow(*pair) for pair in found), country, bought is not None)


def territories_of(asked: DepthAsked, lexicon: Lexicon) -> Iterator[Territory]:
    """The territories of the rows. Raises ``InvalidRequest``: unknown, too small or too many."""
    gazetteer = lexicon.gazetteer
    if asked.territories:
        yield from _listed(asked, lexicon)
        return
    holders = {one.id for one in places(asked.within, lexicon)} if asked.within else {FRANCE}
    for code in gazetteer.names[asked.by]:
        one = gazetteer.get(f"{asked.by}:{code}")
        if not holders.isdisjoint((one.id, *one.parents)):
            yield one


def _listed(asked: DepthAsked, lexicon: Lexicon) -> Iterator[Territory]:
    found = places(asked.territories, lexicon)
    small = [one.id for one in found if one.kind not in LEVEL_NAMES]
    if small or len(found) > MOST_LISTED:
        message = f"« territory » : des départements, régions ou EPCI, {MOST_LISTED} au plus" + (
            f" (reçu : {small[0]})." if small else f" (reçus : {len(found)})."
        )
        raise InvalidRequest((FieldError("territory", "out_of_range", message),))
    yield from found


def _reference(asked: DepthAsked) -> float | None:
    if asked.amount is None:
        return None
    if not (math.isfinite(asked.amount) and asked.amount >= 0):
        message = f"« amount » doit être un montant HT positif ou nul (reçu : {asked.amount:g})."
        raise InvalidRequest((FieldError("amount", "out_of_range", message),))
    return annual(asked.amount, asked.months)

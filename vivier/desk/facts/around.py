"""Finds the sites that would cover a territory if zones reached some kilometres further (``wider_km``, 20), for a variation of a
study."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import TypeAdapter

from vivier.arrays import Mask, mask_of
from vivier.desk.facts.candidates import Sites, SupplyAsked, known_trades, places
from vivier.desk.facts.presence import anywhere
from vivier.desk.method.candidate import Candidate
from vivier.law.kinds import default_zone_km
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.model import Address, RadiusZone, TerritoriesZone, UndeclaredZone, Zone
from vivier.model.views import SupplierView
from vivier.search.filters import holding
from vivier.search.operators import AnyOf, Near, Not, Operator, Part, Same, Search, Sort, Terms, Tier, conjunction
from vivier.search.snapshot import Snapshot
from vivier.territory import Gazetteer, Territory, load_gazetteer
from vivier.territory.covers import WIDE
from vivier.territory.reach import load_reach_index
from vivier.territory.sphere import EARTH_KM, great_circle_km
from vivier.validity import holds_on

_REACH_KM: Final = 120.0
"""Sites whose seat is further than this from the edge of the territory are not read: zones by radius seldom go so far."""
_ZONE: TypeAdapter[Zone] = TypeAdapter(Zone)


def around(
    query: SupplyAsked, snapshot: Snapshot, lexicon: Lexicon, sites: Sites | None = None
) -> tuple[Candidate, ...]:
    """Sites of the trades that do not cover half of the territory, and would cover it with zones 20 km larger. ``sites``: those already
    read on the date of the query.

    Circles grow by ``wider_km`` (20). Listed territories grow by the communes whose point is within 20 km of one of theirs.
    """
    territories = places(query.territories, lexicon)
    trade = holding(query.as_of.isoformat(), Terms("trade", known_trades(query.trades, lexicon)))
    nearby = tuple(_near(territory, lexicon.gazetteer) for territory in territories)
    where = conjunction(
        Same("offers", (trade,)),
        Not(Same("offers", (trade, anywhere(territories, lexicon.gazetteer)))),
        AnyOf(tuple(near for near in nearby if near is not None)),
    )
    parts = (Part("in_trade", (Tier(Same("offers", (trade,)), 1),)),)
    hits = snapshot.suppliers.stream(Search(where=where, parts=parts, sort=(Sort("name_sort"),)))
    wanted = {code for code in lexicon.trade_names if _is_wanted(code, query.trades, lexicon)}
    read = (sites or Sites.of(snapshot, query.as_of)).candidate
    return tuple(
        read(hit).but(zone="wide") for hit in hits if _would_cover(hit.record, wanted, territories, query.as_of)
    )


def _is_wanted(code: str, trades: tuple[str, ...], lexicon: Lexicon) -> bool:
    return code in trades or any(broader.code in trades for broader in lexicon.trades.ancestors(code))


def _near(territory: Territory, gazetteer: Gazetteer) -> Operator | None:
    """Matches seats within 120 km of the edge of the territory: the circle around its reference point that contains it, enlarged."""
    point = gazetteer.reference_point(territory.id)
    if point is None:
        return None
    communes = gazetteer.communes
    rows = gazetteer.leaves(territory.id)
    away = great_circle_km(*point, communes.lon[rows], communes.lat[rows])
    return Near("location", *point, float(np.nanmax(away, initial=0.0)) + _REACH_KM)


def _would_cover(record: SupplierView, wanted: set[str], territories: tuple[Territory, ...], as_of: date) -> bool:
    every = (fact["value"] for fact in record.get("offers", ()))
    offers = [offer for offer in every if offer.get("trade") in wanted and holds_on(offer, as_of)]
    zones = {_ZONE.validate_python(offer["zone"]) if "zone" in offer else UndeclaredZone() for offer in offers}
    address = Address.model_validate(record.get("address", {}).get("value", {}))
    assumed = default_zone_km(fact["value"]["kind"] for fact in record.get("agreements", ()))
    return any(_covers_more(zone, address, assumed, territory.id) for zone in zones for territory in territories)


def _covers_more(zone: Zone, address: Address, assumed: float, territory: str) -> bool:
    match zone:
        case RadiusZone(km=km):
            return _reaches(zone.model_copy(update={"km": km + value("wider_km")}), address, territory)
        case UndeclaredZone():
            return _reaches(RadiusZone(km=assumed + value("wider_km")), address, territory)
        case TerritoriesZone(territories=listed):
            return _stretched(listed, territory) >= WIDE
        case _:
            return False


def _reaches(zone: Zone, address: Address, territory: str) -> bool:
    """Whether a circle covers half of the people of the territory, computed as the index does, for that territory alone."""
    covers = load_reach_index().covers
    place = _people(territory)
    covered = covers.kappa(covers.cover(covers.claim(zone, address, 0.0)), place[0])
    return float((covered * place[1]).sum() / place[1].sum()) >= WIDE


@lru_cache(maxsize=256)
def _people(territory: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    rows = load_gazetteer().leaves(territory)
    return rows, load_gazetteer().communes.weight[rows]


@lru_cache(maxsize=8192)
def _stretched(listed: tuple[str, ...], territory: str) -> float:
    """Share of the people of a territory who live in the listed territories, or within 20 km of one of their communes."""
    gazetteer, place = load_gazetteer(), _place(territory)
    rows = np.concatenate([gazetteer.leaves(id_) for id_ in listed])
    if not place.reached[rows].any():
        return 0.0
    zone = mask_of(len(gazetteer.communes), rows)
    close = np.bincount(place.owner[zone[place.near]], minlength=len(place.rows)) > 0
    covered = zone[place.rows] | close
    return float((covered * place.weight).sum() / place.weight.sum())


@dataclass(frozen=True)
class _Place:
    """The communes of a territory, their people, the communes within 20 km of each, as pairs, and which communes are in it or as near."""

    rows: npt.NDArray[np.intp]
    weight: npt.NDArray[np.float64]
    owner: npt.NDArray[np.intp]
    near: npt.NDArray[np.intp]
    reached: Mask


@lru_cache(maxsize=256)
def _place(territory: str) -> _Place:
    communes = load_gazetteer().communes
    rows, further = load_gazetteer().leaves(territory), value("wider_km")
    lon, lat = communes.lon[rows], communes.lat[rows]
    down = np.degrees(further / EARTH_KM)
    across = down / np.cos(np.radians(lat))
    owner, near = _points().query(shapely.box(lon - across, lat - down, lon + across, lat + down))
    close = great_circle_km(lon[owner], lat[owner], communes.lon[near], communes.lat[near]) <= further
    reached = mask_of(len(communes), np.concatenate([rows, near[close]]))
    return _Place(rows, communes.weight[rows], owner[close], near[close], reached)


@lru_cache(maxsize=1)
def _points() -> shapely.STRtree:
    """The reference points of all communes. A commune without one has an empty point, which no query returns."""
    communes = load_gazetteer().communes
    return shapely.STRtree(list(shapely.points(communes.lon, communes.lat)))  # type: ignore[arg-type]

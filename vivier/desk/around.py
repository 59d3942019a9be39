"""Who would cover a territory if zones reached some kilometres further: the « +20 km » of a feasibility study."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter

from vivier.desk.candidates import SupplyAsked, anywhere, candidate, known_trades, places
from vivier.desk.supply import Candidate
from vivier.engine.port import Engine
from vivier.lexicon import Lexicon
from vivier.model import Address, RadiusZone, TerritoriesZone, UndeclaredZone, Zone
from vivier.operators import AnyOf, Near, Not, Operator, Part, Same, Search, Sort, Terms, Tier, conjunction
from vivier.territory import Gazetteer, Territory, load_gazetteer
from vivier.territory.covers import WIDE
from vivier.territory.reach import load_reach_index
from vivier.vocabulary import default_zone_km

KILOMETRES: Final = 20.0
_REACH_KM: Final = 120.0
"""A seat further than this from the edge of the territory is not looked at: zones by radius seldom go so far."""
_EARTH_KM: Final = 6371.0088
_ZONE: TypeAdapter[Zone] = TypeAdapter(Zone)


def around(
    asked: SupplyAsked, engine: Engine, lexicon: Lexicon, generation: str | None = None
) -> tuple[Candidate, ...]:
    """Sites of the trades that do not cover half of the territory, and would with zones 20 km larger.

    Circles grow by 20 km; listed territories take in the communes whose point lies within 20 km of one of theirs.
    """
    territories = places(asked.territories, lexicon)
    trade = Terms("trade", known_trades(asked.trades, lexicon))
    nearby = tuple(_near(one, lexicon.gazetteer) for one in territories)
    where = conjunction(
        Same("offers", (trade,)),
        Not(Same("offers", (trade, anywhere(territories, lexicon.gazetteer)))),
        AnyOf(tuple(one for one in nearby if one is not None)),
    )
    parts = (Part("in_trade", (Tier(Same("offers", (trade,)), 1),)),)
    hits = engine.stream("suppliers", Search(where=where, parts=parts, sort=(Sort("name_sort"),)), generation)
    wanted = {code for code in lexicon.trade_names if _is_wanted(code, asked.trades, lexicon)}
    return tuple(
        replace(candidate(hit, asked.as_of), zone="wide")
        for hit in hits
        if _would_cover(hit.record, wanted, territories)
    )


def _is_wanted(code: str, trades: tuple[str, ...], lexicon: Lexicon) -> bool:
    return code in trades or any(broader.code in trades for broader in lexicon.trades.ancestors(code))


def _near(territory: Territory, gazetteer: Gazetteer) -> Operator | None:
    """Seats within 120 km of the edge, by the circle around the reference point that holds the territory."""
    point = gazetteer.reference_point(territory.id)
    if point is None:
        return None
    communes = gazetteer.communes
    rows = gazetteer.leaves(territory.id)
    rows = rows[communes.has_point[rows]]
    furthest = _kilometres(_vectors(*(np.array([axis]) for axis in point)), _vectors(communes.lon[rows], communes.lat[rows]))
    return Near("location", *point, float(furthest.max(initial=0.0)) + _REACH_KM)


def _would_cover(record: dict[str, Any], wanted: set[str], territories: tuple[Territory, ...]) -> bool:
    offers = [fact["value"] for fact in record.get("offers", ()) if fact["value"].get("trade") in wanted]
    zones = {_ZONE.validate_python(offer["zone"]) if "zone" in offer else UndeclaredZone() for offer in offers}
    address = Address.model_validate(record.get("address", {}).get("value", {}))
    assumed = default_zone_km(one["value"]["kind"] for one in record.get("agreements", ()))
    return any(_covers_more(zone, address, assumed, one.id) for zone in zones for one in territories)


def _covers_more(zone: Zone, address: Address, assumed: float, territory: str) -> bool:
    match zone:
        case RadiusZone(km=km):
            return _reaches(RadiusZone(km=km + KILOMETRES), address, territory)
        case UndeclaredZone():
            return _reaches(RadiusZone(km=assumed + KILOMETRES), address, territory)
        case TerritoriesZone(territories=listed):
            return _stretched(listed, territory) >= WIDE
        case _:
            return False


def _reaches(zone: Zone, address: Address, territory: str) -> bool:
    reached = load_reach_index().reach(zone, address, 0.0)
    held = {*reached.full, *reached.wide, *reached.all}
    return not held.isdisjoint(_above(territory)) if territory.startswith(("commune", "arrond")) else territory in held


@lru_cache(maxsize=4096)
def _above(territory: str) -> tuple[str, ...]:
    return load_gazetteer().ancestors(territory)


@lru_cache(maxsize=8192)
def _stretched(listed: tuple[str, ...], territory: str) -> float:
    """Share of the people of a territory who live within 20 km of a commune of the listed territories."""
    gazetteer = load_gazetteer()
    communes = gazetteer.communes
    inside = gazetteer.leaves(territory)
    rows = np.unique(np.concatenate([gazetteer.leaves(one) for one in listed]))
    covered = np.isin(inside, rows)
    margin = 0.35
    lon, lat = communes.lon[inside], communes.lat[inside]
    near = (np.abs(communes.lat[rows] - np.clip(communes.lat[rows], np.nanmin(lat), np.nanmax(lat))) < margin) & (
        np.abs(communes.lon[rows] - np.clip(communes.lon[rows], np.nanmin(lon), np.nanmax(lon))) < margin
    )
    if near.any():
        away = _kilometres(_vectors(lon, lat), _vectors(communes.lon[rows[near]], communes.lat[rows[near]]))
        covered |= np.nan_to_num(away, nan=np.inf).min(axis=1) <= KILOMETRES
    weight = communes.weight[inside]
    return float((covered * weight).sum() / weight.sum())


def _vectors(lon: Any, lat: Any) -> Any:
    lon, lat = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _kilometres(ones: Any, others: Any) -> Any:
    """Great-circle distances, one line a point of ``ones``."""
    return _EARTH_KM * np.arccos(np.clip(ones @ others.T, -1.0, 1.0))

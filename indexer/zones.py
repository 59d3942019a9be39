"""Reads listed zones with the territories of today: aliases and old codes are replaced, unknown codes are set aside
with an issue."""

from __future__ import annotations

from functools import lru_cache

from vivier.errors import InvalidRequest
from vivier.model import Offer, TerritoriesZone, UndeclaredZone
from vivier.territory import Gazetteer


def current_zones(offers: tuple[Offer, ...], gazetteer: Gazetteer) -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """The offers with their territories of today, and issues: ``zone_territory_unknown`` when a listed territory does not
    exist (the others are kept; with none left the zone is undeclared), ``zone_territory_replaced`` for an old code."""
    if not any(isinstance(offer.zone, TerritoriesZone) for offer in offers):
        return offers, ()
    issues: list[str] = []
    return tuple(_current(offer, gazetteer, issues) for offer in offers), tuple(dict.fromkeys(issues))


def _current(offer: Offer, gazetteer: Gazetteer, issues: list[str]) -> Offer:
    if not isinstance(offer.zone, TerritoriesZone):
        return offer
    ids: dict[str, None] = {}
    for written in offer.zone.territories:
        found, doubts = _territories(written, gazetteer)
        ids |= dict.fromkeys(found)
        issues += doubts
    if tuple(ids) == offer.zone.territories:
        return offer
    zone = TerritoriesZone(territories=tuple(ids)) if ids else UndeclaredZone()
    return offer.model_copy(update={"zone": zone})


@lru_cache(maxsize=50_000)
def _territories(written: str, gazetteer: Gazetteer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        found, notice = gazetteer.expand(written)
    except InvalidRequest:
        return (), ("zone_territory_unknown",)
    return tuple(territory.id for territory in found), ("zone_territory_replaced",) if notice else ()

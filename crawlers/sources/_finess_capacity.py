"""Places of FINESS+ activités.

Only activities in force count; of each the largest number outside any *habilitation* share; summed over the activities.
Installed (08) is used when the sum is positive, else authorised (09), else 01 — the meaning of these codes is disputed by
re-users, so the raw status stays beside the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crawlers.kit import stream_items
from crawlers.kit.values import iso_date, number, text
from vivier.model import Capacity

STATUSES = ("08", "09", "01")
"""Codes of status, in the order they are tried."""


def _code(value: object) -> str | None:
    return text(value.get("code")) if isinstance(value, Mapping) else text(value)


def in_force(activity: Mapping[str, Any], today: date) -> bool:
    """Whether an activity is in state ``A`` without an effective end before ``today``."""
    about = activity.get("caracteristiquesGeneriques")
    if not isinstance(about, Mapping):
        return False
    end = iso_date(about.get("dateFinEffectiveActivite"))
    return _code(about.get("etatObjet")) == "A" and (end is None or end >= today)


def largest(capacities: list[Any], status: str) -> float:
    """The largest number under a status, outside habilitation shares when there is one."""
    known = [item for item in capacities if isinstance(item, Mapping) and _code(item.get("statutCapacite")) == status]
    whole = [item for item in known if not item.get("habilitation")]
    return max((number(item.get("nombre")) or 0.0 for item in whole or known), default=0.0)


def places_of(activities: list[Any], today: date) -> Capacity | None:
    """The places of one site. ``None`` when they are unknown: zero and an absent value say nothing."""
    current = [a.get("capacite") or [] for a in activities if isinstance(a, Mapping) and in_force(a, today)]
    for status in STATUSES:
        total = sum(largest(capacities, status) for capacities in current if isinstance(capacities, list))
        if total > 0:
            return Capacity(value=total, unit="places", status=status)
    return None


def capacities_of(path: Path, today: date) -> Iterator[tuple[str, Capacity]]:
    """FINESS number and places of every site of an activities file whose places are known."""
    for legal in stream_items(path, "pmej.item"):
        for site in (legal.get("ege") if isinstance(legal, Mapping) else None) or []:
            activities = site.get("activitesExercees") if isinstance(site, Mapping) else None
            places = places_of(activities, today) if isinstance(activities, list) else None
            if places is not None:
                yield str(site.get("numFinessEge")), places

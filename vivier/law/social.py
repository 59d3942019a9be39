"""Which CPV are social and specific services (annex XIV of directive 2014/24/EU), and which of them the ESS may have reserved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

from mappings import read_table

Listed = Literal["yes", "to_confirm", "no"]
_DIGITS: Final = 8
RENEWABLES: Final = ("0933", "311213", "31712331", "45251120", "45251141", "45251160", "45261215")
"""Beginnings of the CPV of plants of renewable energy: solar, wind, water, geothermal."""


@lru_cache(maxsize=1)
def social_cpvs() -> Mapping[str, bool]:
    """The 115 codes of social and specific services; true for those that article 77 of the directive seems to list."""
    return {row["code"]: row["reservable_a_verifier"] == "oui" for row in read_table("cpv_social")}


@lru_cache(maxsize=1)
def _ranges() -> tuple[tuple[str, str, bool], ...]:
    """The first and last code of each range of annex XIV, and whether the ESS may have it reserved: article 77 names no hotel nor canteen."""
    return tuple((row["first"], row["last"], row["ess"] != "no") for row in read_table("cpv_social_ranges"))


@lru_cache(maxsize=1)
def _trades() -> frozenset[str]:
    """The trades that the ranges of annex XIV are read as."""
    return frozenset(trade for row in read_table("cpv_social_ranges") for trade in row["trades"].split())


def listed(cpv: str) -> Listed:
    """Whether a CPV is among the services of L2113-15: ``yes`` when it is listed, ``to_confirm`` when a broader code is listed or when it
    is another social or specific service, else ``no``."""
    return "yes" if social_cpvs().get(cpv.ljust(_DIGITS, "0")) else "to_confirm" if _within(cpv, ess=True) else "no"


def certain(cpv: str) -> bool:
    """Whether a CPV is one of the codes of social and specific services that the EU publishes, or below one."""
    return any(cpv[:length].ljust(_DIGITS, "0") in social_cpvs() for length in range(len(cpv), 1, -1))


def social(cpv: str) -> bool:
    """Whether a CPV is a social or specific service: listed, below a listed code, or within a range of the annex."""
    return _within(cpv)


def social_services(trades: Collection[str], cpvs: Sequence[str]) -> bool:
    """Whether a purchase is of social or specific services only: by its CPV codes, else by its trades."""
    return all(map(social, cpvs)) if cpvs else bool(trades) and _trades().issuperset(trades)


def _within(cpv: str, *, ess: bool = False) -> bool:
    """Whether a CPV is listed, below a listed code, or within a range. ``ess``: one that the ESS may have reserved."""
    whole = cpv.ljust(_DIGITS, "0")
    return certain(cpv) or any(first <= whole <= last and (may or not ess) for first, last, may in _ranges())

"""Codes of places and points, checked by value. Resolution to a commune is the indexer's work."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawlers.kit.projection import degrees
from crawlers.kit.row import Row
from crawlers.kit.values import number, public_text, text
from vivier.model import Address, Point
from vivier.territory.address import in_france

_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_POST_CODE = re.compile(r"\d{5}")


def point(pairs: tuple[tuple[object, object], ...], issues: list[str]) -> Point | None:
    """The first ``(lon, lat)`` pair that is a place in France, decided by value: (0, 0) is in no box.

    A pair given as (lat, lon) is turned round (issue ``coordinates_swapped``). Metres of Lambert 93 look like nothing
    else and are converted (issue ``coordinates_lambert93``); metres of UTM do not give their zone, see
    :func:`crawlers.kit.projection.degrees`. Values that make no point are an issue too (``point_invalid``).
    """
    numbers = [(number(lon), number(lat)) for lon, lat in pairs]
    known = [(lon, lat) for lon, lat in numbers if lon is not None and lat is not None]
    for lon, lat in known:
        if in_france(lon, lat):
            return Point(lon=lon, lat=lat)
    for lon, lat in known:
        if in_france(lat, lon):
            issues.append("coordinates_swapped")
            return Point(lon=lat, lat=lon)
    for lon, lat in known:
        found = from_lambert93(lon, lat)
        if found is not None:
            issues.append("coordinates_lambert93")
            return found
    if any(text(value) for pair in pairs for value in pair):
        issues.append("point_invalid")
    return None


def from_lambert93(x: float, y: float) -> Point | None:
    """The point of a Lambert 93 pair in metres, in either order; ``None`` for anything else.

    In no other projection of France does one number lie below 1,300,000 and the other between 6,000,000 and 7,200,000.
    """
    east, north = sorted((x, y))
    if not (0 < east < 1_300_000 and 6_000_000 < north < 7_200_000):
        return None
    lon, lat = degrees(east, north, "LAMBERT_93") or (0.0, 0.0)
    return Point(lon=lon, lat=lat) if in_france(lon, lat) else None


def post_code(value: object, issues: list[str], *, lost_zeros: bool = False) -> str | None:
    """Five digits; a lost leading zero is put back only for sources known to lose them."""
    written = text(value)
    if written is None:
        return None
    code = written.replace(" ", "")
    code = code.zfill(5) if lost_zeros and len(code) == 4 else code
    if _POST_CODE.fullmatch(code):
        return code
    issues.append("post_code_invalid")
    return None


def insee(value: object, issues: list[str], *, lost_zeros: bool = False) -> tuple[str | None, str | None]:
    """Commune and arrondissement out of an INSEE code: Paris, Lyon and Marseille are split in two."""
    written = text(value)
    if written is None:
        return None, None
    code = written.upper()
    code = code.zfill(5) if lost_zeros and len(code) == 4 else code
    if not _INSEE.fullmatch(code):
        issues.append("commune_code_invalid")
        return None, None
    whole = whole_city(code)
    return (whole, code) if whole else (code, None)


def address_of(
    row: Row,
    issues: list[str],
    lines: Sequence[str],
    code: str,
    town: str,
    *,
    commune: str | None = None,
    lon_lat: tuple[str, str] | None = None,
    lost_zeros: bool = False,
) -> Address:
    """The address of a row, by the names of its columns. ``commune``: that of the INSEE code; ``lost_zeros``: whether post codes and INSEE codes
    have lost theirs."""
    known = (None, None) if commune is None else insee(row.take(commune), issues, lost_zeros=lost_zeros)
    street = [public_text(row.take(name), issues) for name in lines]
    return Address(
        line=", ".join(line for line in street if line) or None,
        post_code=post_code(row.take(code), issues, lost_zeros=lost_zeros),
        town=public_text(row.take(town), issues),
        commune=known[0],
        arrondissement=known[1],
        point=None if lon_lat is None else point(((row.take(lon_lat[0]), row.take(lon_lat[1])),), issues),
    )


def whole_city(code: str) -> str | None:
    """The commune an arrondissement code belongs to (75101–75120, 69381–69389, 13201–13216), else ``None``."""
    if "75101" <= code <= "75120":
        return "75056"
    if "69381" <= code <= "69389":
        return "69123"
    return "13055" if "13201" <= code <= "13216" else None

"""Addresses and points of FINESS+ (docs/generated/sources.md, « finess »)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawlers.kit import Intake, Row
from crawlers.kit.place import insee, point, post_code
from crawlers.kit.values import public_text, text
from vivier.model import Address, Point, Precision

_GEOGRAPHIC = "03"
_COORDINATES = ("coordonneeX", "coordonneeY", "directionLongitude", "directionLatitude")


def _usage(item: Mapping[str, Any]) -> str | None:
    usage = item.get("usageAdresse")
    return text(usage.get("code")) if isinstance(usage, Mapping) else text(usage)


def chosen(items: object, issues: list[str]) -> dict[str, object]:
    """The geographic address; without one, the first that has a commune code (issue ``address_fallback``)."""
    known = [dict(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    for item in known:
        if _usage(item) == _GEOGRAPHIC:
            return item
    issues.append("address_fallback")
    return next((item for item in known if item.get("cogCommune")), {})


def precision_of(key: str | None, place: Point | None) -> Precision:
    """The precision of the point, from the BAN key: ``35238`` commune, ``35238_1234`` street, ``35238_1234_00012`` address."""
    if place is None or key is None:
        return "unknown"
    by_parts: dict[int, Precision] = {0: "commune", 1: "street"}
    return by_parts.get(key.count("_"), "address")


def _line(row: Row, issues: list[str]) -> str | None:
    # A damaged street name (« CAEERINETTE » for « Catherinette ») is kept as published: repairing it would be a guess.
    parts = [row.take(key) for key in ("numeroVoie", "typeVoie", "libelleVoie", "complementVoie", "lieuDit")]
    return public_text(" ".join(str(part) for part in parts if part), issues)


def address_of(items: object, intake: Intake, issues: list[str]) -> Address:
    """The address of a site, its point decided by value between the two published pairs."""
    row = Row(chosen(items, issues), "").watch(intake.columns, "adresse.", intake.declared)
    row.ignore(("usageAdresse", "complementPointGeographique"))
    where = row.inner("coordonneesGeographique")
    x, y, lon, lat = (where.take(key) for key in _COORDINATES)
    place = point(((x, y), (lon, lat)), issues)
    commune, arrondissement = insee(row.take("cogCommune"), issues)
    address = Address(
        line=_line(row, issues),
        post_code=post_code(row.take("codePostal"), issues),
        town=public_text(row.take("ligneAcheminement"), issues),
        commune=commune,
        arrondissement=arrondissement,
        point=place,
        precision=precision_of(text(where.take("cleInInteropBAN")), place),
    )
    where.ignore(("scoreBAN",))
    intake.unknown.update(f"adresse.{key}" for key in row.left)
    intake.unknown.update(f"adresse.coordonneesGeographique.{key}" for key in where.left)
    return address

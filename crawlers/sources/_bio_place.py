"""The address of an organic operator: where it works, else its head office, never the first of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawlers.kit import Intake, Row
from crawlers.kit.place import insee, point, post_code
from crawlers.kit.values import public_text
from vivier.identity import fold
from vivier.model import Address

_WANTED = ("LIEUX D ACTIVITE", "SIEGE SOCIAL")


def chosen(items: object) -> dict[str, object]:
    """The first active address of the best use; empty when there is none."""
    listed = [dict(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    active = [item for item in listed if item.get("active") is not False]
    for use in _WANTED:
        for item in active:
            if use in _uses(item):
                return item
    return {}


def _uses(item: Mapping[str, Any]) -> list[str]:
    uses = item.get("typeAdresseOperateurs")
    return [fold(str(use)) for use in uses] if isinstance(uses, list) else []


def address_of(items: object, intake: Intake, issues: list[str]) -> Address:
    """The chosen address. Without one, the address is empty (issue ``address_inactive``): nothing is invented."""
    found = chosen(items)
    if not found:
        issues.append("address_inactive")
        return Address()
    row = Row(found, "")
    row.ignore(("id", "active", "departementId", "typeAdresseOperateurs"))
    commune, arrondissement = insee(row.take("codeCommune"), issues)
    address = Address(
        line=public_text(row.take("lieu"), issues),
        post_code=post_code(row.take("codePostal"), issues, lost_zeros=True),
        town=public_text(row.take("ville"), issues),
        commune=commune,
        arrondissement=arrondissement,
        point=point(((row.take("long"), row.take("lat")),), issues),
    )
    intake.unknown.update(f"adressesOperateurs.{key}" for key in row.left)
    return address

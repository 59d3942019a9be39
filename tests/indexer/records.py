"""Authored records for the tests of the indexer: fictitious structures, short to write."""

from __future__ import annotations

from datetime import date

from vivier.model import Address, Agreement, Provenance, Record
from vivier.runs import Role

ACI_SIRET = "90000000100017"
SITE_SIRET = "90000000100025"
OTHER_SIRET = "91000000900019"
"""Numbers that pass the checks: two sites of one SIREN, and one site of another."""


ROLES: dict[str, Role] = {"siae": "register", "finess": "register", "emplois": "platform", "rge": "label"}
"""What the test sources may be trusted for; the others have the role of their basis."""


def provenance(source: str, *, basis: str = "", updated: date | None = None) -> Provenance:
    """The provenance of a test source; a list is declared, the others are official unless told otherwise."""
    given = basis or ("declared" if source == "list" else "official")
    return Provenance.model_validate(
        {"source_id": source, "producer": "P", "dataset": source, "licence": "L", "basis": given, "updated_at": updated}
    )


def record(
    source: str,
    key: str,
    name: str = "Atelier du Drac",
    *,
    line: str | None = "3 rue du Lac",
    commune: str | None = "38421",
    post_code: str | None = None,
    town: str | None = "Grenoble",
    kind: str | None = None,
    updated: date | None = None,
    basis: str = "",
    **more: object,
) -> Record:
    """A record in Grenoble unless told otherwise."""
    address = Address(line=line, commune=commune, post_code=post_code, town=town)
    agreements = (Agreement(kind=kind),) if kind else ()
    given = {"source_id": key, "name": name, "address": address, "agreements": agreements}
    return Record.model_validate({**given, "provenance": provenance(source, basis=basis, updated=updated), **more})

"""The pages les-emplois gives to a service with a token (``/api/v1/marche/``): flat, in English, with points."""

from __future__ import annotations

from collections.abc import Sequence

from crawlers.kit import Aside, Intake, JsonPages, Outcome, Row, Skip
from crawlers.kit.place import address_of
from crawlers.kit.values import description, identifiers, naf, public_text, reached, text, website
from vivier.model import Agreement, Record

IAE = ("EI", "AI", "ACI", "ETTI", "EITI")
"""Kinds whose agreement is in force when ``convention_is_active`` is true. For other kinds the field has no meaning."""

KINDS = (*IAE, "GEIQ", "EA", "EATT")


REACH = ("email", "phone")


def structure(
    row: Row,
    intake: Intake,
    issues: list[str],
    key: str,
    kind: str,
    name: str,
    siret: str | None,
    siren: str | None,
    where: Sequence[str] = ("address_line_1", "address_line_2", "longitude", "latitude"),
) -> Record:
    """The record of a structure under one kind. ``where``: the columns of its street, then of its longitude and of its latitude."""
    brand, (*lines, lon, lat) = public_text(row.take("brand"), issues), where
    return Record(
        source_id=key,
        provenance=intake.provenance(),
        name=name,
        brand=brand if brand != name else None,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind),),
        address=address_of(row, issues, lines, "post_code", "city", lon_lat=(lon, lat)),
        website=website(row.take("website"), issues),
        description=description(row.take("description"), issues),
        naf=naf(row.take("naf"), issues),
        **reached(intake, (name, brand), *(row.take(field) for field in REACH)),
        issues=tuple(dict.fromkeys(issues)),
    )


def convert(row: Row, intake: Intake) -> Outcome:
    """Converts one structure under one kind."""
    row.ignore(("department", "source", "convention_asp_id"))
    kind, active = text(row.take("kind")), str(row.take("convention_is_active")).lower() == "true"
    issues: list[str] = []
    written, name = row.take("siret"), public_text(row.take("name"), issues)
    if kind == "OPCS":
        return Skip("not_a_supplier")
    if kind not in KINDS:
        return Aside("kind_unknown", f"« kind » vaut « {kind} » ; attendu : {', '.join(KINDS)}, OPCS")
    if kind in IAE and not active:
        return Skip("agreement_inactive")
    if name is None:
        return Aside("name_missing", "« name » est vide")
    siret, siren = identifiers(written, issues)
    key = text(row.take("id"))
    if key is None:
        return Aside("field_missing", "« id » est vide : il sert d'identifiant")
    return structure(row, intake, issues, key, kind, name, siret, siren)


PAGES = JsonPages(
    convert=convert,
    required=("id", "siret", "kind", "name", "post_code", "city", "convention_is_active"),
    known=("id", "siret", "kind", "name", "brand", "naf", "post_code", "city", "department", "source"),
    contact=(*REACH, "admin_name", "admin_email"),
    reach=REACH,
)

"""The simple case of a list: CSV, one row a supplier, headers in French or English."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from crawlers.kit import Aside, Intake, Skip, WrongFile
from crawlers.kit.csv_family import check_twice, clean_header, missing_columns, whole_rows
from crawlers.kit.files import check_encoding, open_text, refusing
from vivier.identity import fold

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("identifiant",),
    "name": ("nom", "raison_sociale", "denomination"),
    "brand": ("enseigne", "nom_commercial"),
    "acronym": ("sigle",),
    "siren": (),
    "siret": ("numero_siret", "n_siret"),
    "finess": ("numero_finess",),
    "kinds": ("kind", "type", "types", "type_de_structure"),
    "labels": ("label",),
    "address": ("adresse", "adresse_ligne"),
    "post_code": ("code_postal", "cp"),
    "town": ("city", "ville", "commune"),
    "insee": ("code_insee", "code_commune"),
    "lon": ("longitude",),
    "lat": ("latitude",),
    "precision": (),
    "trades": ("trade", "metier", "metiers", "activites"),
    "service_types": ("service_type", "type_de_prestation", "types_de_prestation"),
    "zone": ("zone_d_intervention", "zone_intervention"),
    "offer_description": ("description_offre",),
    "turnover": ("chiffre_d_affaires", "ca"),
    "turnover_year": ("annee_ca", "annee_chiffre_d_affaires"),
    "staff": ("effectif", "effectifs", "salaries"),
    "etp": ("fte",),
    "etp_insertion": (),
    "places": ("capacite",),
    "networks": ("network", "reseau", "reseaux"),
    "references": ("reference", "references_clients", "clients"),
    "website": ("site_web", "site_internet", "url"),
    "description": ("presentation",),
    "naf": ("code_naf", "ape", "code_ape"),
    "closed": ("ferme", "fermee"),
    "updated_at": ("mis_a_jour_le", "date_de_mise_a_jour"),
}
"""Columns and their other names. Case, accents, spaces and punctuation do not count."""

CONTACTS = frozenset(
    [
        "email",
        "e_mail",
        "mail",
        "courriel",
        "adresse_mail",
        "phone",
        "telephone",
        "tel",
        "mobile",
        "portable",
        "fax",
        "telecopie",
        "contact",
        "contact_name",
        "contact_email",
        "contact_phone",
        "nom_du_contact",
        "nom_contact",
        "personne_contact",
        "interlocuteur",
        "manager",
        "gerant",
        "directeur",
        "dirigeant",
        "responsable",
    ]
)
"""Columns and keys that hold a person or a way to reach one: never kept (docs/operate.md, « Privacy »)."""

_ADDRESS = ("post_code", "town", "insee", "lon", "lat", "precision")


@lru_cache(maxsize=4096)
def simple(name: str) -> str:
    """A header in its simple form: ``Chiffre d'affaires`` becomes ``chiffre_d_affaires``."""
    return fold(name).lower().replace(" ", "_")


def _canonical() -> dict[str, str]:
    return {alias: column for column, aliases in COLUMNS.items() for alias in (column, *aliases)}


def _delimiter(first_line: str) -> str:
    return max(",;\t", key=first_line.count)


def csv_rows(path: Path, intake: Intake) -> Iterator[tuple[str, dict[str, Any] | Skip | Aside]]:
    """The place of each row in the file, and its fields, named as in a JSON line."""
    encoding = check_encoding(path, "cp1252")
    if encoding == "cp1252":
        intake.issues["encoding_fallback"] += 1
    with refusing(path), open_text(path, encoding) as lines:
        first = lines.readline()
        reader = csv.reader(_again(first, lines), delimiter=_delimiter(first), strict=True)
        named = next(reader, [])
        header = _header(path, clean_header(named), intake)
        for where, cells in whole_rows(reader, path, len(header), named):
            if isinstance(cells, Skip | Aside):
                yield where, cells
            else:
                yield where, nested({name: cell.strip() for name, cell in zip(header, cells, strict=True) if name})


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _header(path: Path, written: list[str], intake: Intake) -> list[str]:
    names = _canonical()
    header = [names.get(simple(name), "") for name in written]
    if "name" not in header:
        raise WrongFile(
            missing_columns(path, ["name (ou nom, raison_sociale)"], written, ("name", *list(COLUMNS)[:22]))
        )
    check_twice(path, [name for name in header if name])
    intake.unknown.update(
        name for name, column in zip(written, header, strict=True) if not column and simple(name) not in CONTACTS
    )
    return header


def nested(row: dict[str, str]) -> dict[str, Any]:
    """The flat row in the form of a JSON line. Every trade of the row has the service types and the zone of the row."""
    fields: dict[str, Any] = {name: cell for name, cell in row.items() if cell}
    address = {name: fields.pop(name) for name in _ADDRESS if name in fields}
    line = fields.pop("address", None)
    if line or address:
        fields["address"] = {**({"line": line} if line else {}), **_padded(address)}
    offers = _offers(fields)
    return {**fields, "offers": offers} if offers else fields


def _padded(address: dict[str, str]) -> dict[str, str]:
    # A spreadsheet turns 01150 into 1150: four digits can only be a code that lost its zero.
    return {
        name: f"0{cell}" if name in ("post_code", "insee") and re.fullmatch(r"\d{4}", cell) else cell
        for name, cell in address.items()
    }


def _offers(fields: dict[str, Any]) -> list[dict[str, Any]]:
    shared: dict[str, Any] = {name: fields.pop(name) for name in ("service_types", "zone") if name in fields}
    description = fields.pop("offer_description", None)
    if description:
        shared["description"] = description
    trades = [part.strip() for part in str(fields.pop("trades", "")).split("|") if part.strip()]
    if trades:
        return [{"trade": trade, **shared} for trade in trades]
    return [shared] if shared else []

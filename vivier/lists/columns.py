"""The columns of a list of one's own, in French or English, and a row in the form of a JSON line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from vivier.identity import fold, words_of

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
    "volume": ("volume_possible", "volume_par_an"),
    "not_done": ("ne_fait_pas", "metiers_non_exerces"),
    "references": ("reference", "references_clients", "clients"),
    "website": ("site_web", "site_internet", "url"),
    "description": ("presentation",),
    "naf": ("code_naf", "ape", "code_ape"),
    "closed": ("ferme", "fermee"),
    "updated_at": ("mis_a_jour_le", "date_de_mise_a_jour"),
}
"""Columns and their other names. Case, accents, spaces and punctuation do not count."""

CONTACTS = frozenset(
    words_of(
        """
        email e_mail mail courriel adresse_mail phone telephone tel mobile portable fax telecopie contact contact_name
        contact_email contact_phone nom_du_contact nom_contact personne_contact interlocuteur manager gerant directeur
        dirigeant responsable
        """
    )
)
"""Columns and keys that hold a person or a way to reach one: never kept (docs/operate-privacy.md, « Privacy »)."""

_ADDRESS = ("post_code", "town", "insee", "lon", "lat", "precision")


@lru_cache(maxsize=4096)
def simple(name: str) -> str:
    """A header in its simple form: ``Chiffre d'affaires`` becomes ``chiffre_d_affaires``."""
    return fold(name).lower().replace(" ", "_")


def canonical() -> dict[str, str]:
    """The column of each name, in its simple form."""
    return {alias: column for column, aliases in COLUMNS.items() for alias in (column, *aliases)}


def nested(row: dict[str, str]) -> dict[str, object]:
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


def _offers(fields: dict[str, object]) -> list[dict[str, object]]:
    shared: dict[str, object] = {name: fields.pop(name) for name in ("service_types", "zone") if name in fields}
    description = fields.pop("offer_description", None)
    if description:
        shared["description"] = description
    trades = [part.strip() for part in str(fields.pop("trades", "")).split("|") if part.strip()]
    if trades:
        return [{"trade": trade, **shared} for trade in trades]
    return [shared] if shared else []

"""The official ESAT list (CSV of the national ESAT survey), in its raw layout: leading zeros are lost everywhere.

Facts and traps: the list has 1,504 sites; 78 have no SIRET, 24 SIRETs are shared by several sites, 43 capacities are 0 or
empty, which means unknown. The identity of a site is its FINESS number.
"""

from __future__ import annotations

import re

from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Source
from crawlers.kit.place import address_of
from crawlers.kit.values import identifiers, number, public_text, reached, text
from vivier.identity import digits, is_finess
from vivier.model import Agreement, Capacity, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="esat",
    title="Liste officielle des ESAT",
    producer="DREES et agences régionales de santé, à partir de FINESS",
    dataset="Liste des ESAT de l'enquête nationale (fichier brut)",
    licence="Licence Ouverte 2.0 (FINESS)",
    homepage="https://github.com/gip-inclusion/pilotage-airflow",
    role="register",
    covers="Tous les ESAT, sites principaux et secondaires, avec leur capacité autorisée.",
    limits="Ni métiers, ni zone d'intervention, ni site web ; fichier sans date : « --as-of » la donne à l'import.",
    cadence_days=365,
    exhaustive=True,
    kinds=("ESAT",),
    minimum_rows=1_000,
    minimum_basis="1 504 sites dans la liste officielle",
)


def _finess(value: object) -> str | None:
    written = text(value) or ""
    padded = written.zfill(9) if len(digits(written)) == 8 == len(written) else written
    return padded if is_finess(padded) else None


def _capacity(value: object, issues: list[str]) -> tuple[Capacity, ...]:
    places = number(value)
    if places is None or places <= 0:
        issues.append("capacity_unknown")
        return ()
    return (Capacity(value=places, unit="places", status="autorisée"),)


def convert(row: Row, intake: Intake) -> Outcome:
    """One site of the list."""
    issues: list[str] = []
    written = row.take("ET-N°FINESS")
    finess = _finess(written)
    name = public_text(row.take("ET-Raison sociale"), issues)
    if finess is None:
        return Aside("finess_invalid", f"« ET-N°FINESS » vaut « {written} » : neuf caractères attendus")
    if name is None:
        return Aside("name_missing", "« ET-Raison sociale » est vide")
    siret, siren = identifiers(row.take("ET-SIRET"), issues, lost_zeros=3)
    return Record(
        source_id=finess,
        provenance=intake.provenance(),
        name=name,
        siren=siren,
        siret=siret,
        finess=finess,
        agreements=(Agreement(kind="ESAT"),),
        address=address_of(
            row,
            issues,
            ("ET-Adresse",),
            "ET-Code Postal",
            "ET-Commune Libellé",
            commune="ET-Commune Code",
            lost_zeros=True,
        ),
        capacities=_capacity(row.take("Capacité autorisée agrégée"), issues),
        **reached(intake, (name,), row.take("ET-Email"), _with_zero(row.take("ET-Téléphone 1"))),
        issues=tuple(dict.fromkeys(issues)),
    )


def _with_zero(number: object) -> object:
    """A number with the zero that its column lost, as every other."""
    return f"0{number}" if isinstance(number, str) and re.fullmatch(r"[1-9]\d{8}", number.strip()) else number


FAMILY = CsvFamily(
    convert=convert,
    required=(
        "ET-N°FINESS",
        "ET-Raison sociale",
        "ET-Adresse",
        "ET-Code Postal",
        "ET-SIRET",
        "ET-Commune Code",
        "ET-Commune Libellé",
        "Capacité autorisée agrégée",
    ),
    ignored=(
        "EJ-N°FINESS",
        "EJ-Raison sociale",
        "EJ-Statut juridique Code",
        "EJ-Statut juridique Libellé",
        "ET-Type",
        "ET-Région Code",
        "ET-Région Libellé",
        "ET-Département Code",
        "ET-Département Libellé",
    ),
    contact=("EJ-Email", "ET-Téléphone 1", "ET-Email"),
    reach=("ET-Téléphone 1", "ET-Email"),
    fallback="cp1252",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)

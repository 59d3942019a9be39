"""The made-up contracts in the layout of the consolidated table, as CSV and as Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from benchmarks.contract_files import contract

COLUMNS = tuple(
    str.split(
        """
uid id nature acheteur_id acheteur_nom titulaire_id titulaire_typeIdentifiant titulaire_nom objet montant type codeCPV procedure
techniques dureeMois dureeRestanteMois offresRecues dateNotification datePublicationDonnees formePrix typesPrix attributionAvance
tauxAvance marcheInnovant modalitesExecution considerationsSociales considerationsEnvironnementales ccag sousTraitanceDeclaree
typeGroupementOperateurs origineUE origineFrance lieuExecution_code lieuExecution_typeCode idAccordCadre titulaire_distance
acheteur_categorie acheteur_commune_code acheteur_commune_nom acheteur_departement_code acheteur_departement_nom
acheteur_region_code acheteur_region_nom acheteur_latitude acheteur_longitude acheteur_population titulaire_categorie
titulaire_activite_code titulaire_activite_libelle titulaire_commune_code titulaire_commune_nom titulaire_departement_code
titulaire_departement_nom titulaire_region_code titulaire_region_nom titulaire_latitude titulaire_longitude modification_id
donneesActuelles montant_rationalise montant_anomalie montant_anomalie_raisons sourceDataset sourceFile
"""
    )
)


def rows(count: int) -> Iterator[dict[str, Any]]:
    """The same contracts in the consolidated table: one row per version and holder."""
    for number in range(count):
        raw = contract(number)
        buyer = int(raw["objet"].partition("n° ")[2].partition(" ")[0])
        common = _common(raw, buyer)
        amendments = [m["modification"] for m in raw.get("modifications", [])]
        for version in range(len(amendments) + 1):
            amendment = amendments[version - 1] if version else {}
            for holder in raw["titulaires"]:
                yield common | {
                    "titulaire_id": holder["titulaire"]["id"],
                    "titulaire_nom": f"SARL {holder['titulaire']['id'][4:9]}",
                    "montant": amendment.get("montant", raw["montant"]),
                    "montant_rationalise": amendment.get("montant", raw["montant"]),
                    "dateNotification": amendment.get("dateNotificationModification", raw["dateNotification"]),
                    "modification_id": version,
                    "donneesActuelles": version == len(amendments),
                }


def _common(raw: dict[str, Any], buyer: int) -> dict[str, Any]:
    copied = {name: raw[name] for name in COLUMNS if name in raw}
    joined = {
        name: ", ".join(next(iter(raw[name].values()))).replace(f"Pas de considération {kind}", "Sans objet")
        for name, kind in (
            ("considerationsSociales", "sociale"),
            ("considerationsEnvironnementales", "environnementale"),
            ("techniques", ""),
            ("modalitesExecution", ""),
            ("typesPrix", ""),
        )
    }
    return copied | joined | {
        "uid": f"{raw['acheteur']['id']}{raw['id']}_{raw['codeCPV']}",
        "acheteur_id": raw["acheteur"]["id"],
        "acheteur_nom": f"COMMUNE {buyer}",
        "titulaire_typeIdentifiant": "SIRET",
        "type": "Services",
        "lieuExecution_code": raw["lieuExecution"]["code"],
        "lieuExecution_typeCode": raw["lieuExecution"]["typeCode"],
        "acheteur_categorie": "Commune",
        "acheteur_commune_code": f"{buyer % 95 + 1:02}001",
        "acheteur_commune_nom": f"Commune {buyer}",
        "acheteur_departement_code": f"{buyer % 95 + 1:02}",
        "acheteur_departement_nom": "Département",
        "acheteur_latitude": round(43 + buyer % 700 / 100, 6),
        "acheteur_longitude": round(buyer % 500 / 100, 6),
        "titulaire_categorie": "PME",
        "sourceDataset": "generated",
    }  # fmt: skip


def write_csv(path: Path, count: int) -> Path:
    """The consolidated table as CSV."""
    with path.open("w", encoding="utf8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for row in rows(count):
            writer.writerow({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()})
    return path


def write_parquet(path: Path, count: int) -> Path:
    """The consolidated table as Parquet: days, figures and booleans have their own types."""
    days = ("dateNotification", "datePublicationDonnees")
    kinds = {
        **dict.fromkeys(COLUMNS, pyarrow.string()),
        **dict.fromkeys(days, pyarrow.date32()),
        **dict.fromkeys(
            ("montant", "montant_rationalise", "acheteur_latitude", "acheteur_longitude"), pyarrow.float64()
        ),
        **dict.fromkeys(("dureeMois", "offresRecues", "modification_id"), pyarrow.int16()),
        **dict.fromkeys(("attributionAvance", "marcheInnovant"), pyarrow.bool_()),
        **dict.fromkeys(("sousTraitanceDeclaree", "donneesActuelles"), pyarrow.bool_()),
    }
    typed = [row | {name: date.fromisoformat(row[name]) for name in days} for row in rows(count)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(typed, pyarrow.schema(list(kinds.items()))), path)
    return path

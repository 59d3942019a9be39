"""Consolidated DECP: a Parquet file, a resource of data.gouv.fr (decp-processing, June 2026)."""

from __future__ import annotations

import io

import pyarrow
import pyarrow.parquet

from tests.world import datagouv
from tests.world.entry import Entry, siret

_ROW = {
    "uid": f"{siret(84_001, 1)}INVENTE-TAB-1",
    "id": "INVENTE-TAB-1",
    "nature": "Marché",
    "acheteur_id": siret(84_001, 1),
    "acheteur_nom": "COMMUNE INVENTEE",
    "titulaire_id": siret(84_002, 1),
    "titulaire_typeIdentifiant": "SIRET",
    "titulaire_nom": "TRAITEUR INVENTE",
    "objet": "Restauration scolaire inventée",
    "montant": 120000.0,
    "type": "Services",
    "codeCPV": "55523000",
    "procedure": "Appel d'offres ouvert",
    "techniques": "Accord-cadre",
    "dureeMois": 36,
    "dureeRestanteMois": 30.0,
    "offresRecues": 4,
    "dateNotification": "2026-02-02",
    "datePublicationDonnees": "2026-07-01",
    "formePrix": "Unitaire",
    "typesPrix": "Définitif ferme",
    "attributionAvance": False,
    "tauxAvance": 0.0,
    "marcheInnovant": False,
    "modalitesExecution": "Bons de commande",
    "considerationsSociales": "Clause sociale",
    "considerationsEnvironnementales": "Sans objet",
    "ccag": "Sans objet",
    "sousTraitanceDeclaree": False,
    "typeGroupementOperateurs": "Pas de groupement",
    "origineUE": 0.0,
    "origineFrance": 0.0,
    "lieuExecution_code": "35238",
    "lieuExecution_typeCode": "Code commune",
    "lieuExecution_nom": "Rennes",
    "idAccordCadre": None,
    "acheteur_categorie": "Commune",
    "acheteur_commune_code": "35238",
    "acheteur_commune_nom": "Rennes",
    "acheteur_departement_code": "35",
    "acheteur_departement_nom": "Ille-et-Vilaine",
    "acheteur_latitude": 48.11,
    "acheteur_longitude": -1.67,
    "modification_id": 0,
    "donneesActuelles": True,
    "montant_rationalise": None,
    "montant_anomalie": None,
    "sourceDataset": "invente",
    "sourceFile": "invente.json",
}


def _parquet() -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([_ROW]), out)
    return out.getvalue()


ENTRY = Entry(
    pages=datagouv.resource("11cea8e8-df3e-4ed1-932b-781e2635e432", "decp.parquet", _parquet()),
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        "INVENTE-TAB-1": {
            "buyer.siret": siret(84_001, 1),
            "buyer.name": "COMMUNE INVENTEE",
            "holders.0.siret": siret(84_002, 1),
            "holders.0.name": "TRAITEUR INVENTE",
            "object": "Restauration scolaire inventée",
            "cpv": "55523000",
            "amount": 120000.0,
            "months": 36,
            "notified": "2026-02-02",
            "published": "2026-07-01",
            "offers": 4,
            "innovative": False,
            "procedure": "ouvert",
            "place.name": "Rennes",
            "buyer_place.commune": "35238",
            "buyer_place.point.lon": -1.67,
            "social.values": ["clause"],
            "techniques": ["accord_cadre"],
            "modalities": ["bons_de_commande"],
        }
    },
)

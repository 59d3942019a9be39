"""BOAMP: one export of the flat records of Explore v2.1, a list; the body is JSON as text (August–September 2026)."""

from __future__ import annotations

import json

from tests.world.entry import Entry, as_json, siren, siret

HOST = "boamp-datadila.opendatasoft.com"
_WHERE = "dateparution%3E%3Dnow(days%3D-120)%20or%20datelimitereponse%3E%3Dnow()"
_BODY = {
    "FNSimple": {
        "organisme": {
            "nomOfficiel": "Ville inventée",
            "typeIdentificationNational": {"siret": ""},
            "codeIdentificationNational": siret(85_001, 1),
            "ville": "Rennes",
            "cp": "35000",
        },
        "initial": {
            "communication": {"nomContact": "PERSONNE-FICTIVE", "telContact": "TELEPHONE-FICTIF"},
            "procedure": {"procedureAdapteeO": "", "dateReceptionOffres": "2026-12-15T12:00:00"},
            "natureMarche": {
                "intitule": "Entretien inventé des espaces verts",
                "codeCPV": {"objetPrincipal": {"classPrincipale": "77310000"}},
                "natureMarche": {"services": ""},
                "description": "Tonte inventée, réservée aux structures visées à l'article L. 2113-13.",
                "dureeMois": "24",
                "valeurEstimee": {"@devise": "EUR", "valeur": "48000"},
                "reservationMarche": {"oui": ""},
                "lotsMarche": {"non": ""},
            },
        },
    }
}
_NOTICE = {
    "idweb": "26-985001",
    "id": "26_985001",
    "contractfolderid": None,
    "objet": "Entretien inventé des espaces verts",
    "filename": "26-985001",
    "famille": "FNS",
    "famille_libelle": "Marchés entre 90 k€ et seuils européens",
    "code_departement": ["3"],
    "code_departement_prestation": None,
    "dateparution": "2026-11-02",
    "datefindiffusion": "2026-12-15",
    "datelimitereponse": "2026-12-15T11:00:00+00:00",
    "nomacheteur": "Ville inventée",
    "titulaire": None,
    "perimetre": "FNSimple",
    "type_procedure": "PROCEDURE_ADAPTE",
    "soustype_procedure": None,
    "procedure_libelle": "Procédure adaptée",
    "procedure_categorise": "PROCEDURE_ADAPTE/",
    "nature": "APPEL_OFFRE",
    "sousnature": None,
    "nature_libelle": "Avis de marché",
    "sousnature_libelle": None,
    "nature_categorise": "appeloffre/standard",
    "nature_categorise_libelle": "Avis de marché/",
    "criteres": ["sociaux", "environnementaux"],
    "marche_public_simplifie": None,
    "marche_public_simplifie_label": None,
    "etat": "INITIAL",
    "descripteur_code": ["125"],
    "dc": ["125"],
    "descripteur_libelle": ["Espaces verts"],
    "type_marche": ["SERVICES"],
    "type_marche_facette": ["Services"],
    "type_avis": ["5", "1"],
    "annonce_lie": None,
    "annonces_anterieures": None,
    "source_schema": "3.2.5",
    "gestion": None,
    "donnees": json.dumps(_BODY, ensure_ascii=False),
    "url_avis": "https://www.boamp.fr/pages/avis/?q=idweb:26-985001",
}
ENTRY = Entry(
    pages={f"{HOST}/api/explore/v2.1/catalog/datasets/boamp/exports/json?where={_WHERE}": as_json([_NOTICE])},
    tells={
        "26-985001": {
            "number": "26-985001",
            "nature": "call",
            "published": "2026-11-02",
            "deadline": "2026-12-15T11:00:00Z",
            "buyer.siret": siret(85_001, 1),
            "buyer.siren": siren(85_001),
            "buyer.name": "Ville inventée",
            "buyer_place.town": "Rennes",
            "title": "Entretien inventé des espaces verts",
            "cpv": ["77310000"],
            "category": "services",
            "procedure": "adaptee",
            "departements": ["3"],
            "months": 24,
            "amount_max": 48000.0,
            "evidence.0.provision": "reserved",
            "provenance.url": "https://www.boamp.fr/pages/avis/?q=idweb:26-985001",
        }
    },
)

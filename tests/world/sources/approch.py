"""APProch: one export of the planned purchases, a list; robots.txt of its host forbids ``/api/`` (August 2026)."""

from __future__ import annotations

from tests.world.entry import Entry, as_json, siren
from tests.world.sources.decp_economie import HOST, ROBOTS

_PROJECT = {
    "code": 986_001,
    "libelle": "Entretien inventé d'une cité administrative",
    "statut": "Ouvert",
    "description": "Projet inventé pour les essais.",
    "siren_de_l_entite_acheteuse": int(siren(86_001)),
    "categorie_d_achat": "Services",
    "code_s_cpv": "77310000",
    "responsable": "PERSONNE-FICTIVE",
    "date_previsionnelle_de_publication": "2027-02-01",
    "date_cible_de_remise_des_offres": "2027-03-01",
    "type_de_procedure": None,
    "lien_vers_la_consultation": None,
    "montant_estime_du_marche": "90k - 140k€",
    "duree_previsionnelle_du_marche": 24,
    "departement_s_d_execution_du_marche": "35|22",
    "marche_reserve": "Oui",
    "considerations_sociales": "Oui",
    "considerations_environnementales": "Non",
    "etat_de_l_espace_d_echanges": "Fermé",
    "a_publier_sur_le_site_du_marche_de_l_inclusion": "Oui",
    "nomenclature_hospitalier": None,
}
ENTRY = Entry(
    pages={f"{HOST}/api/explore/v2.1/catalog/datasets/projets-dachats-publics/exports/json": as_json([_PROJECT])},
    robots={HOST: ROBOTS},
    tells={
        "986001": {
            "nature": "project",
            "title": "Entretien inventé d'une cité administrative",
            "description": "Projet inventé pour les essais.",
            "buyer.siren": siren(86_001),
            "cpv": ["77310000"],
            "category": "services",
            "amount_min": 90000.0,
            "amount_max": 140000.0,
            "months": 24,
            "departements": ["35", "22"],
            "wanted_inclusive": True,
            "evidence.0.provision": "reserved",
            "planned": "2027-02-01",
        }
    },
)

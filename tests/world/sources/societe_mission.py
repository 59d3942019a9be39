"""Sociétés à mission: pages of Recherche d'entreprises, by number (July 2026)."""

from __future__ import annotations

from tests.world.entry import Entry, as_json, siren, siret

HOST = "recherche-entreprises.api.gouv.fr"


def _company(number: int) -> dict[str, object]:
    return {
        "siren": siren(number),
        "nom_complet": f"MISSION INVENTEE {number} (MI)",
        "nom_raison_sociale": f"MISSION INVENTEE {number}",
        "sigle": "MI",
        "nombre_etablissements": 1,
        "nombre_etablissements_ouverts": 1,
        "siege": {"siret": siret(number, 1)},
        "activite_principale": "70.22Z",
        "categorie_entreprise": "PME",
        "caractere_employeur": "O",
        "annee_categorie_entreprise": "2024",
        "date_creation": "2020-01-01",
        "date_fermeture": None,
        "date_mise_a_jour": "2026-10-01T00:00:00",
        "date_mise_a_jour_insee": "2026-10-01T00:00:00",
        "date_mise_a_jour_rne": None,
        "dirigeants": [{"nom": "PERSONNE-FICTIVE"}],
        "etat_administratif": "A",
        "nature_juridique": "5710",
        "section_activite_principale": "M",
        "tranche_effectif_salarie": "11",
        "annee_tranche_effectif_salarie": "2024",
        "statut_diffusion": "O",
        "matching_etablissements": [],
        "finances": None,
        "complements": {"est_societe_mission": True, "est_ess": False},
    }


def _page(number: int, *results: object) -> bytes:
    return as_json({"results": results, "total_results": 2, "page": number, "per_page": 25, "total_pages": 2})


_SEARCH = f"{HOST}/search?est_societe_mission=true&etat_administratif=A&per_page=25&page="
ENTRY = Entry(
    pages={f"{_SEARCH}1": _page(1, _company(81_001)), f"{_SEARCH}2": _page(2, _company(81_002))},
    tells={
        siren(81_001): {"name": "MISSION INVENTEE 81001", "labels.0.code": "SOCIETE_MISSION"},
        siren(81_002): {"labels.0.scope": "legal_unit"},
    },
)

"""les-emplois: one chain of pages for each département, as its serializer writes them (gip-inclusion/les-emplois, August 2026)."""

from __future__ import annotations

from tests.world.entry import Entry, as_json, siret

HOST = "emplois.inclusion.beta.gouv.fr"
START = "/api/v1/siaes/?departement=35&page_size=100"


def _job(rome: str, title: str, opened: str) -> dict[str, object]:
    return {
        "id": 1,
        "rome": rome,
        "cree_le": "2026-09-01T08:00:00+02:00",
        "mis_a_jour_le": "2026-09-02T08:00:00+02:00",
        "recrutement_ouvert": opened,
        "description": "Demander PERSONNE-FICTIVE.",
        "appellation_modifiee": title,
        "type_contrat": "CDDI",
        "nombre_postes_ouverts": 2,
        "lieu": None,
        "profil_recherche": "",
    }


def _structure(number: int, kind: str, **more: object) -> dict[str, object]:
    return {
        "id": f"00000000-0000-4000-9000-0000007100{number:02}",
        "cree_le": "2020-01-01T00:00:00+01:00",
        "mis_a_jour_le": "2026-10-15T06:00:00+02:00",
        "siret": siret(71_000 + number, 1),
        "type": kind,
        "raison_sociale": f"STRUCTURE INVENTEE {number}",
        "enseigne": f"Enseigne inventée {number}",
        "telephone": "TELEPHONE-FICTIF",
        "courriel": "COURRIEL-FICTIF",
        "site_web": "https://structure-inventee.example.org",
        "description": "Structure inventée pour les essais.",
        "bloque_candidatures": False,
        "addresse_ligne_1": "1 rue des Tests",
        "addresse_ligne_2": "bâtiment B",
        "code_postal": "35000",
        "ville": "Rennes",
        "departement": "35",
        "postes": [],
    } | more


def _page(*results: object, following: str | None = None, previous: str | None = None) -> bytes:
    return as_json({"count": 3, "next": following, "previous": previous, "results": results})


_JOBS = [
    _job("Nettoyage de locaux (K2204)", "Agent de propreté inventé", "True"),
    _job("Aménagement et entretien des espaces verts (A1203)", "Jardinier inventé", "False"),
]
ENTRY = Entry(
    pages={
        f"{HOST}{START}": _page(
            _structure(1, "EI", postes=_JOBS), _structure(2, "OPCS"), following=f"https://{HOST}{START}&page=2"
        ),
        f"{HOST}{START}&page=2": _page(
            _structure(3, "GEIQ", site_web="", description=""), previous=f"https://{HOST}{START}"
        ),
    },
    tells={
        "00000000-0000-4000-9000-000000710001": {
            "name": "STRUCTURE INVENTEE 1",
            "brand": "Enseigne inventée 1",
            "siret": siret(71_001, 1),
            "agreements.0.kind": "EI",
            "address.line": "1 rue des Tests, bâtiment B",
            "address.post_code": "35000",
            "address.town": "Rennes",
            "offers.0.trade": "nettoyage-locaux",
            "offers.0.title": "Agent de propreté inventé",
            "offers.0.evidence": "job",
            "website": "https://structure-inventee.example.org",
            "description": "Structure inventée pour les essais.",
            "provenance.updated_at": "2026-10-15",
        },
        "00000000-0000-4000-9000-000000710003": {"agreements.0.kind": "GEIQ", "offers": []},
    },
    skipped={"not_a_supplier": 1},
    issues={"agreement_not_stated": 1},
)

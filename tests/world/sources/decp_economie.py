"""DECP of data.economie.gouv.fr: an export whose columns have their technical names, in small letters; robots.txt forbids ``/api/``."""

from __future__ import annotations

from tests.world.entry import Entry, as_csv, siret

HOST = "data.economie.gouv.fr"
ROBOTS = b"User-agent: *\nDisallow: /api/\n"
"""As read by a third party on 5 October 2026."""
_ROW = {
    "titulaire_id_1": siret(83_002, 1),
    "titulaire_typeidentifiant_1": "SIRET",
    "titulaire_id_2": "CDL",
    "titulaire_typeidentifiant_2": "CDL",
    "titulaire_id_3": "CDL",
    "titulaire_typeidentifiant_3": "CDL",
    "id": "INVENTE-ECO-1",
    "nature": "Marché",
    "objet": "Nettoyage inventé de l'école",
    "codecpv": "90911200-8",
    "procedure": "Procédure adaptée",
    "dureemois": "14",
    "datenotification": "2026-09-03",
    "datepublicationdonnees": "2026-09-20",
    "montant": "145155.0",
    "formeprix": "Unitaire",
    "attributionavance": "0.0",
    "tauxavance": "0.0",
    "origineue": "0.0",
    "originefrance": "0.0",
    "offresrecues": "2",
    "marcheinnovant": "False",
    "ccag": "Fournitures courantes et services",
    "soustraitancedeclaree": "False",
    "typegroupementoperateurs": "Pas de groupement",
    "idaccordcadre": "CDL",
    "source": "plateforme inventée",
    "acheteur_id": siret(83_001, 1),
    "lieuexecution_code": "35000",
    "lieuexecution_typecode": "Code postal",
    "considerationssociales": "['Clause sociale']",
    "considerationsenvironnementales": "['Critère environnemental']",
    "modalitesexecution": "['Tranches']",
    "techniques": "['Sans objet']",
    "typesprix": "['Définitif ferme']",
    "idsoustraitant": "CDL",
    "typeidentifiantsoustraitant": "CDL",
    "montantactesoustraitance": "CDL",
    "dureemoisactesoustraitance": "CDL",
    "datenotificationactesoustraitance": "CDL",
    "datepublicationdonneesactesoustraitance": "CDL",
    "idmodification": "1",
    "montantmodification": "150000.0",
    "dureemoismodification": "16",
    "idtitulairemodification": "CDL",
    "typeidentifianttitulairemodification": "CDL",
    "datenotificationmodificationmodification": "2026-10-01",
    "datepublicationdonneesmodificationmodification": "2026-10-20",
}
ENTRY = Entry(
    pages={
        f"{HOST}/api/explore/v2.1/catalog/datasets/decp-2022-marches-valides/exports/csv"
        "?delimiter=%3B&use_labels=false": as_csv([_ROW], ";")
    },
    robots={HOST: ROBOTS},
    tells={
        "INVENTE-ECO-1": {
            "buyer.siret": siret(83_001, 1),
            "holders.0.siret": siret(83_002, 1),
            "object": "Nettoyage inventé de l'école",
            "cpv": "90911200",
            "amount": 145155.0,
            "months": 14,
            "notified": "2026-09-03",
            "published": "2026-09-20",
            "offers": 2,
            "innovative": False,
            "subcontracted": False,
            "nature": "marche",
            "procedure": "adaptee",
            "grouping": "none",
            "place.code": "35000",
            "social.values": ["clause"],
            "environmental.values": ["criterion"],
            "modalities": ["tranches"],
            "ccag": "fcs",
            "modifications.0.notified": "2026-10-01",
            "modifications.0.amount": 150000.0,
            "modifications.0.months": 16,
        }
    },
)

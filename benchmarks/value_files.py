"""Real files, and the columns of theirs that faults of values take (:mod:`benchmarks.values`)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class File(NamedTuple):
    """Real files of a source, and the columns that faults take: ``swaps`` by groups within which columns are swapped."""

    source: str
    paths: tuple[str, ...]
    swaps: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    shifted: tuple[str, ...] = ()
    constant: tuple[tuple[str, Any], ...] = ()


_OF_2019: Final = "contracts/stream/decp-2019-plateformes/"
_OF_2022: Final = "contracts/decp-2022/"
_BOAMP: Final = "contracts/stream/boamp-2021-t1-ods/records_2021-0"
_PARTIES: Final = (("id", "objet"), ("dateNotification", "datePublicationDonnees"), ("acheteur", "titulaires"))
FILES: Final = (
    File(
        "decp",
        (
            f"{_OF_2019}marches-publics.info.json.gz",
            f"{_OF_2019}e-marchespublics.json.gz",
            f"{_OF_2019}data.gouv.fr_pes.json.gz",
        ),
        (*_PARTIES, ("objet", "acheteur.nom")),
        ("dateNotification",),
        ("montant", "dureeMois"),
        ("acheteur.id", "montant", "titulaires.id", "objet", "codeCPV"),
        ("objet", "montant", "acheteur", "titulaires", "codeCPV"),
    ),
    File(
        "decp",
        (f"{_OF_2022}dematis13.json", f"{_OF_2022}dematis16.json", f"{_OF_2022}demantis.json"),
        _PARTIES,
        ("dateNotification",),
        ("montant", "dureeMois"),
        ("acheteur.id", "montant", "objet", "codeCPV"),
        ("objet", "montant", "acheteur", "titulaires", "codeCPV"),
        (("considerationsSociales", {"considerationSociale": ["Pas de considération sociale"]}),),
    ),
    File(
        "decp_tabular",
        ("contracts/tabular/decp_2024H2_travaux_cpv4521.csv.gz",),
        (("acheteur_id", "titulaire_id"), ("acheteur_nom", "titulaire_nom")),
        ("dateNotification",),
        ("montant", "dureeMois"),
        ("acheteur_id", "titulaire_id", "montant", "codeCPV"),
        ("acheteur_id", "titulaire_id", "montant"),
        (("acheteur_departement_code", "Puy-de-Dôme"),),
    ),
    File(
        "boamp",
        (f"{_BOAMP}1.json.gz", f"{_BOAMP}2.json.gz", f"{_BOAMP}3.json.gz"),
        (("idweb", "objet"), ("objet", "nomacheteur"), ("dateparution", "datelimitereponse")),
        ("dateparution",),
        (),
        ("idweb", "objet", "dateparution"),
        ("objet", "dateparution"),
        (("code_departement", ["Nord"]),),
    ),
    File(
        "esat",
        ("suppliers/esat_liste_officielle_brut.csv",),
        (
            ("EJ-Raison sociale", "ET-Raison sociale"),
            ("ET-Code Postal", "ET-Commune Code"),
            ("EJ-N°FINESS", "ET-N°FINESS"),
        ),
        (),
        ("Capacité autorisée agrégée",),
        ("ET-SIRET", "ET-N°FINESS", "ET-Raison sociale", "ET-Code Postal", "Capacité autorisée agrégée"),
        ("ET-SIRET", "ET-Raison sociale", "ET-Code Postal", "ET-Commune Libellé", "Capacité autorisée agrégée"),
    ),
    File(
        "asp",
        ("suppliers/siae_asp_2019_07.csv",),
        (
            ("DENOMINATION_SOCIALE", "NATURE_JURIDIQUE"),
            ("CODE_POST_COM", "CODE_NAF2"),
            ("LIB_COM", "DENOMINATION_SOCIALE"),
        ),
        numbers=("SIRET", "DENOMINATION_SOCIALE", "CODE_POST_COM"),
        shifted=("SIRET", "DENOMINATION_SOCIALE", "CODE_POST_COM", "LIB_COM"),
        constant=(("MESURE", "EI"),),
    ),
    File(
        "siae",
        ("suppliers/siae_marche_2020.csv",),
        (("name", "city"), ("post_code", "naf"), ("name", "legal_form")),
        numbers=("siret", "name", "post_code"),
        shifted=("siret", "name", "post_code", "city"),
        constant=(("kind", "EI"),),
    ),
    File(
        "epv",
        ("suppliers/registers/labels-epv-2026/entreprises-du-patrimoine-vivant-epv.csv",),
        (("Date de labellisation", "Date de fin de labellisation"), ("Raison sociale", "Libellé NAF")),
        ("Date de labellisation", "Date de fin de labellisation"),
        numbers=("SIRET", "Raison sociale", "Date de fin de labellisation"),
        shifted=("SIRET", "Raison sociale", "Date de labellisation"),
    ),
)

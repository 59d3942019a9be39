"""Consolidated DECP in a table (decp.info, « colibre »): CSV or Parquet, one row per version of a contract and per holder.

Rows that follow one another and describe one version are one record with all its holders; versions are put together when
contracts are merged. « Sans objet » means exactly « no consideration », an empty cell « not recorded ». The corrected amount
is taken where the table says that the declared one is wrong. Older extracts have neither considerations nor objects.
"""

from __future__ import annotations

from pathlib import Path

from crawlers.contracts import flat
from crawlers.contracts.tables import Table, fits
from crawlers.kit import FetchPlan, Resources, Source
from vivier.identity import words_of
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="decp_tabular",
    title="Données essentielles consolidées, format tabulaire",
    producer="Colin Maudry (decp.info), d'après les acheteurs publics et leurs profils d'acheteur",
    dataset="données essentielles de la commande publique consolidées, format tabulaire",
    licence="Licence Ouverte 2.0",
    homepage="https://www.data.gouv.fr/datasets/"
    "donnees-essentielles-de-la-commande-publique-consolidees-format-tabulaire",
    content="contracts",
    memory="stream",
    covers="Tous les marchés déclarés depuis 2018, chaque version, avec noms et lieux des acheteurs et des titulaires.",
    limits="Ni concessions ni actes de sous-traitance ; considérations souvent non renseignées avant 2024.",
    cadence_days=1,
)
TABLE = Table(
    wanted=flat.WANTED,
    required=("uid", "number", "buyer_id", "holder_id", "amount", "notified"),
    ignored=words_of(
        """
        type dureeRestanteMois formePrix typesPrix attributionAvance tauxAvance origineUE origineFrance
        titulaire_distance acheteur_departement_nom acheteur_region_code acheteur_region_nom acheteur_population
        titulaire_categorie titulaire_activite_code titulaire_activite_libelle titulaire_commune_code
        titulaire_commune_nom titulaire_departement_code titulaire_departement_nom titulaire_region_code
        titulaire_region_nom titulaire_latitude titulaire_longitude montant_anomalie_raisons sourceDataset sourceFile
        """
    ),
)
FAMILY = flat.FlatFamily(form="tabular", table=TABLE, nothing_is_none=True)
PLAN = FetchPlan(
    what=Resources(files={"decp.parquet": "11cea8e8-df3e-4ed1-932b-781e2635e432"}),
    hosts=("data.gouv.fr",),
    verified="Identifiant, taille (202 Mo) et colonnes : code du producteur (decp-processing, juin 2026) et d'autres dépôts.",
    unseen="L'adresse que le catalogue donne aujourd'hui ; le robots.txt de static.data.gouv.fr, que personne n'a lu d'ici.",
)


def recognises(path: Path) -> bool:
    """Whether the header has the columns of the consolidated table."""
    return fits(path, TABLE)


SOURCE = Source(card=CARD, read=FAMILY.read, recognises=recognises, plan=PLAN, duplicates="never")

"""DECP of data.economie.gouv.fr (« decp-2022-marches-valides »): CSV with semicolons, lists as Python literals.

Columns are named as the regulation does, or in small letters (technical names). ``CDL``, ``MQ`` and ``NC`` mean « nothing ». Only three holders are kept by the producer, so a fourth one is not there.
"""

from __future__ import annotations

from pathlib import Path

from crawlers.contracts import flat
from crawlers.contracts.tables import Table, fits
from crawlers.kit import Direct, FetchPlan, Source
from vivier.identity import words_of
from vivier.runs.records import SourceCard

_HOST = "data.economie.gouv.fr"
_EXPORT = f"https://{_HOST}/api/explore/v2.1/catalog/datasets/decp-2022-marches-valides/exports"

CARD = SourceCard(
    id="decp_economie",
    title="Données essentielles de data.economie.gouv.fr",
    producer="ministère de l'Économie",
    dataset="decp-2022-marches-valides",
    licence="Licence Ouverte 2.0",
    homepage=f"https://{_HOST}/explore/dataset/decp-2022-marches-valides/",
    content="contracts",
    memory="stream",
    covers="Marchés au format 2022 jugés valides par le ministère, avec considérations sociales et environnementales.",
    limits="Trois titulaires au plus ; ni concessions, ni marchés que le ministère a exclus.",
    cadence_days=7,
)


def _technical(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns, and their technical form: Opendatasoft writes them in small letters when labels are not asked for."""
    return tuple(dict.fromkeys([*names, *map(str.lower, names)]))


TABLE = Table(
    wanted={field: _technical(names) for field, names in flat.WANTED.items()},
    required=("number", "buyer_id", "holder_id_1", "object", "social", "environmental"),
    ignored=_technical(
        words_of(
            """
            formePrix typesPrix attributionAvance tauxAvance origineUE origineFrance source idActeSousTraitance
            datePublicationDonneesActeSousTraitance variationPrixActeSousTraitance idModificationActeSousTraitance
            dureeMoisModificationActeSousTraitance
            dateNotificationModificationSousTraitanceModificationActeSousTraitance
            montantModificationActeSousTraitance datePublicationDonneesModificationActeSousTraitance
            """
        )
    ),
)
FAMILY = flat.FlatFamily(form="economie", table=TABLE)
PLAN = FetchPlan(
    what=Direct(files={"decp-2022-marches-valides.csv": f"{_EXPORT}/csv?delimiter=%3B&use_labels=false"}),
    hosts=(_HOST,),
    documentation="https://help.opendatasoft.com/apis/ods-explore-v2/",
    verified="Jeu de données, 656 837 lignes et noms techniques en minuscules : dépôts publics (2026). Le robots.txt de data.economie.gouv.fr, lu "
    "par un tiers le 5 octobre 2026, interdit « /api/ » aux pages : l'API documentée et sous licence ouverte est lue comme sa documentation le dit.",
    unseen="La taille de l'export, contre une limite de 1 Go.",
)


def recognises(path: Path) -> bool:
    """Whether the header has the columns of the export."""
    return fits(path, TABLE)


SOURCE = Source(card=CARD, read=FAMILY.read, recognises=recognises, plan=PLAN, duplicates="never")

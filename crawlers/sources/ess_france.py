"""Enterprises of the social and solidarity economy (ESS), the list of ESS France: a SIREN a row.

The reference knows one column, ``SIREN``, which may have lost leading zeros; the others were not seen and are reported by
name when they are new. ESS is a kind of the legal unit: every site known of that SIREN receives it, and says so. A SIREN of
no known supplier makes none: the list gives no address and no activity.
"""

from __future__ import annotations

from crawlers.kit import Aside, CsvFamily, FetchPlan, Intake, Outcome, Resources, Row, Source
from crawlers.sources._legal_unit import siren_of, unit_record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="ess_france",
    role="label",
    title="Liste nationale des entreprises de l'ESS",
    producer="ESS France",
    dataset="Liste des entreprises de l'économie sociale et solidaire",
    licence="non précisée dans ce que nous avons lu : à vérifier sur la page du jeu de données",
    homepage="https://www.data.gouv.fr/datasets/646c8d45de96cc3428092c6b",
    covers="L'appartenance à l'ESS, par entreprise (SIREN).",
    limits="Ni site, ni adresse, ni activité, ni date : sans autre source, une entreprise n'y devient pas un fournisseur.",
    kinds=("ESS",),
    minimum_rows=1_000,
    minimum_basis="plancher prudent : la taille de la liste n'est pas connue de nous",
)


def convert(row: Row, intake: Intake) -> Outcome:
    """One legal unit."""
    siren = siren_of(row.take("SIREN"), "SIREN", lost_zeros=3)
    if isinstance(siren, Aside):
        return siren
    return unit_record(siren, intake, name=row.take("NOM"), kinds=("ESS",))


FAMILY = CsvFamily(
    convert=convert, required=("SIREN",), optional=("NOM",), ignored=("REGION",), delimiter=",", fallback="cp1252"
)
PLAN = FetchPlan(
    what=Resources(files={"ess_france.csv": "57bc99ca-0432-4b46-8fcc-e76a35c9efaf"}),
    hosts=("data.gouv.fr",),
    verified="Identifiant et colonne SIREN : code public de l'annuaire des entreprises (août 2026) ; robots.txt de data.gouv.fr lu par un tiers le 17 août 2026.",
    unseen="Si le fichier est encore sur data.gouv.fr : un autre hôte est refusé et nommé ; les colonnes autres que le SIREN.",
)

SOURCE = Source(
    card=CARD,
    read=FAMILY.read,
    recognises=lambda path: False,  # one column, which every list of companies has
    plan=PLAN,
)

"""Published greenhouse gas reports (bilans GES, ADEME): one row a report, several years for one legal unit.

A report proves a publication, not a performance. Some SIREN are cut at their end (eight digits): a zero put in front would be
that of another company, so none is. How long a report holds is not in the file: the year is shown, the end is unknown.
"""

from __future__ import annotations

import re

from crawlers.kit import Aside, CsvFamily, FetchPlan, Intake, Outcome, Resources, Row, Source
from crawlers.kit.values import text
from crawlers.sources._legal_unit import siren_of, unit_label, unit_record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="bilan_ges",
    role="label",
    title="Bilans d'émissions de gaz à effet de serre publiés",
    producer="ADEME",
    dataset="Bilans GES",
    licence="non précisée dans ce que nous avons lu : à vérifier sur la page du jeu de données",
    homepage="https://www.data.gouv.fr/datasets/bilan-ges-1",
    covers="Les organisations (SIREN) qui ont publié un bilan, et pour quelle année.",
    limits="Une publication, pas une performance ; ni adresse, ni date de fin.",
    minimum_rows=500,
    minimum_basis="plancher prudent : la taille de la liste n'est pas connue de nous",
)
_NAMES = ("Raison sociale", "Raison sociale / Nom de l'entité")
"""Column of the name, today and in former exports."""
_YEAR = re.compile(r"(?:19|20)\d{2}")


def convert(row: Row, intake: Intake) -> Outcome:
    siren = siren_of(row.take("SIREN principal"), "SIREN principal")
    if isinstance(siren, Aside):
        return siren
    year = _YEAR.fullmatch(text(row.take("Année de reporting")) or "")
    number = text(row.take("Id"))
    label = unit_label("BILAN_GES", domain=f"année {year[0]}" if year else None, number=number)
    key = f"{siren}-{year[0] if year else number or 'sans-annee'}"
    return unit_record(siren, intake, key=key, name=row.take_first(*_NAMES), labels=(label,))


FAMILY = CsvFamily(
    convert=convert,
    required=("SIREN principal",),
    optional=("Id", *_NAMES, "Année de reporting"),
    delimiter=";",
    fallback="cp1252",
)
PLAN = FetchPlan(
    what=Resources(files={"bilan_ges.csv": "ac766516-30f1-4ea8-9f66-4e41199d33b3"}),
    hosts=("data.gouv.fr", "data.ademe.fr", "bilans-ges.ademe.fr"),
    verified="Identifiant, séparateur et colonnes : code public de l'annuaire des entreprises (août 2026) ; robots.txt de data.gouv.fr lu par un tiers le 17 août 2026.",
    unseen="L'hôte qui garde le fichier et son robots.txt ; le nom de la colonne des raisons sociales (« Raison sociale » selon un seul tiers).",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, plan=PLAN)

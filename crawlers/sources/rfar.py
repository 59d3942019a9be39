"""Holders of the label Relations fournisseurs et achats responsables (RFAR): a SIREN and a perimeter in free text.

The label speaks of how an organisation buys, never of a trade. The perimeter is shown as written: a label given to one site
is not that of the group. Leading zeros are lost in some rows, about 3 % have no SIREN, and no row has a date or a name.
"""

from __future__ import annotations

from crawlers.kit import Aside, CsvFamily, FetchPlan, Intake, Outcome, Resources, Row, Source
from crawlers.kit.values import public_text
from crawlers.sources._legal_unit import siren_of, unit_label, unit_record
from vivier.identity import fold
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="rfar",
    role="label",
    title="Label Relations fournisseurs et achats responsables",
    producer="Médiateur des entreprises et Conseil national des achats",
    dataset="Liste des titulaires du label RFAR",
    licence="non précisée dans ce que nous avons lu : à vérifier sur la page du jeu de données",
    homepage="https://www.data.gouv.fr/datasets/67abe64670ea0b9260c6a4a8",
    covers="Les organisations labellisées (SIREN) et le périmètre du label.",
    limits="Ni date, ni adresse, ni nom ; le label juge une politique d'achat, pas un métier.",
    minimum_rows=20,
    minimum_basis="plancher prudent : la taille de la liste n'est pas connue de nous",
)


def convert(row: Row, intake: Intake) -> Outcome:
    """One label, with the perimeter it covers."""
    siren = siren_of(row.take("SIREN"), "SIREN", lost_zeros=3)
    issues: list[str] = []
    perimeter = public_text(row.take("PERIMETRE"), issues)
    if isinstance(siren, Aside):
        return siren
    key = f"{siren}-{fold(perimeter)}"[:120] if perimeter else siren
    return unit_record(siren, intake, key=key, labels=(unit_label("RFAR", domain=perimeter),), issues=tuple(issues))


FAMILY = CsvFamily(convert=convert, required=("SIREN", "PERIMETRE"), delimiter=";", fallback="cp1252")
PLAN = FetchPlan(
    what=Resources(files={"rfar.csv": "a61ad4c3-5656-480d-b71c-bfc3cc99c9b0"}),
    hosts=("data.gouv.fr",),
    verified="Identifiant et colonnes : code public de l'annuaire des entreprises (août 2026) ; robots.txt de data.gouv.fr lu par un tiers le 17 août 2026.",
    unseen="Si le fichier est encore sur data.gouv.fr : un autre hôte est refusé et nommé.",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, plan=PLAN)

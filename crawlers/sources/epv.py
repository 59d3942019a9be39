"""Entreprises du patrimoine vivant (EPV): companies whose rare know-how the State recognises, a SIRET a row.

SIRETs come with spaces, short, empty or repeated; the label is that of the establishment. It is granted for a limited time,
and no date is published: its end is unknown. A row without a place only gives its label to a supplier known by its SIRET.
"""

from __future__ import annotations

from crawlers.kit import Aside, FetchPlan, Intake, Outcome, Resources, Row, Source, TableFamily
from crawlers.kit.place import post_code
from crawlers.kit.values import identifiers, public_text, siret_refused, text
from vivier.law.labels import LABELS
from vivier.model import Address, Label, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="epv",
    role="label",
    title="Entreprises du patrimoine vivant",
    producer="État (direction générale des entreprises)",
    dataset="Entreprises du patrimoine vivant (EPV)",
    licence="non précisée dans ce que nous avons lu : à vérifier sur la page du jeu de données",
    homepage="https://www.data.gouv.fr/datasets/entreprises-du-patrimoine-vivant-epv",
    covers="Les établissements labellisés (SIRET).",
    limits="Ni date de fin, ni zone d'intervention ; le métier n'est pas lu.",
    minimum_rows=300,
    minimum_basis="plancher prudent : la taille de la liste n'est pas connue de nous",
)


def convert(row: Row, intake: Intake) -> Outcome:
    """One labelled establishment."""
    issues: list[str] = []
    written = text(row.take("siret"))
    if written is None:
        return Aside("siret_missing", "« SIRET » est vide")
    siret, siren = identifiers(written, issues)
    if siret is None:
        return siret_refused("SIRET", written, issues)
    return Record(
        source_id=siret,
        provenance=intake.provenance(),
        name=(public_text(row.take("name"), issues) or f"Établissement {siret}")[:300],
        siren=siren,
        siret=siret,
        labels=(Label(code="EPV", issuer=LABELS["EPV"].issuer),),
        address=Address(
            line=public_text(row.take("address"), issues),
            post_code=post_code(row.take("post_code"), issues, lost_zeros=True),
            town=public_text(row.take("town"), issues),
        ),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = TableFamily(
    convert=convert,
    columns={
        "siret": ("siret", "numéro siret", "n° siret"),
        "name": ("nom", "raison sociale", "raison_sociale", "dénomination", "entreprise", "nom de l'entreprise"),
        "address": ("adresse",),
        "post_code": ("code postal", "code_postal", "cp"),
        "town": ("commune", "ville", "localité"),
    },
    required=("siret",),
)
PLAN = FetchPlan(
    what=Resources(files={"epv.csv": "9bca3cea-1659-422d-8c4d-40137b2a1ee8"}),
    hosts=("data.gouv.fr", "data.economie.gouv.fr"),
    verified="Identifiant et colonnes : code public de l'annuaire des entreprises (août 2026) ; robots.txt de data.gouv.fr lu par un tiers le 17 août 2026.",
    unseen="L'hôte qui garde le fichier : si c'est data.economie.gouv.fr, son robots.txt interdit « /api/ » tant que la licence du jeu n'est pas lue et portée sur la carte.",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, plan=PLAN)

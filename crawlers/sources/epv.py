"""Entreprises du patrimoine vivant (EPV): companies whose rare know-how the State recognises, a SIRET a row.

SIRETs come with spaces, without their first zero, empty or repeated; the label is that of the establishment. Lists of 2026 give its dates
and the point of the establishment; in others its end is unknown. A row without a place gives its label to the supplier of its SIRET.
"""

from __future__ import annotations

from crawlers.kit import Aside, FetchPlan, Intake, Outcome, Resources, Row, Source, TableFamily
from crawlers.kit.place import point, post_code
from crawlers.kit.values import day, identifiers, naf, public_text, siret_refused, text
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
    limits="Pas de zone d'intervention ; date de fin absente d'anciennes listes ; le métier n'est pas lu.",
    minimum_rows=300,
    minimum_basis="plancher prudent : la taille de la liste n'est pas connue de nous",
)


def convert(row: Row, intake: Intake) -> Outcome:
    """One labelled establishment."""
    issues: list[str] = []
    written = text(row.take("siret"))
    if written is None:
        return Aside("siret_missing", "« SIRET » est vide")
    siret, siren = identifiers(written, issues, lost_zeros=1)
    if siret is None and siren is None:
        return siret_refused("SIRET", written, issues)
    lat, _, lon = (text(row.take("point")) or "").partition(",")
    place = point(((lon, lat),), issues)
    return Record(
        source_id=siret or written,
        provenance=intake.provenance(),
        name=(public_text(row.take("name"), issues) or f"Établissement {siret or siren}")[:300],
        siren=siren,
        siret=siret,
        naf=naf(row.take("naf"), issues),
        labels=(
            Label(
                code="EPV",
                scope="site" if siret else "legal_unit",
                issuer=LABELS["EPV"].issuer,
                valid_from=day(row.take("from"), issues),
                valid_until=day(row.take("until"), issues),
            ),
        ),
        address=Address(
            line=public_text(row.take("address"), issues),
            post_code=post_code(row.take("post_code"), issues, lost_zeros=True),
            town=public_text(row.take("town"), issues),
            point=place,
            precision="address" if place else "unknown",
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
        "naf": ("code naf",),
        "from": ("date de labellisation",),
        "until": ("date de fin de labellisation",),
        "point": ("geolocetablissement",),
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

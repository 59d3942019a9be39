"""The list of IAE structures and GEIQ published with the Marché de l'inclusion (CSV, one row per SIRET and kind).

Identity is (SIRET, kind): twelve SIRETs of the full list hold two kinds. A SIRET that fails the check therefore sets the row
aside (placeholders such as NIC ``00000``): there is no other key, and none is made up.
"""

from __future__ import annotations

from datetime import date

from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Source
from crawlers.kit.values import identifiers, public_text, siret_refused, text
from crawlers.sources._emplois_marche import REACH, structure
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="siae",
    title="Structures d'insertion par l'activité économique et GEIQ",
    producer="ASP et Les emplois de l'inclusion, liste du Marché de l'inclusion",
    dataset="Liste des SIAE (CSV)",
    licence="non précisée par le producteur",
    homepage="https://lemarche.inclusion.beta.gouv.fr",
    role="platform",
    covers="Entreprises d'insertion, ateliers et chantiers, associations intermédiaires, ETTI, GEIQ, et les structures du handicap et ateliers en détention que la liste nomme, de 2019 à 2021.",
    limits="Ni métiers, ni zone d'intervention, ni capacité ; les fermetures depuis 2021 sont inconnues.",
    kinds=("EI", "ACI", "AI", "ETTI", "EITI", "GEIQ", "EA", "EATT", "ESAT", "SEP"),
    vintage=date(2021, 2, 28),
    minimum_rows=2_000,
    minimum_basis="environ 3 850 structures de l'IAE dans la liste nationale de 2019 à 2021",
)


def convert(row: Row, intake: Intake) -> Outcome:
    """One structure under one kind."""
    issues: list[str] = []
    written = row.take("siret")
    siret, siren = identifiers(written, issues)
    kind = text(row.take("kind"))
    name = public_text(row.take("name"), issues)
    if siret is None:
        return siret_refused("siret", written, issues)
    if kind not in CARD.kinds:
        return Aside("kind_unknown", f"« kind » vaut « {kind} » ; attendu : {', '.join(CARD.kinds)}")
    if name is None:
        return Aside("name_missing", "« name » est vide")
    return structure(row, intake, issues, f"{siret}-{kind}", kind, name, siret, siren, ("address", "lon", "lat"))


FAMILY = CsvFamily(
    convert=convert,
    required=("siret", "kind", "name", "address", "post_code", "city", "lon", "lat"),
    optional=("brand", "naf", "website", "description"),
    ignored=("department", "legal_form", "source"),
    contact=(*REACH, "contact_phone", "contact_email", "contact_first_name", "contact_last_name"),
    reach=REACH,
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)

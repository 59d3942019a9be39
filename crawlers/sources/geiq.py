"""The list of GEIQ of November 2019, raw layout: ``;``, three empty columns at the end, CEDEX towns and post codes.

The label is granted each year by the federation; this list has no date of validity. Live data comes from les-emplois.
"""

from __future__ import annotations

from datetime import date

from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Source
from crawlers.kit.place import address_of
from crawlers.kit.values import identifiers, naf, public_text, reached, siret_refused
from vivier.model import Agreement, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="geiq",
    role="register",
    title="Liste des GEIQ (novembre 2019)",
    producer="Fédération française des GEIQ",
    dataset="Liste des groupements d'employeurs pour l'insertion et la qualification",
    licence="non précisée par le producteur",
    homepage="https://www.lesgeiq.fr",
    covers="Les GEIQ labellisés en novembre 2019, avec leur adresse.",
    limits="Ni métiers déclarés, ni zone d'intervention ; label annuel dont la suite est inconnue.",
    kinds=("GEIQ",),
    vintage=date(2019, 11, 30),
    minimum_rows=50,
    minimum_basis="80 GEIQ dans l'extrait de novembre 2019",
)


def convert(row: Row, intake: Intake) -> Outcome:
    issues: list[str] = []
    written = row.take("SIRET")
    siret, siren = identifiers(written, issues)
    name = public_text(row.take("GEIQ"), issues)
    if siret is None:
        return siret_refused("SIRET", written, issues)
    if name is None:
        return Aside("name_missing", "« GEIQ » est vide")
    return Record(
        source_id=siret,
        provenance=intake.provenance(),
        name=name,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind="GEIQ"),),
        address=address_of(row, issues, ("ADRESSE", "COMPLEMENT ADRESSE"), "CODE POSTAL", "VILLE"),
        naf=naf(row.take("NAF"), issues),
        **reached(intake, (name,), row.take("EMAIL"), row.take("TEL")),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = CsvFamily(
    convert=convert,
    required=("GEIQ", "ADRESSE", "COMPLEMENT ADRESSE", "VILLE", "CODE POSTAL", "SIRET"),
    optional=("NAF",),
    contact=("EMAIL", "TEL"),
    reach=("EMAIL", "TEL"),
    delimiter=";",
    fallback="cp1252",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)

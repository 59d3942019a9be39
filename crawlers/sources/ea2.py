"""The ASP flow « EA2 » of entreprises adaptées (delivered file, not open): EA, EATT and, apart, EA in prison (EAMP).

The supplier is the member establishment, not the one that signed the contract with the State. The same SIRET comes back: one
record for each SIRET and kind. The contract (COT, CPOM) has no date here, so the end of the agreement is unknown; the date of
the file is that of its first line. A file that has only its header and its end is an empty delivery, refused: it does not
mean that every entreprise adaptée is gone. A file without its last line was cut.
"""

from __future__ import annotations

from crawlers.kit import Aside, CsvFamily, Frame, Intake, Outcome, Row, Source
from crawlers.kit.place import insee, post_code
from crawlers.kit.values import identifiers, public_text, siret_refused, text
from vivier.model import Address, Agreement, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="ea2",
    role="register",
    title="Entreprises adaptées (flux EA2 de l'ASP)",
    producer="Agence de services et de paiement (ASP)",
    dataset="Flux EA2",
    licence="fichier remis, non ouvert : à convenir avec l'ASP",
    covers="Toutes les entreprises adaptées, de travail temporaire ou en milieu pénitentiaire, avec leur adresse.",
    limits="Ni métiers, ni capacité, ni fin de contrat ; le fichier est remis par l'ASP, sans adresse publique.",
    cadence_days=7,
    exhaustive=True,
    kinds=("EA", "EATT", "EAMP"),
)
KINDS = {
    "Entreprise Adaptée": "EA",
    "Entreprise Adaptée Travail Temporaire": "EATT",
    "Entreprise Adaptée en Milieu Pénitentiaire": "EAMP",
}
_TYPE, _SIRET, _NAME = "Type d'entreprise adaptée", "Siret de l'établissement membre", "Dénomination / raison sociale"
_CONTRACT = "Numéro de COT/CPOM"
_STREET = ("Numéro de voie", "Extension de voie", "Code voie", "Libelle de la voie")
_ENTRY, _POST_CODE, _INSEE = "Numéro entrée ou batiment", "Code Postal", "Code INSEE commune"


def _address(row: Row, issues: list[str]) -> Address:
    street = " ".join(part for name in _STREET if (part := public_text(row.take(name), issues)))
    entry = public_text(row.take(_ENTRY), issues)
    commune, arrondissement = insee(row.take(_INSEE), issues)
    return Address(
        # The entry often repeats the number of the street.
        line=", ".join(part for part in (None if entry == street.split(" ")[0] else entry, street) if part) or None,
        post_code=post_code(row.take(_POST_CODE), issues),
        commune=commune,
        arrondissement=arrondissement,
    )


def convert(row: Row, intake: Intake) -> Outcome:
    """One member establishment under one kind."""
    written, label = row.take(_SIRET), text(row.take(_TYPE)) or ""
    kind = KINDS.get(label)
    issues: list[str] = []
    name = public_text(row.take(_NAME), issues)
    siret, siren = identifiers(written, issues)
    if kind is None:
        return Aside("kind_unknown", f"« {_TYPE} » vaut « {label} » ; attendu : {', '.join(KINDS)}")
    if siret is None:
        return siret_refused(_SIRET, written, issues)
    if name is None:
        return Aside("name_missing", f"« {_NAME} » est vide")
    return Record(
        source_id=f"{siret}-{kind}",
        provenance=intake.provenance(),
        name=name,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind, number=text(row.take(_CONTRACT))),),
        address=_address(row, issues),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = CsvFamily(
    convert=convert,
    required=(_TYPE, _SIRET, _NAME, *_STREET, _POST_CODE, _INSEE),
    optional=(_CONTRACT, _ENTRY),
    ignored=(
        "ITOU",
        "Identifiant EA2 Signataire",
        "Siret Signataire",
        "Dénomination / raison sociale Signataire",
        "Identifiant EA2 Etablissement",
    ),
    contact=("Courriel du contact étab signataire",),
    delimiter="|",
    fallback="cp1252",
    quoted=False,
    frame=Frame(
        opening=r"L\|ASP\|EA\|[^|]*\|(?P<day>\d{8})\|",
        closing=r"Z\|ASP\|EA\|\d*\|\d*\|(?P<rows>\d+)\|",
        mark="Z",
        day="%Y%m%d",
        exact=False,  # a public example of the ASP miscounts
    ),
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)

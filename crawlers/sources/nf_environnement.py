"""NF Environnement: certified products and services, from a list somebody has.

No open file of holders is known, and the portal of AFNOR Certification must not be crawled: without a list given by its owner,
the label is « source non raccordée », which is not « nobody has it ». The certificate covers products under a reference
(« NF 335 »), shown as its domain; the products named are what the holder sells.
"""

from __future__ import annotations

from crawlers.kit import Intake, Outcome, Row, Source, TableFamily
from crawlers.kit.values import public_text, text
from crawlers.sources._certificate import COLUMNS, certified, record_of
from vivier.runs.records import SourceCard
from vivier.trades.words import trade_of_words

CARD = SourceCard(
    id="nf_environnement",
    role="label",
    title="NF Environnement (liste apportée)",
    producer="AFNOR Certification, liste remise par l'utilisateur",
    dataset="Liste des titulaires de NF Environnement",
    licence="non précisée : aucun fichier ouvert connu, accord d'AFNOR Certification à demander",
    homepage="https://www.afnor.org",
    covers="Les titulaires de la liste apportée, avec référentiel, produits et dates.",
    limits="Aucun fichier ouvert connu : sans liste apportée, la source n'est pas raccordée et zéro n'y est pas un fait.",
)


def convert(row: Row, intake: Intake) -> Outcome:
    issues: list[str] = []
    domain, product = public_text(row.take("reference"), issues), public_text(row.take("product"), issues)
    trade = trade_of_words(product) if product else None
    offers = certified(trade, product, None)
    return record_of(
        row, intake, "NF_ENV", "product", number=text(row.take("number")), domain=domain or product, offers=offers
    )


FAMILY = TableFamily(
    convert=convert,
    columns={
        **COLUMNS,
        "number": (
            "numéro de certificat",
            "n° de certificat",
            "certificate number",
            "numéro",
            "n°",
            "numéro de licence",
        ),
        "reference": ("référentiel", "reference", "norme", "nf", "numéro nf", "marque"),
        "product": ("produit", "produits", "product", "catégorie", "famille de produits", "désignation"),
    },
    required=("name",),
    pages=True,
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)

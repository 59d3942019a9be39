"""Holders of any label, from a list somebody has: a row a certificate, a column that names its label.

Issuers of few labels publish an open file (HVE, fair trade, Nordic Swan, Blauer Engel, EcoJardin…). One source reads a list of theirs,
whatever the label, in the words that a buyer writes: « Max Havelaar », « Blauer Engel ».
"""

from __future__ import annotations

from crawlers.kit import Aside, Intake, Outcome, Row, Source, TableFamily
from crawlers.kit.values import public_text, text
from crawlers.sources._certificate import COLUMNS, Scope, certified, record_of
from vivier.law.labels import LABELS
from vivier.needs.folded import folded
from vivier.needs.nature import pieces
from vivier.runs.records import SourceCard
from vivier.trades.words import trade_of_words

CARD = SourceCard(
    id="holders",
    role="label",
    title="Titulaires de labels (liste apportée)",
    producer="émetteurs des labels, liste remise par l'utilisateur",
    dataset="Listes de titulaires de labels",
    licence="non précisée : accord de l'émetteur à demander",
    homepage=None,
    covers="Les titulaires de la liste apportée, pour tout label de l'annuaire ; le label est nommé à chaque ligne.",
    limits="Aucun fichier ouvert vérifié pour HVE, les signes de qualité, le commerce équitable, Répar'Acteurs, QualiRépar, LONGTIME, Numérique "
    "responsable, EcoJardin, Cygne nordique, Ange bleu. Sans liste apportée, la source n'est pas raccordée et zéro n'y est pas un fait.",
    minimum_rows=1,
    minimum_basis="une liste apportée peut être courte",
)


def convert(row: Row, intake: Intake) -> Outcome:
    written = text(row.take("label")) or ""
    codes = [written] if written in LABELS else [piece.code for piece in pieces(folded(written), "label")]
    if len(codes) != 1:
        return Aside("label_unknown", f"« {written} » ne nomme pas un label, ou en nomme plusieurs")
    product = public_text(row.take("product"), [])
    scope: Scope = "site" if {"site", "organisation"} & set(LABELS[codes[0]].scope) else "product"
    offers = certified(trade_of_words(product) if product else None, product, None)
    number = text(row.take("number"))
    return record_of(row, intake, codes[0], scope, number=number, domain=product, offers=offers)


FAMILY = TableFamily(
    convert=convert,
    columns={
        **COLUMNS,
        "label": ("label", "certification", "signe de qualité", "marque", "écolabel"),
        "number": ("numéro de certificat", "certificate number", "numéro", "n°", "licence"),
        "product": ("produit", "produits", "product", "activité", "famille de produits", "domaine"),
    },
    required=("name", "label"),
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)
